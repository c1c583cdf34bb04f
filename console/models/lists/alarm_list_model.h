// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/fleet/fleet_store.h"
#include "console/models/lists/row_sync.h"

namespace signalbox::lists {

struct AlarmRow {
    fleet::Alarm alarm;
    const fleet::AlarmKey& key() const { return alarm.key; }
    bool operator==(const AlarmRow& other) const;
};

// The alarms that stand, worst first. DisplayRole is the whole row as a sentence, for screen
// readers; painters take `row()`.
// Lives on: gui thread. Owned by the view that shows it; the store outlives it.
class AlarmListModel final : public RowSync<AlarmRow> {
    Q_OBJECT
public:
    explicit AlarmListModel(fleet::FleetStore& store, QObject* parent = nullptr);

    QVariant data(const QModelIndex& index, int role) const override;
    std::int64_t ageMs(int row) const; // since it began
    int newCount() const; // that nobody has acknowledged

private:
    void take();
    void tick(); // ages are shown in seconds

    fleet::FleetStore& store_;
    std::int64_t toldSecond_ = 0;
};

} // namespace signalbox::lists
