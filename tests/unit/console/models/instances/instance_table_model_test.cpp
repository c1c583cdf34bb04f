// SPDX-License-Identifier: Apache-2.0
#include "console/models/instances/instance_table_model.h"
#include "tests/support/gui/console_fleet.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <gtest/gtest.h>

#include <random>

namespace signalbox::models {
namespace {

using tests::ConsoleFleet;
using Tester = QAbstractItemModelTester;

std::vector<std::string> namesOf(const InstanceTableModel& model)
{
    std::vector<std::string> names;
    for (int row = 0; row < model.rowCount(); ++row)
        names.push_back(model.isGroup(row) ? "[" + model.groupTitle(row).toStdString() + "]"
                                           : model.agentAt(row).id);
    return names;
}

using Names = std::vector<std::string>;

TEST(InstanceTableModel, RowsStandByPoolAndInTheOrderPeopleCountIn)
{
    ConsoleFleet fleet({.gateways = 1, .pools = 2, .instancesPerPool = 12});
    fleet.connect(2);
    InstanceTableModel model(fleet.store());

    const Names names = namesOf(model);

    ASSERT_EQ(names.size(), 26u);
    EXPECT_EQ(names[0], "[chat]");
    EXPECT_EQ(names[2], "chat-1");
    EXPECT_EQ(names[3], "chat-2");
    EXPECT_EQ(names[11], "chat-10");
    EXPECT_EQ(names[13], "[chat-2]");
    EXPECT_EQ(model.instances(), 24);
    EXPECT_EQ(model.groups(), 2);
}

TEST(InstanceTableModel, AGroupSaysWhatItsMembersComeTo)
{
    ConsoleFleet fleet;
    fleet.connect(2);
    InstanceTableModel model(fleet.store());

    fleet.killEngine("chat-1");

    EXPECT_EQ(model.groupNote(0).toStdString(), "2 of 3 serving, vLLM 0.19.1");
    const float sum = fleet.store().pool("chat")->sums.readings[fleet::Reading::InFlight];
    EXPECT_EQ(model.cell(0, InstanceColumn::InFlight), QString::number(std::lround(sum)));
}

TEST(InstanceTableModel, AnnouncedOrderWaitsUntilItIsAskedFor)
{
    ConsoleFleet fleet;
    fleet.connect(2);
    InstanceTableModel model(fleet.store());
    model.sort(static_cast<int>(InstanceColumn::Badge), Qt::AscendingOrder);
    QSignalSpy pending(&model, &InstanceTableModel::orderPendingChanged);
    const Names before = namesOf(model);

    fleet.killEngine("chat-2");
    model.arrange(Arrange::Announce);

    EXPECT_EQ(namesOf(model), before);
    EXPECT_TRUE(model.isOrderPending());
    EXPECT_EQ(pending.count(), 1);
    model.arrange(Arrange::Now);
    EXPECT_EQ(namesOf(model), (Names{"[chat]", "chat-2", "chat-0", "chat-1"}));
    EXPECT_FALSE(model.isOrderPending());
}

TEST(InstanceTableModel, UnknownValuesStandLastWhicheverWayItIsSorted)
{
    ConsoleFleet fleet;
    fleet.connect(2);
    fleet.killEngine("chat-0");
    fleet.advance(2);
    InstanceTableModel model(fleet.store());

    for (const Qt::SortOrder order : {Qt::AscendingOrder, Qt::DescendingOrder}) {
        model.sort(static_cast<int>(InstanceColumn::Ttft), order);
        EXPECT_EQ(namesOf(model).back(), "chat-0");
    }
}

TEST(InstanceTableModel, OneAgentsNewsTouchesItsRowAndItsHeadOnly)
{
    ConsoleFleet fleet({.gateways = 1, .pools = 1, .instancesPerPool = 20});
    fleet.connect(2);
    InstanceTableModel model(fleet.store());
    QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);

    fleet.tell("chat-7");

