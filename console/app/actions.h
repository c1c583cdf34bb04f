// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QKeySequence>
#include <QList>
#include <QString>

#include <functional>

class QAction;
class QWidget;

namespace signalbox::app {

// Makes an action with all that one must have: a name, keys, a tool tip. Keys work in the whole
// window, but a single letter stays a letter in a text field.
QAction* makeAction(QWidget& window, const QString& name, const QList<QKeySequence>& keys,
                        const QString& tip, std::function<void()> run);

} // namespace signalbox::app
