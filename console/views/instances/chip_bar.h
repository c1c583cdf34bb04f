// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/instances/instance_table_model.h"

#include <QWidget>

class QHBoxLayout;
class QLabel;
class QPushButton;
class QToolButton;

namespace signalbox::views {

// What makes the table show less or stand otherwise, one chip each: nothing is filtered unseen.
// Lives on: gui thread. Owned by the screen.
class ChipBar final : public QWidget {
    Q_OBJECT
public:
    explicit ChipBar(models::InstanceTableModel& model, QWidget* parent = nullptr);

    // Buttons for what is marked stand at the right.
    void addAct(QPushButton* button);
    void setMarked(int marked);
    QStringList chips() const; // their words

Q_SIGNALS:
    void filterChanged(const QString& text); // a chip was taken away
    void ungroupRequested();
    void abnormalToggled();
    void arrangeRequested();

private:
    void rebuild();
    QPushButton* addChip(const QString& words, const QString& toolTip);

    models::InstanceTableModel& model_;
    QHBoxLayout* chips_;
    QHBoxLayout* acts_;
    QLabel* order_;
    QToolButton* abnormal_;
    QPushButton* pending_;
    QLabel* marked_;
    std::vector<QWidget*> made_; // by rebuild
};

} // namespace signalbox::views
