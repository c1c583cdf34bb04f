// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/instances/instance_table_model.h"

#include "console/models/instances/agent_words.h"
#include "console/text/numbers.h"
#include "console/text/plain_text.h"

#include <algorithm>

namespace signalbox::models {

namespace {

bool isSilent(const fleet::Agent& agent)
{
    return agent.isGone() || agent.freshness == model::Freshness::Disconnected;
}

// Words that are the same on a quiet day step back.
Emphasis wordEmphasis(bool isQuiet)
{
    return isQuiet ? Emphasis::Dim : Emphasis::Strong;
}

} // namespace

InstanceTableModel::InstanceTableModel(const fleet::FleetStore& store, QObject* parent)
    : QAbstractTableModel(parent), store_(store)
{
    weights_ = weightsOf(store_.policy().policy);
    connect(&store_, &fleet::FleetStore::agentAppeared, this, [this](int slot) {
        if (store_.agent(slot).isGateway())
            return;
        ++instances_;
        dirty_.push_back(slot);
    });
    connect(&store_, &fleet::FleetStore::agentVanished, this, &InstanceTableModel::vanish);
    connect(&store_, &fleet::FleetStore::agentsChanged, this,
            [this](const std::vector<int>& changed) {
                dirty_.insert(dirty_.end(), changed.begin(), changed.end());
            });
    connect(&store_, &fleet::FleetStore::policyChanged, this, [this] {
        weights_ = weightsOf(store_.policy().policy);
        tellRows(0, rowCount() - 1);
    });
    connect(&store_, &fleet::FleetStore::refreshed, this, &InstanceTableModel::flush);
    for (int slot = 0; slot < store_.slotCount(); ++slot)
        instances_ += store_.isTaken(slot) && !store_.agent(slot).isGateway() ? 1 : 0;
    rows_ = wantedRows();
    indexRows();
    sumUp();
}

int InstanceTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int InstanceTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : kInstanceColumns;
}

Qt::ItemFlags InstanceTableModel::flags(const QModelIndex& index) const
{
    return index.isValid() ? Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemNeverHasChildren
                           : Qt::NoItemFlags;
}

QVariant InstanceTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= kInstanceColumns)
        return {};
    const auto column = static_cast<InstanceColumn>(section);
    switch (role) {
    case Qt::DisplayRole: return titleOf(column);
    case Qt::ToolTipRole:
        return tr("%1. Click to sort; o sorts by the column of the focused cell")
            .arg(explanationOf(column));
    case Qt::TextAlignmentRole:
        return static_cast<int>((isFigure(column) ? Qt::AlignRight : Qt::AlignLeft)
                                | Qt::AlignBottom);
    default: return {};
    }
}

QVariant InstanceTableModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    const auto column = static_cast<InstanceColumn>(index.column());
    switch (role) {
    case Qt::DisplayRole: return cell(index.row(), column);
    case Qt::TextAlignmentRole:
        return static_cast<int>((isFigure(column) ? Qt::AlignRight : Qt::AlignLeft)
                                | Qt::AlignVCenter);
    case IsGroupRole: return isGroup(index.row());
    case EmphasisRole: return static_cast<int>(emphasis(index.row(), column));
    default: break;
    }
    return isGroup(index.row()) ? groupData(index.row(), column, role)
                                : agentData(index.row(), column, role);
}

QVariant InstanceTableModel::groupData(int row, InstanceColumn column, int role) const
{
    switch (role) {
    case IdRole: return QString::fromStdString(groupAt(row).name);
    case Qt::AccessibleTextRole:
        if (column != InstanceColumn::Name)
            return cell(row, column);
        return tr("group %1, %2, %3")
            .arg(groupTitle(row), groupNote(row), isFolded(row) ? tr("folded") : tr("open"));
    default: return {};
    }
}

QVariant InstanceTableModel::agentData(int row, InstanceColumn column, int role) const
{
    const fleet::Agent& agent = agentAt(row);
    switch (role) {
    case IdRole: return QString::fromStdString(agent.id);
    case ValueRole: return cellValue(agent, column, context());
    case Qt::CheckStateRole:
        if (column == InstanceColumn::Mark)
            return static_cast<int>(isMarked(row) ? Qt::Checked : Qt::Unchecked);
        return {};
    case Qt::AccessibleTextRole:
        return column == InstanceColumn::Name ? spokenName(agent, store_.nowUnixMs())
                                              : cell(row, column);
    case Qt::ToolTipRole: {
        if (column == InstanceColumn::Reason || column == InstanceColumn::Health)
            return text::escapedText(reasonText(agent, store_.nowUnixMs()));
        const QVariant value = cellValue(agent, column, context());
        if (isSilent(agent) && isFigure(column) && value.isValid())
            return tr("Last known: %1").arg(text::rateText(value.toDouble()));
        return text::escapedText(cell(row, column));
    }
    default: return {};
    }
}

