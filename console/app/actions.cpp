// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/app/actions.h"

#include <QAction>
#include <QWidget>

namespace signalbox::app {

QAction* makeAction(QWidget& window, const QString& name, const QList<QKeySequence>& keys,
                   const QString& tip, std::function<void()> run)
{
    auto* action = new QAction(name, &window);
    action->setShortcuts(keys);
    action->setShortcutContext(Qt::WindowShortcut);
    action->setAutoRepeat(false);
    action->setToolTip(tip);
    QObject::connect(action, &QAction::triggered, &window, std::move(run));
    window.addAction(action);
    return action;
}

} // namespace signalbox::app
