// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/views/topology/scenes/label_cache.h"
#include "console/views/topology/scenes/scene.h"
#include "console/views/topology/topology_canvas.h"

#include <QWidget>

#include <cstdint>
#include <vector>

namespace signalbox::topology {

// What the marks of the picture above mean, in a line; what has no room is left out at the end.
// Lives on: gui thread. Owned by the screen.
class Legend final : public QWidget {
    Q_OBJECT
public:
    explicit Legend(QWidget* parent);
    void tell(const Sight& sight, Detail detail, double queueFullMs);

    enum class Mark : std::uint8_t {
        None, Gateway, Pool, Instance, StateStore, AlarmNone, AlarmNew, AlarmAcknowledged, Drain,
        Maintenance, Standby, Live, Late, Stale, Disconnected, Heat, Edge, ReserveEdge,
    };
    struct Entry {
        Mark mark = Mark::None;
        QString words; // may be empty: the next one has them
    };

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    std::vector<Entry> entries_;
    LabelCache labels_;
};

} // namespace signalbox::topology
