// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/fleet/agent.h"
#include "console/fleet/pool.h"

#include <QFrame>

class QLabel;

namespace signalbox::topology {

// What one would like to know of a node before selecting it. Takes no pointer and no focus.
// Lives on: gui thread. Owned by the canvas.
class HoverCard final : public QFrame {
    Q_OBJECT
public:
    explicit HoverCard(QWidget* parent);
    void tell(const fleet::Agent& agent);
    void tell(const fleet::Pool& pool);
    // Beside that box of the parent, wherever there is room.
    void showBeside(const QRect& box);

private:
    QLabel* name_;
    QLabel* intent_;
    QLabel* place_;
    QLabel* age_;
    QLabel* load_;
    QLabel* latency_;
    QLabel* reason_;
};

} // namespace signalbox::topology
