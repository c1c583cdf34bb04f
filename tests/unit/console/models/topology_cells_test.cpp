// SPDX-License-Identifier: Apache-2.0
#include "console/models/topology_cells.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

namespace signalbox::models {
namespace {

constexpr CellMetrics kCards{116, 148, 4, 8, 28, 12, 16, 28};
constexpr CellMetrics kHeat{10, 10, 2, 0, 0, 6, 16, 26};

std::vector<CellMember> fleetOf(int count, int hosts)
{
    std::vector<CellMember> members;
    for (int i = 0; i < count; ++i) {
        const int host = i % std::max(1, hosts);
        members.push_back({"chat-" + std::to_string(i), "chat",
                           "eu-1" + std::string(1, static_cast<char>('a' + host % 3)),
                           "10.0.0." + std::to_string(host)});
    }
    return members;
}

std::map<std::string, QRectF> placesOf(const std::vector<CellMember>& members,
                                       const CellMetrics& metrics)
{
    const CellPlan plan = planCells(members, metrics);
    std::map<std::string, QRectF> places;
    for (std::size_t i = 0; i < members.size(); ++i)
        places[members[i].id] = plan.cells[i];
    return places;
}

void expectNoOverlap(const std::vector<CellMember>& members, const CellMetrics& metrics)
{
    const CellPlan plan = planCells(members, metrics);
    const QRectF all(QPointF(0, 0), plan.size);
    for (std::size_t i = 0; i < plan.cells.size(); ++i) {
        EXPECT_TRUE(all.contains(plan.cells[i])) << members[i].id;
        for (std::size_t j = i + 1; j < plan.cells.size(); ++j)
            ASSERT_FALSE(plan.cells[i].intersects(plan.cells[j]))
                << members[i].id << " lies on " << members[j].id;
    }
}

TEST(TopologyCells, PlacesDoNotDependOnTheOrderOfArrival)
{
    std::vector<CellMember> members = fleetOf(300, 40);
    const auto wanted = placesOf(members, kCards);
    std::mt19937 random(7);

    for (int round = 0; round < 20; ++round) {
        std::shuffle(members.begin(), members.end(), random);
        ASSERT_EQ(placesOf(members, kCards), wanted);
    }
}

TEST(TopologyCells, NoCellLiesOnAnother)
{
    for (const int count : {1, 3, 300}) {
        expectNoOverlap(fleetOf(count, 1), kCards);
        expectNoOverlap(fleetOf(count, 12), kCards);
        expectNoOverlap(fleetOf(count, 40), kHeat);
    }
}

TEST(TopologyCells, WhoLeavesLeavesAGapAndWhoComesFillsIt)
{
    // Given eight of one host, of which the fourth leaves
    const std::vector<CellMember> before = fleetOf(8, 1);
    const auto places = placesOf(before, kCards);
    std::vector<CellMember> after = before;
    after.erase(after.begin() + 3);

    // Then nobody else moves, and a newcomer of that name gets its place
    const auto without = placesOf(after, kCards);
    for (const auto& [id, place] : without)
        EXPECT_EQ(place, places.at(id)) << id;
    after.push_back(before[3]);
    EXPECT_EQ(placesOf(after, kCards), places);
}

TEST(TopologyCells, NumbersAreReadAsNumbers)
{
    const auto places = placesOf(fleetOf(12, 1), kCards);

    EXPECT_TRUE(places.at("chat-10").y() > places.at("chat-2").y()
                || places.at("chat-10").x() > places.at("chat-2").x());
    EXPECT_EQ(idParts("chat-b02-12").stem, "chat-b02-");
    EXPECT_EQ(idParts("chat-b02-12").number, 12);
    EXPECT_EQ(idParts("chat").number, -1);
    EXPECT_EQ(idParts("x-99999999999999999999999").number, -1);
}

TEST(TopologyCells, NamesThatShareANumberStandBesideEachOther)
{
    // Given ids whose numbers are equal, and one far away
    std::vector<CellMember> members{{"a-7", "p", "z", "h"}, {"a-07", "p", "z", "h"},
                                    {"a-900000", "p", "z", "h"}, {"odd", "p", "z", "h"}};

    expectNoOverlap(members, kCards);
    EXPECT_LT(planCells(members, kCards).size.width(), 1'000);
}

TEST(TopologyCells, ZonesAndHostsAreFramesInOrder)
{
    const CellPlan plan = planCells(fleetOf(24, 6), kCards);

    ASSERT_EQ(plan.zones.size(), 3u);
    EXPECT_EQ(plan.zones[0].name, "eu-1a");
    ASSERT_EQ(plan.zones[0].hosts.size(), 2u);
    for (const CellZone& zone : plan.zones) {
        for (const CellHost& host : zone.hosts) {
            EXPECT_TRUE(zone.box.contains(host.box));
            for (const int member : host.members)
                EXPECT_TRUE(host.box.contains(plan.cells[static_cast<std::size_t>(member)]));
        }
    }
}

TEST(TopologyCells, NobodyIsNoPlan)
{
    EXPECT_TRUE(planCells({}, kCards).size.isEmpty());
}

} // namespace
} // namespace signalbox::models
