// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/views/frame/time_display.h"

#include <QWidget>

class QHBoxLayout;
class QLabel;
class QPushButton;
class QToolButton;

namespace signalbox::views {

// The first line of the window: which fleet, the way into the palette, how moments are written, who
// is acting. A fleet with a label (PROD) has it as a word and a double rule underneath.
// Lives on: gui thread.
class TitleBar final : public QWidget {
    Q_OBJECT
public:
    explicit TitleBar(TimeDisplay& time, QWidget* parent = nullptr);

    void setFleet(const QString& fleet, const QString& label); // label may be empty
    void setOperator(const QString& name);

Q_SIGNALS:
    void fleetRequested();
    void paletteRequested();
    void keysRequested();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void addTimeStyles(QHBoxLayout* row);

    TimeDisplay& time_;
    QToolButton* fleet_;
    QLabel* label_;
    QLabel* operator_;
    std::vector<QPushButton*> styles_;
};

} // namespace signalbox::views