QString InstanceTableModel::cell(int row, InstanceColumn column) const
{
    if (!isGroup(row))
        return cellText(agentAt(row), column, context());
    if (column == InstanceColumn::Name)
        return groupTitle(row);
    const fleet::Reading reading = factsOf(column).reading;
    return reading == fleet::Reading::kCount
        ? QString()
        : figureText(column, groupAt(row).sums.readings[reading]);
}

Emphasis InstanceTableModel::emphasis(int row, InstanceColumn column) const
{
    if (isGroup(row))
        return Emphasis::Normal;
    const fleet::Agent& agent = agentAt(row);
    switch (column) {
    case InstanceColumn::Name:
        return agent.isAbnormal() ? Emphasis::Strong : Emphasis::Normal;
    case InstanceColumn::Admin:
        return agent.admin() == model::Admin::Run ? Emphasis::Dim : Emphasis::Normal;
    case InstanceColumn::Health:
        return wordEmphasis(agent.health() == model::Health::Ready && !agent.isGone());
    case InstanceColumn::Age: return wordEmphasis(agent.freshness == model::Freshness::Live);
    case InstanceColumn::Place:
    case InstanceColumn::Zone:
    case InstanceColumn::Host:
    case InstanceColumn::Pool:
    case InstanceColumn::AgentVersion:
    case InstanceColumn::Address: return Emphasis::Dim;
    case InstanceColumn::Revision:
        return agent.record().appliedRevision < store_.newestRevision() ? Emphasis::Strong
                                                                        : Emphasis::Dim;
    default: break;
    }
    const bool isOld = agent.freshness != model::Freshness::Live || agent.isGone();
    return isFigure(column) && isOld ? Emphasis::Dim : Emphasis::Normal;
}

int InstanceTableModel::rowOf(const std::string& agent) const
{
    const int slot = store_.slotOf(agent);
    return slot < 0 || slot >= static_cast<int>(rowOfSlot_.size())
        ? -1
        : rowOfSlot_[static_cast<std::size_t>(slot)];
}

bool InstanceTableModel::isMarked(int row) const
{
    const int slot = slotAt(row);
    return slot >= 0 && slot < static_cast<int>(isMarked_.size())
        && isMarked_[static_cast<std::size_t>(slot)];
}

QString InstanceTableModel::groupTitle(int row) const
{
    const std::string& name = groupAt(row).name;
    if (!name.empty())
        return text::plainText(name);
    return groupBy_ == GroupBy::Zone ? tr("no zone") : tr("no pool");
}

QString InstanceTableModel::groupNote(int row) const
{
    return groupAt(row).note;
}

bool InstanceTableModel::isFolded(int row) const
{
    return groupAt(row).isFolded;
}

std::string InstanceTableModel::groupNameAt(int row) const
{
    return rowAt(row).group < 0 ? std::string() : groupAt(row).name;
}

int InstanceTableModel::rowOfGroup(const std::string& name) const
{
    const auto found = groupByName_.find(name);
    if (found == groupByName_.end())
        return -1;
    const auto row = std::find(rows_.begin(), rows_.end(), Row{-1, found->second});
    return row == rows_.end() ? -1 : static_cast<int>(row - rows_.begin());
}

int InstanceTableModel::groups() const
{
    return static_cast<int>(std::count_if(groups_.begin(), groups_.end(),
                                          [](const Group& group) { return group.matching > 0; }));
}

void InstanceTableModel::setMarks(const std::set<std::string>& agents)
{
    marks_ = agents;
    isMarked_.assign(static_cast<std::size_t>(store_.slotCount()), false);
    for (const std::string& agent : marks_) {
        if (const int slot = store_.slotOf(agent); slot >= 0)
            isMarked_[static_cast<std::size_t>(slot)] = true;
    }
    if (!rows_.empty())
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, 0));
}

void InstanceTableModel::tellRows(int first, int last)
{
    if (first <= last)
        Q_EMIT dataChanged(index(first, 0), index(last, kInstanceColumns - 1));
}

// All that happened since the last one, as few ranges as it fits into.
void InstanceTableModel::flush()
{
    std::vector<int> rows;
    for (const int slot : dirty_) {
        if (slot >= static_cast<int>(rowOfSlot_.size()))
            continue;
        if (const int row = rowOfSlot_[static_cast<std::size_t>(slot)]; row >= 0)
            rows.push_back(row);
    }
    dirty_.clear();
    sumUp();
    for (int row = 0; row < rowCount() && groupBy_ != GroupBy::None; ++row) {
        if (isGroup(row))
            rows.push_back(row);
    }
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    for (std::size_t i = 0; i < rows.size();) {
        std::size_t end = i + 1;
        while (end < rows.size() && rows[end] == rows[end - 1] + 1)
            ++end;
        tellRows(rows[i], rows[end - 1]);
        i = end;
    }
}

} // namespace signalbox::models
