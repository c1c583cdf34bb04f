// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/views/topology/topology_canvas.h"

#include <QWidget>

class QLabel;
class QLineEdit;
class QToolButton;

namespace signalbox::topology {

// The line over the canvas: where one is, what is hidden, what to find, how to look.
// Lives on: gui thread. Owned by the screen.
class TopologyHead final : public QWidget {
    Q_OBJECT
public:
    explicit TopologyHead(QWidget* parent);

    void tell(const Sight& sight, const QString& fleet);
    void tellCounts(int drawn, int hidden, int found); // found: -1 = nothing is looked for
    void tellDetail(const QString& words); // of what is left out; empty = nothing is
    void tellSource(const QString& words); // of what is missing or old; empty = nothing is
    void tellMistake(const QString& sentence); // in what is looked for; empty = none
    QLineEdit* field() const { return field_; }

Q_SIGNALS:
    void levelChosen(signalbox::topology::Level level);
    void mannerChosen(signalbox::topology::Manner manner);
    void tableChosen();
    void fitChosen();

private:
    void connectAll();
    QToolButton* addChoice(const QString& text, const QString& toolTip, const QString& key);

    QLabel* place_;
    QLabel* counts_;
    QLabel* detail_;
    QLabel* source_;
    QLabel* mistake_;
    QLineEdit* field_;
    QToolButton* graph_;
    QToolButton* grid_;
    QToolButton* table_;
    QToolButton* fleet_;
    QToolButton* pool_;
    QToolButton* instance_;
    QToolButton* fit_;
};

} // namespace signalbox::topology
