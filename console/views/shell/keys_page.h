// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>
#include <QList>
#include <QPointer>

class QAction;
class QGridLayout;

namespace signalbox::views {

// `?`: the keys that work here, read from the actions themselves.
// Lives on: gui thread. Any key closes it.
class KeysPage final : public QFrame {
    Q_OBJECT
public:
    explicit KeysPage(QWidget* parent);
    void open(const QString& screen, const QList<QAction*>& ofScreen,
              const QList<QAction*>& ofWindow);
    void dismiss();

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    int addColumn(QGridLayout* grid, int column, const QString& title,
                  const QList<QAction*>& actions);

    QPointer<QWidget> content_;
    QPointer<QWidget> focusBefore_;
};

} // namespace signalbox::views
