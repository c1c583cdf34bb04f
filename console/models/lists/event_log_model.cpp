// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/lists/event_log_model.h"

#include "console/models/words.h"
#include "shared/base/limits.h"

#include <algorithm>

namespace signalbox::lists {

namespace {

constexpr int kMost = static_cast<int>(limits::kEventsListed);

} // namespace

EventLogModel::EventLogModel(fleet::FleetStore& store, QObject* parent)
    : QAbstractListModel(parent), store_(store)
{
    connect(&store, &fleet::FleetStore::eventsAdded, this, &EventLogModel::take);
    take(static_cast<int>(store.events().size()));
}

int EventLogModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

void EventLogModel::take(int count)
{
    const auto& events = store_.events();
    const int added = std::min({count, static_cast<int>(events.size()), kMost});
    leftOut_ += static_cast<std::uint64_t>(count - added);
    if (added == 0)
        return;
    if (const int excess = rowCount() + added - kMost; excess > 0) {
        beginRemoveRows({}, rowCount() - excess, rowCount() - 1);
        rows_.erase(rows_.end() - excess, rows_.end());
        endRemoveRows();
        leftOut_ += static_cast<std::uint64_t>(excess);
    }
    beginInsertRows({}, 0, added - 1);
    for (auto event = events.end() - added; event != events.end(); ++event)
        rows_.push_front(
            {event->unixMs, event->agent, event->severity, models::eventText(*event)});
    endInsertRows();
}

QVariant EventLogModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    if (role == Qt::DisplayRole)
        return row(index.row()).text;
    if (role == Qt::ToolTipRole)
        return row(index.row()).text.toHtmlEscaped();
    return {};
}

} // namespace signalbox::lists
