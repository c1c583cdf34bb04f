// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/fleet/fleet_store.h"
#include "console/models/instances/agent_filter.h"
#include "console/models/instances/instance_columns.h"

#include <QAbstractTableModel>

#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace signalbox::models {

enum class GroupBy : std::uint8_t { Pool, Zone, None };
enum class Shown : std::uint8_t { All, OnlyAbnormal };
enum class Fold : std::uint8_t { Open, Folded };
enum class Emphasis : std::uint8_t { Normal, Strong, Dim };
// Whether a new order may be put in force now, or only be announced.
enum class Arrange : std::uint8_t { Now, Announce };

// Instances of a fleet as rows, in groups with a head each, filtered and sorted. Rows come and go
// with their agents; they change place only when arrange(Now) is called, and never by a reset.
// Lives on: gui thread. Owned by a screen. A row of an agent that is forgotten goes at once.
class InstanceTableModel final : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Role { IdRole = Qt::UserRole, ValueRole, EmphasisRole, IsGroupRole };

    explicit InstanceTableModel(const fleet::FleetStore& store, QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

    const fleet::FleetStore& store() const { return store_; }
    bool isGroup(int row) const { return rowAt(row).slot < 0; }
    int slotAt(int row) const { return rowAt(row).slot; } // -1: a group's head
    const fleet::Agent& agentAt(int row) const { return store_.agent(slotAt(row)); }
    int rowOf(const std::string& agent) const; // -1 = not shown
    bool isMarked(int row) const;
    QString cell(int row, InstanceColumn column) const;
    Emphasis emphasis(int row, InstanceColumn column) const;
    QString groupTitle(int row) const; // name of the pool or zone
    QString groupNote(int row) const; // "21 of 24 serving, vLLM 0.19.1"
    bool isFolded(int row) const;
    std::string groupNameAt(int row) const; // of the group that the row belongs to
    int rowOfGroup(const std::string& name) const;

    // What the operator wants to see; in force at once.
    void setFilter(const QString& text);
    void setShown(Shown shown);
    void setGroupBy(GroupBy by);
    void setFold(int row, Fold fold); // of a group's head
    void sort(int column, Qt::SortOrder order) override;
    const QString& filterText() const { return filterText_; }
    const AgentFilter& filter() const { return filter_; }
    Shown shown() const { return shown_; }
    GroupBy groupBy() const { return groupBy_; }
    InstanceColumn sortColumn() const { return sortColumn_; }
    Qt::SortOrder sortOrder() const { return sortOrder_; }
    void setMarks(const std::set<std::string>& agents);

    // Puts rows where filter and order want them now, or says that they would stand elsewhere.
    // True when countsChanged was told.
    bool arrange(Arrange how);
    bool isOrderPending() const { return isOrderPending_; }
    bool isFiltered() const { return !filter_.isEmpty() || shown_ == Shown::OnlyAbnormal; }

    int instances() const { return instances_; } // all there are
    int matching() const { return matching_; } // filter and `shown` let through, folded or not
    std::vector<int> matchingSlots() const; // in the order of the table
    int groups() const; // with a head

Q_SIGNALS:
    void orderPendingChanged();
    void countsChanged(); // instances, matching or groups
    void aboutToArrange(); // several rows move; a view keeps its place by id
    void arranged();

private:
    struct Row {
        int slot = -1;
        int group = -1;
        bool operator==(const Row&) const = default;
    };
    struct Group {
        std::string name;
        bool isFolded = false;
        int matching = 0;
        fleet::Sums sums;
        QString note;
    };
    struct Item; // of a sort

    const Row& rowAt(int row) const { return rows_[static_cast<std::size_t>(row)]; }
    const Group& groupAt(int row) const
    {
        return groups_[static_cast<std::size_t>(rowAt(row).group)];
    }
    bool isShown(const fleet::Agent& agent) const;
    int groupOf(const fleet::Agent& agent);
    std::vector<Item> sortedItems();
    std::vector<Row> wantedRows();
    void apply(std::vector<Row> wanted);
    void replaceMiddle(const std::vector<Row>& wanted);
    void removeUnwanted(const std::vector<Row>& wanted);
    void reorder(const std::vector<Row>& wanted);
    void insertWanted(const std::vector<Row>& wanted);
    std::size_t keyOf(const Row& row) const;
    std::vector<int> positionsOf(const std::vector<Row>& rows) const;
    void indexRows();
    void vanish(int slot);
    void rearrange(); // the operator wants another sight
    void flush();
    void tellRows(int first, int last);
    void sumUp();
    QVariant groupData(int row, InstanceColumn column, int role) const;
    QVariant agentData(int row, InstanceColumn column, int role) const;
    CellContext context() const { return {weights_, store_.nowUnixMs()}; }

    const fleet::FleetStore& store_;
    std::vector<Row> rows_;
    std::vector<Group> groups_; // never fewer; a name keeps its place
    std::unordered_map<std::string, int> groupByName_;
    std::vector<int> rowOfSlot_; // -1 = not shown
    std::vector<bool> isMarked_; // by slot
    std::vector<int> dirty_; // slots, since the last flush
    std::set<std::string> marks_;
    PoolWeights weights_;
    QString filterText_;
    AgentFilter filter_;
    Shown shown_ = Shown::All;
    GroupBy groupBy_ = GroupBy::Pool;
    InstanceColumn sortColumn_ = InstanceColumn::Name;
    Qt::SortOrder sortOrder_ = Qt::AscendingOrder;
    bool isOrderPending_ = false;
    int instances_ = 0;
    int matching_ = 0;
};

} // namespace signalbox::models
