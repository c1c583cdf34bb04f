// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/lists/alarm_list_model.h"

#include "console/models/words.h"
#include "console/text/numbers.h"
#include "console/text/plain_text.h"

#include <algorithm>

namespace signalbox::lists {

namespace {

constexpr std::int64_t kSecondMs = 1'000;

} // namespace

bool AlarmRow::operator==(const AlarmRow& other) const
{
    const fleet::Alarm& a = alarm;
    const fleet::Alarm& b = other.alarm;
    return a.key == b.key && a.priority == b.priority && a.ack == b.ack && a.group == b.group
        && a.isFirstOut == b.isFirstOut && a.sinceUnixMs == b.sinceUnixMs && a.reason == b.reason;
}

AlarmListModel::AlarmListModel(fleet::FleetStore& store, QObject* parent)
    : RowSync(parent), store_(store)
{
    connect(&store, &fleet::FleetStore::alarmsChanged, this, &AlarmListModel::take);
    connect(&store, &fleet::FleetStore::refreshed, this, &AlarmListModel::tick);
    take();
}

void AlarmListModel::take()
{
    std::vector<AlarmRow> rows;
    rows.reserve(store_.alarms().alarms().size());
    for (const fleet::Alarm& alarm : store_.alarms().alarms())
        rows.push_back({alarm});
    become(rows);
}

void AlarmListModel::tick()
{
    const std::int64_t second = store_.nowUnixMs() / kSecondMs;
    if (second == toldSecond_)
        return;
    toldSecond_ = second;
    tellAllChanged();
}

std::int64_t AlarmListModel::ageMs(int index) const
{
    return std::max<std::int64_t>(0, store_.nowUnixMs() - row(index).alarm.sinceUnixMs);
}

int AlarmListModel::newCount() const
{
    const auto& alarms = store_.alarms().alarms();
    return static_cast<int>(
        std::count_if(alarms.begin(), alarms.end(), [](const fleet::Alarm& alarm) {
            return alarm.ack == model::Ack::New;
        }));
}

QVariant AlarmListModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || (role != Qt::DisplayRole && role != Qt::ToolTipRole))
        return {};
    const fleet::Alarm& alarm = row(index.row()).alarm;
    const QString object = text::plainText(alarm.key.object);
    const QString line = tr("%1, %2, %3: %4, since %5")
                             .arg(models::priorityWord(alarm.priority), models::ackWord(alarm.ack),
                                  object, models::alarmTitle(alarm),
                                  text::durationText(ageMs(index.row()) / kSecondMs * kSecondMs));
    return role == Qt::DisplayRole ? line : QVariant(line.toHtmlEscaped());
}

} // namespace signalbox::lists
