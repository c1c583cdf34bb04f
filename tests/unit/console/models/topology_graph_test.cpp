// SPDX-License-Identifier: Apache-2.0
#include "console/models/topology_graph.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace signalbox::models {
namespace {

GraphInput mockFleet()
{
    GraphInput input;
    input.gateways = {"gw-a1", "gw-b1", "gw-c1"};
    input.pools = {{"chat-70b", {"eu-1a", "eu-1b", "eu-1c"}, false},
                   {"chat-8b", {"eu-1a", "eu-1b", "eu-1c"}, false},
                   {"embed", {"eu-1a", "eu-1b"}, false},
                   {"chat-70b-standby", {"eu-1a"}, true}};
    input.routes = {{.name = "llama-3.3-70b", .targets = {{"chat-70b", 100}},
                     .fallbacks = {"chat-70b-standby"}},
                    {.name = "assistant", .targets = {{"chat-70b", 20}, {"chat-8b", 80}}},
                    {.name = "llama-3.1-8b", .targets = {{"chat-8b", 100}}},
                    {.name = "bge-m3", .targets = {{"embed", 100}}}};
    return input;
}

std::vector<QRectF> boxesOf(const FleetGraph& graph)
{
    std::vector<QRectF> boxes;
    for (const GraphGateway& gateway : graph.gateways)
        boxes.push_back(gateway.box);
    for (const GraphRoute& route : graph.routes)
        boxes.push_back(route.box);
    for (const GraphPool& pool : graph.pools)
        boxes.push_back(pool.box);
    boxes.push_back(graph.stateStore);
    return boxes;
}

void expectNoOverlap(const FleetGraph& graph)
{
    const std::vector<QRectF> boxes = boxesOf(graph);
    for (std::size_t i = 0; i < boxes.size(); ++i) {
        EXPECT_TRUE(QRectF(QPointF(0, 0), graph.size).contains(boxes[i])) << i;
        for (std::size_t j = i + 1; j < boxes.size(); ++j)
            EXPECT_FALSE(boxes[i].intersects(boxes[j])) << i << " lies on " << j;
    }
}

const GraphPool& poolOf(const FleetGraph& graph, const std::string& name)
{
    return *std::find_if(graph.pools.begin(), graph.pools.end(),
                         [&](const GraphPool& pool) { return pool.name == name; });
}

int routeOf(const FleetGraph& graph, const std::string& name)
{
    const auto found
        = std::find_if(graph.routes.begin(), graph.routes.end(),
                       [&](const GraphRoute& route) { return route.name == name; });
    return static_cast<int>(found - graph.routes.begin());
}

fleet::Pool poolWithRate(const std::string& name, float rate)
{
    fleet::Pool pool;
    pool.name = name;
    pool.sums.readings[fleet::Reading::RequestsPerSecond] = rate;
    return pool;
}

TEST(TopologyGraph, BoxesDoNotOverlapAndFitTheWhole)
{
    for (const Breadth breadth : {Breadth::Wide, Breadth::Narrow}) {
        GraphInput input = mockFleet();
        input.breadth = breadth;
        expectNoOverlap(makeFleetGraph(input));
        for (int i = 0; i < 30; ++i) {
            const std::string name = "pool-" + std::to_string(i);
            input.pools.push_back({name, {"a", "b", "c", "d", "e"}, i % 4 == 0});
            input.routes.push_back({.name = "route-" + std::to_string(i),
                                    .targets = {{name, 50}, {"embed", 50}},
                                    .fallbacks = {"chat-8b"}});
            input.gateways.push_back("gateway-" + std::to_string(i));
        }
        expectNoOverlap(makeFleetGraph(input));
    }
}

TEST(TopologyGraph, PlacesDoNotDependOnTheOrderOfArrival)
{
    GraphInput input = mockFleet();
    const std::vector<QRectF> wanted = boxesOf(makeFleetGraph(input));
    std::mt19937 random(7);

    for (int round = 0; round < 20; ++round) {
        std::shuffle(input.gateways.begin(), input.gateways.end(), random);
        std::shuffle(input.pools.begin(), input.pools.end(), random);
        std::shuffle(input.routes.begin(), input.routes.end(), random);
        ASSERT_EQ(boxesOf(makeFleetGraph(input)), wanted);
    }
}

TEST(TopologyGraph, ARouteWithOnePoolRunsStraightIntoIt)
{
    const FleetGraph graph = makeFleetGraph(mockFleet());
    const int route = routeOf(graph, "bge-m3");

    const auto link = std::find_if(graph.links.begin(), graph.links.end(),
                                   [&](const GraphLink& one) { return one.route == route; });
    ASSERT_NE(link, graph.links.end());
    ASSERT_EQ(link->path.size(), 2u);
    EXPECT_EQ(link->path.front().y(), link->path.back().y());
}

TEST(TopologyGraph, AStandbyStandsBesideItsPoolAndIsReachedOverTheTop)
{
    const FleetGraph graph = makeFleetGraph(mockFleet());
    const GraphPool& standby = poolOf(graph, "chat-70b-standby");
    const GraphPool& pool = poolOf(graph, "chat-70b");

    EXPECT_EQ(standby.column, PoolColumn::Standby);
    EXPECT_EQ(standby.box.top(), pool.box.top());
    const auto link = std::find_if(graph.links.begin(), graph.links.end(), [](const auto& one) {
        return one.kind == LinkKind::Reserve;
    });
    ASSERT_NE(link, graph.links.end());
    double highest = 1e9;
    for (const QPointF& corner : link->path)
        highest = std::min(highest, corner.y());
    EXPECT_LT(highest, pool.box.top());
    for (std::size_t i = 1; i < link->path.size(); ++i) {
        const QRectF line = QRectF(link->path[i - 1], link->path[i]).normalized();
        EXPECT_FALSE(line.adjusted(-1, -1, 1, 1).intersects(pool.box.adjusted(2, 2, -2, -2)));
    }
}

TEST(TopologyGraph, AFailoverMovesNoBox)
{
    // Given a route that has failed over to its standby
    GraphInput input = mockFleet();
    const std::vector<QRectF> before = boxesOf(makeFleetGraph(input));
    model::Route& route = input.routes.front();
    route.home = {route.targets, route.fallbacks};
    route.targets = {{"chat-70b-standby", 100}};
    route.fallbacks = {};

    // Then only what flows is another
    const FleetGraph graph = makeFleetGraph(input);
    EXPECT_EQ(boxesOf(graph), before);
    EXPECT_EQ(poolOf(graph, "chat-70b-standby").column, PoolColumn::Standby);
    const GraphRoute& drawn
        = graph.routes[static_cast<std::size_t>(routeOf(graph, "llama-3.3-70b"))];
    EXPECT_TRUE(drawn.hasFailedOver);
    EXPECT_EQ(drawn.ports.front().kind, LinkKind::Traffic);
    EXPECT_EQ(drawn.ports.back().kind, LinkKind::Reserve);
}

TEST(TopologyGraph, ARateIsKnownOnlyWhereNothingIsGuessed)
{
    const FleetGraph graph = makeFleetGraph(mockFleet());
    const std::vector<fleet::Pool> pools{poolWithRate("chat-70b", 38.6F),
                                         poolWithRate("chat-70b-standby", 0),
                                         poolWithRate("chat-8b", 112), poolWithRate("embed", 418)};

    const auto embed = rateOfRoute(graph, routeOf(graph, "bge-m3"), pools);
    ASSERT_TRUE(embed);
    EXPECT_NEAR(*embed, 418, 0.1);
    EXPECT_FALSE(rateOfRoute(graph, routeOf(graph, "llama-3.3-70b"), pools));
    EXPECT_FALSE(rateOfRoute(graph, routeOf(graph, "assistant"), pools));
    EXPECT_FALSE(rateOfRoute(graph, routeOf(graph, "bge-m3"), {}));
}

TEST(TopologyGraph, EdgesAreOneToSixWide)
{
    EXPECT_EQ(edgeWidth(std::nullopt), 1);
    EXPECT_EQ(edgeWidth(0.0), 1);
    EXPECT_GT(edgeWidth(100.0), edgeWidth(10.0));
    EXPECT_EQ(edgeWidth(1e9), 6);
}

TEST(TopologyGraph, APoolThatIsNotThereLeavesARoute)
{
    GraphInput input = mockFleet();
    input.pools.clear();

    const FleetGraph graph = makeFleetGraph(input);
    EXPECT_EQ(graph.routes.size(), 4u);
    EXPECT_TRUE(graph.links.empty());
    expectNoOverlap(graph);
    expectNoOverlap(makeFleetGraph({}));
}

} // namespace
} // namespace signalbox::models
