// SPDX-License-Identifier: GPL-3.0-or-later
// How rows find their places: the other half of InstanceTableModel.
#include "console/fleet/sums.h"
#include "console/models/instances/agent_words.h"
#include "console/models/instances/instance_table_model.h"
#include "console/models/instances/natural_order.h"
#include "console/text/numbers.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace signalbox::models {

namespace {

// More pieces than this, and the rows between the first and the last are exchanged as one.
constexpr int kPiecesAtMost = 64;

// A pool that waits on purpose is judged by what could serve.
QString serversText(const fleet::Sums& sums)
{
    if (sums.total > 0 && sums.standby == sums.total)
        return InstanceTableModel::tr("%1 ready, standby")
            .arg(text::ofText(sums.ready, sums.total));
    return InstanceTableModel::tr("%1 serving").arg(text::ofText(sums.serving, sums.total));
}

} // namespace

// What an agent is sorted by; names decide between equals.
struct InstanceTableModel::Item {
    int slot = -1;
    int group = -1;
    int groupPlace = 0;
    double number = 0; // unknown: at the end, whichever way it is sorted
    bool isKnown = true;
    QString words;
};

bool InstanceTableModel::isShown(const fleet::Agent& agent) const
{
    return (shown_ == Shown::All || agent.isAbnormal()) && filter_.matches(agent);
}

int InstanceTableModel::groupOf(const fleet::Agent& agent)
{
    if (groupBy_ == GroupBy::None)
        return -1;
    const std::string& name
        = groupBy_ == GroupBy::Pool ? agent.record().pool : agent.record().zone;
    const auto found = groupByName_.find(name);
    if (found != groupByName_.end())
        return found->second;
    const int group = static_cast<int>(groups_.size());
    groups_.push_back({name, false, 0, {}, {}});
    groupByName_.emplace(name, group);
    return group;
}