    ASSERT_EQ(changed.count(), 2);
    EXPECT_EQ(changed[0][0].toModelIndex().row(), 0);
    EXPECT_EQ(changed[1][0].toModelIndex().row(), model.rowOf("chat-7"));
    EXPECT_EQ(changed[1][1].toModelIndex().row(), model.rowOf("chat-7"));
}

TEST(InstanceTableModel, AFoldedGroupKeepsItsMembersMatching)
{
    ConsoleFleet fleet;
    fleet.connect(2);
    InstanceTableModel model(fleet.store());

    model.setFold(0, Fold::Folded);

    EXPECT_EQ(namesOf(model), (Names{"[chat]"}));
    EXPECT_EQ(model.matching(), 3);
    EXPECT_EQ(model.matchingSlots().size(), 3u);
    model.setFold(0, Fold::Open);
    EXPECT_EQ(model.rowCount(), 4);
}

TEST(InstanceTableModel, OnlyAbnormalRowsAndTheirGroups)
{
    ConsoleFleet fleet({.gateways = 1, .pools = 3, .instancesPerPool = 4});
    fleet.connect(2);
    fleet.drain("chat-2-1", 14);
    InstanceTableModel model(fleet.store());

    model.setShown(Shown::OnlyAbnormal);

    EXPECT_EQ(namesOf(model), (Names{"[chat-2]", "chat-2-1"}));
    EXPECT_EQ(model.cell(1, InstanceColumn::Reason).toStdString(),
              "14 requests left, longest 3 min 12 s");
}

TEST(InstanceTableModel, AnAgentThatIsNotHeardHasNoFigureOfNow)
{
    ConsoleFleet fleet;
    fleet.connect(5);
    InstanceTableModel model(fleet.store());
    fleet.freezeAgent("chat-1");
    fleet.advance(40);

    const int row = model.rowOf("chat-1");

    EXPECT_EQ(model.cell(row, InstanceColumn::Ttft), QStringLiteral("-"));
    const QModelIndex ttft = model.index(row, static_cast<int>(InstanceColumn::Ttft));
    EXPECT_TRUE(ttft.data(Qt::ToolTipRole).toString().startsWith(QLatin1String("Last known: ")));
    EXPECT_EQ(model.cell(row, InstanceColumn::Age), QStringLiteral("40.0"));
}

TEST(InstanceTableModel, SpeaksEveryAxisOfAnAgent)
{
    ConsoleFleet fleet;
    fleet.connect(2);
    InstanceTableModel model(fleet.store());
    fleet.wedgeEngine("chat-1");

    const QModelIndex name = model.index(model.rowOf("chat-1"),
                                         static_cast<int>(InstanceColumn::Name));

    EXPECT_EQ(name.data(Qt::AccessibleTextRole).toString().toStdString(),
              "instance chat-1, priority 2, unacknowledged, wedged, RUN, live, "
              "no token for 6 s, 9 requests held");
}

// Agents come, go, move, fail and are forgotten; the operator filters, sorts, groups and folds.
class Churn {
public:
    Churn() : tester_(&model_, Tester::FailureReportingMode::Fatal)
    {
        QObject::connect(&model_, &QAbstractItemModel::modelReset, &model_, [this] { ++resets; });
    }

    void step()
    {
        const std::string agent = "chat-" + std::to_string(random_() % 12);
        switch (random_() % 16) {
        case 0: forget(agent); break;
        case 1: alter(agent, [](model::AgentState& state) { state.admin = model::Admin::Drain; });
            break;
        case 2: alter(agent, [this](model::AgentState& state) {
                state.record.pool = random_() % 2 == 0 ? "chat" : "batch";
            });
            break;
        case 3: alter(agent, [](model::AgentState& state) {
                state.record.health = {model::Health::Failed, "refused", 1};
            });
            break;
        case 4: model_.setFilter(random_() % 2 == 0 ? QString() : QStringLiteral("-failed")); break;
        case 5: model_.sort(static_cast<int>(random_() % kInstanceColumns),
                            random_() % 2 == 0 ? Qt::AscendingOrder : Qt::DescendingOrder);
            break;
        case 6: model_.setGroupBy(static_cast<GroupBy>(random_() % 3)); break;
        case 7:
            if (model_.rowCount() > 0)
                model_.setFold(static_cast<int>(random_() % model_.rowCount()),
                               static_cast<Fold>(random_() % 2));
            break;
        case 8: model_.setShown(static_cast<Shown>(random_() % 2)); break;
        case 9: model_.setMarks({agent}); break;
        case 10: fleet_.advance(1); break;
        default: alter(agent, [](model::AgentState&) {}); break;
        }
        model_.arrange(random_() % 3 == 0 ? Arrange::Announce : Arrange::Now);
    }

    int rowsThatBelie() const
    {
        int wrong = 0;
        for (int row = 0; row < model_.rowCount(); ++row) {
            if (!model_.isGroup(row) && model_.rowOf(model_.agentAt(row).id) != row)
                ++wrong;
        }
        return wrong;
    }

    int resets = 0;

private:
    void forget(const std::string& agent)
    {
        fleet::FleetChanges changes;
        changes.agents[agent].isForgotten = true;
        fleet_.store().apply(std::move(changes));
        fleet_.store().refresh();
    }
    template <typename Change>
    void alter(const std::string& agent, Change change)
    {
        change(fleet_.state(agent));
        fleet_.tell(agent);
    }

    static ConsoleFleet& connected(ConsoleFleet& fleet)
    {
        fleet.connect(1);
        return fleet;
    }

    std::mt19937 random_{20'260'301};
    ConsoleFleet fleet_{{.gateways = 1, .pools = 1, .instancesPerPool = 12}};
    InstanceTableModel model_{connected(fleet_).store()};
    Tester tester_;
};

TEST(InstanceTableModel, StaysWholeThroughTenThousandStepsWithoutOneReset)
{
    Churn churn;

    int wrong = 0;
    for (int step = 0; step < 10'000; ++step) {
        churn.step();
        wrong += churn.rowsThatBelie();
    }

    EXPECT_EQ(wrong, 0);
    EXPECT_EQ(churn.resets, 0);
}

TEST(InstanceTableModel, ManyScatteredRowsAreExchangedInTwoSteps)
{
    ConsoleFleet fleet({.gateways = 1, .pools = 4, .instancesPerPool = 100});
    fleet.connect(1);
    InstanceTableModel model(fleet.store());
    Tester tester(&model, Tester::FailureReportingMode::Fatal);
    QSignalSpy removed(&model, &QAbstractItemModel::rowsRemoved);
    QSignalSpy reset(&model, &QAbstractItemModel::modelReset);

    model.setFilter(QStringLiteral("name~7"));

    EXPECT_EQ(model.matching(), 4 * 19);
    EXPECT_LE(removed.count(), 64);
    EXPECT_EQ(reset.count(), 0);
}

} // namespace
} // namespace signalbox::models
