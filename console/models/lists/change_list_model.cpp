// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/lists/change_list_model.h"

#include "console/models/words.h"
#include "console/text/plain_text.h"
#include "shared/base/limits.h"

#include <map>

namespace signalbox::lists {

ChangeListModel::ChangeListModel(fleet::FleetStore& store, QObject* parent)
    : RowSync(parent), store_(store)
{
    connect(&store, &fleet::FleetStore::auditChanged, this, &ChangeListModel::take);
    connect(&store, &fleet::FleetStore::refreshed, this, &ChangeListModel::letGo);
    take();
}

void ChangeListModel::take()
{
    const std::int64_t oldest = store_.nowUnixMs() - kWindowMs;
    std::map<std::uint64_t, std::uint64_t> undone;
    std::vector<ChangeRow> rows;
    for (const model::AuditRecord& record : store_.audit()) {
        if (record.undoes != 0)
            undone.try_emplace(record.undoes, record.number);
        if (record.atUnixMs < oldest || rows.size() == limits::kChangesListed)
            continue;
        const auto found = undone.find(record.number);
        rows.push_back({.number = record.number,
                        .atUnixMs = record.atUnixMs,
                        .revision = record.revision,
                        .who = text::plainText(record.operatorName),
                        .what = models::changeText(record),
                        .cause = text::plainText(record.cause, text::kReasonCharacters),
                        .undoneBy = found == undone.end() ? 0 : found->second});
    }
    become(rows);
}

void ChangeListModel::letGo()
{
    const int last = rowCount() - 1;
    if (last >= 0 && row(last).atUnixMs < store_.nowUnixMs() - kWindowMs)
        take();
}

QVariant ChangeListModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || (role != Qt::DisplayRole && role != Qt::ToolTipRole))
        return {};
    const ChangeRow& change = row(index.row());
    QString line = tr("Revision %1, %2: %3: %4")
                       .arg(change.revision)
                       .arg(change.who, change.what, change.cause);
    if (change.undoneBy != 0)
        line += tr(" (undone by %1)").arg(change.undoneBy);
    return role == Qt::DisplayRole ? line : QVariant(line.toHtmlEscaped());
}

} // namespace signalbox::lists
