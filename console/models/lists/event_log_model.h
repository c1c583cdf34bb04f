// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/fleet/fleet_store.h"

#include <QAbstractListModel>

#include <deque>

namespace signalbox::lists {

struct EventRow {
    std::int64_t unixMs = 0;
    std::string agent; // id
    model::Severity severity = model::Severity::Info;
    QString text;
};

// What happened, newest first: at most limits::kEventsListed. New ones come in above, the oldest
// leave below.
// Lives on: gui thread. Owned by the view that shows it; the store outlives it.
class EventLogModel final : public QAbstractListModel {
    Q_OBJECT
public:
    explicit EventLogModel(fleet::FleetStore& store, QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    const EventRow& row(int index) const { return rows_[static_cast<std::size_t>(index)]; }
    std::uint64_t leftOut() const { return leftOut_; } // older ones that had to go

private:
    void take(int count);

    fleet::FleetStore& store_;
    std::deque<EventRow> rows_; // newest first
    std::uint64_t leftOut_ = 0;
};

} // namespace signalbox::lists
