// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/fleet/fleet_store.h"
#include "console/models/lists/row_sync.h"

#include <QString>

namespace signalbox::lists {

struct ChangeRow {
    std::uint64_t number = 0; // of the audit record
    std::int64_t atUnixMs = 0;
    base::Revision revision = 0;
    QString who;
    QString what; // in words
    QString cause;
    std::uint64_t undoneBy = 0; // number of the record that took it back; 0 = it stands
    std::uint64_t key() const { return number; }
    bool operator==(const ChangeRow&) const = default;
};

// What people and automation changed in the last 60 minutes, newest first, at most
// limits::kChangesListed.
// Lives on: gui thread. Owned by the view that shows it; the store outlives it.
class ChangeListModel final : public RowSync<ChangeRow> {
    Q_OBJECT
public:
    static constexpr std::int64_t kWindowMs = 3'600'000;

    explicit ChangeListModel(fleet::FleetStore& store, QObject* parent = nullptr);

    QVariant data(const QModelIndex& index, int role) const override;

private:
    void take();
    void letGo(); // of what is older than the window

    fleet::FleetStore& store_;
};

} // namespace signalbox::lists