std::vector<InstanceTableModel::Item> InstanceTableModel::sortedItems()
{
    std::vector<Item> items;
    const CellContext now = context();
    for (Group& group : groups_)
        group.matching = 0;
    for (int slot = 0; slot < store_.slotCount(); ++slot) {
        const fleet::Agent& agent = store_.agent(slot);
        if (!store_.isTaken(slot) || agent.isGateway() || !isShown(agent))
            continue;
        Item item{slot, groupOf(agent), 0, 0, true, {}};
        if (item.group >= 0)
            ++groups_[static_cast<std::size_t>(item.group)].matching;
        if (sortColumn_ == InstanceColumn::Badge || sortColumn_ == InstanceColumn::Mark) {
            item.isKnown = agent.priority != model::Priority::None;
            item.number = static_cast<double>(agent.priority);
        } else if (sortColumn_ != InstanceColumn::Name) {
            const QVariant value = cellValue(agent, sortColumn_, now);
            const bool isWords = value.userType() == QMetaType::QString;
            item.words = isWords ? value.toString() : QString();
            item.isKnown = isWords ? !item.words.isEmpty() : value.isValid();
            item.number = isWords ? 0 : value.toDouble();
        }
        items.push_back(std::move(item));
    }
    std::vector<int> order(groups_.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        order[i] = static_cast<int>(i);
    std::sort(order.begin(), order.end(), [this](int left, int right) {
        const std::string& l = groups_[static_cast<std::size_t>(left)].name;
        const std::string& r = groups_[static_cast<std::size_t>(right)].name;
        return l.empty() != r.empty() ? r.empty() : naturalOrder(l, r) < 0;
    });
    std::vector<int> place(groups_.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        place[static_cast<std::size_t>(order[i])] = static_cast<int>(i);
    for (Item& item : items)
        item.groupPlace = item.group < 0 ? 0 : place[static_cast<std::size_t>(item.group)];
    const bool isDown = sortOrder_ == Qt::DescendingOrder;
    std::sort(items.begin(), items.end(), [&](const Item& left, const Item& right) {
        if (left.groupPlace != right.groupPlace)
            return left.groupPlace < right.groupPlace;
        if (left.isKnown != right.isKnown)
            return left.isKnown;
        if (left.number != right.number)
            return (left.number < right.number) != isDown;
        if (const int words = QString::compare(left.words, right.words); words != 0)
            return (words < 0) != isDown;
        const int names
            = naturalOrder(store_.agent(left.slot).id, store_.agent(right.slot).id);
        return isDown && sortColumn_ == InstanceColumn::Name ? names > 0 : names < 0;
    });
    return items;
}

std::vector<InstanceTableModel::Row> InstanceTableModel::wantedRows()
{
    std::vector<Row> rows;
    const std::vector<Item> items = sortedItems();
    matching_ = static_cast<int>(items.size());
    int group = -1;
    for (const Item& item : items) {
        if (item.group != group) {
            group = item.group;
            rows.push_back({-1, group});
        }
        if (group < 0 || !groups_[static_cast<std::size_t>(group)].isFolded)
            rows.push_back({item.slot, item.group});
    }
    return rows;
}

std::vector<int> InstanceTableModel::matchingSlots() const
{
    std::vector<int> shown;
    for (const Row& row : rows_) {
        if (row.slot >= 0)
            shown.push_back(row.slot);
    }
    if (groupBy_ == GroupBy::None)
        return shown;
    // Folded groups hide rows, they do not leave agents out.
    for (int slot = 0; slot < store_.slotCount(); ++slot) {
        const bool isRow = slot < static_cast<int>(rowOfSlot_.size())
            && rowOfSlot_[static_cast<std::size_t>(slot)] >= 0;
        const fleet::Agent& agent = store_.agent(slot);
        if (!isRow && store_.isTaken(slot) && !agent.isGateway() && isShown(agent))
            shown.push_back(slot);
    }
    return shown;
}

bool InstanceTableModel::arrange(Arrange how)
{
    const int before = matching_;
    std::vector<Row> wanted = wantedRows();
    const bool isSame = wanted == rows_;
    const bool isPending = !isSame && how == Arrange::Announce;
    if (!isSame && how == Arrange::Now) {
        Q_EMIT aboutToArrange();
        apply(std::move(wanted));
        sumUp();
        Q_EMIT arranged();
    }
    if (isPending != isOrderPending_) {
        isOrderPending_ = isPending;
        Q_EMIT orderPendingChanged();
    }
    const bool isTold = !isSame || matching_ != before;
    if (isTold)
        Q_EMIT countsChanged();
    return isTold;
}

void InstanceTableModel::rearrange()
{
    if (!arrange(Arrange::Now))
        Q_EMIT countsChanged(); // the same rows for another reason
}

// A number of a row that stays the same wherever it stands.
std::size_t InstanceTableModel::keyOf(const Row& row) const
{
    return row.slot >= 0 ? static_cast<std::size_t>(row.slot)
                         : static_cast<std::size_t>(store_.slotCount() + row.group);
}

std::vector<int> InstanceTableModel::positionsOf(const std::vector<Row>& rows) const
{
    std::vector<int> positions(static_cast<std::size_t>(store_.slotCount()) + groups_.size(), -1);
    for (std::size_t i = 0; i < rows.size(); ++i)
        positions[keyOf(rows[i])] = static_cast<int>(i);
    return positions;
}

void InstanceTableModel::apply(std::vector<Row> wanted)
{
    const std::vector<int> now = positionsOf(rows_);
    const std::vector<int> then = positionsOf(wanted);
    int pieces = 0;
    const auto countPieces = [&](const std::vector<Row>& rows, const std::vector<int>& other) {
        bool wasMissing = false;
        for (const Row& row : rows) {
            const bool isMissing = other[keyOf(row)] < 0;
            pieces += isMissing && !wasMissing ? 1 : 0;
            wasMissing = isMissing;
        }
    };
    countPieces(rows_, then);
    countPieces(wanted, now);
    if (pieces > kPiecesAtMost) {
        replaceMiddle(wanted);
    } else {
        removeUnwanted(wanted);
        reorder(wanted);
        insertWanted(wanted);
    }
    indexRows();
}

void InstanceTableModel::replaceMiddle(const std::vector<Row>& wanted)
{
    const auto [left, right] = std::mismatch(rows_.begin(), rows_.end(), wanted.begin(),
                                             wanted.end());
    const std::ptrdiff_t first = left - rows_.begin();
    std::ptrdiff_t tail = 0;
    while (tail < std::ssize(rows_) - first && tail < std::ssize(wanted) - first
           && rows_[static_cast<std::size_t>(std::ssize(rows_) - 1 - tail)]
               == wanted[static_cast<std::size_t>(std::ssize(wanted) - 1 - tail)])
        ++tail;
    if (std::ssize(rows_) - tail > first) {
        beginRemoveRows({}, static_cast<int>(first),
                        static_cast<int>(std::ssize(rows_) - tail - 1));
        rows_.erase(left, rows_.end() - tail);
        endRemoveRows();
    }
    if (std::ssize(wanted) - tail > first) {
        beginInsertRows({}, static_cast<int>(first),
                        static_cast<int>(std::ssize(wanted) - tail - 1));
        rows_.insert(rows_.begin() + first, right, wanted.end() - tail);
        endInsertRows();
    }
}

void InstanceTableModel::removeUnwanted(const std::vector<Row>& wanted)
{
    const std::vector<int> then = positionsOf(wanted);
    for (int last = rowCount() - 1; last >= 0; --last) {
        if (then[keyOf(rowAt(last))] >= 0)
            continue;
        int first = last;
        while (first > 0 && then[keyOf(rowAt(first - 1))] < 0)
            --first;
        beginRemoveRows({}, first, last);
        rows_.erase(rows_.begin() + first, rows_.begin() + last + 1);
        endRemoveRows();
        last = first;
    }
}

void InstanceTableModel::reorder(const std::vector<Row>& wanted)
{
    const std::vector<int> now = positionsOf(rows_);
    std::vector<Row> survivors;
    for (const Row& row : wanted) {
        if (now[keyOf(row)] >= 0)
            survivors.push_back(row);
    }
    // A row may stay and belong to another group.
    if (survivors == rows_)
        return;
    Q_EMIT layoutAboutToBeChanged({}, QAbstractItemModel::VerticalSortHint);
    const std::vector<int> then = positionsOf(survivors);
    QModelIndexList from = persistentIndexList();
    QModelIndexList to;
    for (const QModelIndex& old : from)
        to << index(then[keyOf(rowAt(old.row()))], old.column());
    rows_ = std::move(survivors);
    changePersistentIndexList(from, to);
    Q_EMIT layoutChanged({}, QAbstractItemModel::VerticalSortHint);
}

void InstanceTableModel::insertWanted(const std::vector<Row>& wanted)
{
    for (std::size_t first = 0; first < wanted.size(); ++first) {
        if (first < rows_.size() && rows_[first] == wanted[first])
            continue;
        const bool isEnd = first >= rows_.size();
        std::size_t last = first;
        while (last + 1 < wanted.size() && (isEnd || !(wanted[last + 1] == rows_[first])))
            ++last;
        beginInsertRows({}, static_cast<int>(first), static_cast<int>(last));
        rows_.insert(rows_.begin() + static_cast<std::ptrdiff_t>(first),
                     wanted.begin() + static_cast<std::ptrdiff_t>(first),
                     wanted.begin() + static_cast<std::ptrdiff_t>(last + 1));
        endInsertRows();
        first = last;
    }
}

void InstanceTableModel::indexRows()
{
    rowOfSlot_.assign(static_cast<std::size_t>(store_.slotCount()), -1);
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        if (rows_[i].slot >= 0)
            rowOfSlot_[static_cast<std::size_t>(rows_[i].slot)] = static_cast<int>(i);
    }
    if (isMarked_.size() < rowOfSlot_.size())
        isMarked_.resize(rowOfSlot_.size(), false);
}

// The slot is about to be free: nothing may read it as a row any more.
void InstanceTableModel::vanish(int slot)
{
    if (store_.agent(slot).isGateway())
        return;
    --instances_;
    std::erase(dirty_, slot);
    if (slot < static_cast<int>(isMarked_.size()))
        isMarked_[static_cast<std::size_t>(slot)] = false;
    const int row = rowOf(store_.agent(slot).id);
    if (row >= 0) {
        beginRemoveRows({}, row, row);
        rows_.erase(rows_.begin() + row);
        endRemoveRows();
        indexRows();
    }
    Q_EMIT countsChanged();
}

void InstanceTableModel::setFilter(const QString& text)
{
    if (text == filterText_)
        return;
    filterText_ = text;
    filter_ = AgentFilter::parse(text);
    rearrange();
}

void InstanceTableModel::setShown(Shown shown)
{
    shown_ = shown;
    rearrange();
}

void InstanceTableModel::setGroupBy(GroupBy by)
{
    if (by == groupBy_)
        return;
    Q_EMIT aboutToArrange();
    groupBy_ = by;
    replaceMiddle({}); // heads of the old grouping go before new ones take their numbers
    groups_.clear();
    groupByName_.clear();
    apply(wantedRows());
    sumUp();
    Q_EMIT arranged();
    Q_EMIT countsChanged();
}

void InstanceTableModel::setFold(int row, Fold fold)
{
    if (!isGroup(row))
        return;
    groups_[static_cast<std::size_t>(rowAt(row).group)].isFolded = fold == Fold::Folded;
    arrange(Arrange::Now);
    if (const int head = row; head < rowCount())
        tellRows(head, head);
}

void InstanceTableModel::sort(int column, Qt::SortOrder order)
{
    if (column < 0 || column >= kInstanceColumns)
        return;
    sortColumn_ = static_cast<InstanceColumn>(column);
    sortOrder_ = order;
    rearrange();
}

void InstanceTableModel::sumUp()
{
    if (groupBy_ == GroupBy::None)
        return;
    struct Known {
        fleet::SumMaker sum;
        const fleet::Agent* first = nullptr;
        bool isOneEngine = true;
    };
    std::vector<Known> known(groups_.size());
    for (int slot = 0; slot < store_.slotCount(); ++slot) {
        const fleet::Agent& agent = store_.agent(slot);
        if (!store_.isTaken(slot) || agent.isGateway())
            continue;
        const auto found = groupByName_.find(
            groupBy_ == GroupBy::Pool ? agent.record().pool : agent.record().zone);
        if (found == groupByName_.end())
            continue;
        Known& group = known[static_cast<std::size_t>(found->second)];
        group.sum.add(agent, fleet::SumScope::All);
        group.first = group.first ? group.first : &agent;
        const model::EngineFacts& engine = agent.record().engine;
        const model::EngineFacts& other = group.first->record().engine;
        group.isOneEngine = group.isOneEngine && engine.profile == other.profile
            && engine.version == other.version;
    }
    for (std::size_t i = 0; i < groups_.size(); ++i) {
        Group& group = groups_[i];
        group.sums = known[i].sum.sums();
        QStringList parts{serversText(group.sums)};
        if (known[i].isOneEngine && known[i].first)
            parts << engineText(*known[i].first);
        const int all = group.sums.total;
        if (isFiltered() && group.matching < all)
            parts << tr("%1 shown").arg(group.matching);
        group.note = parts.join(QLatin1String(", "));
    }
}

} // namespace signalbox::models
