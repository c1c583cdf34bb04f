// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/fleet/pool.h"
#include "shared/model/policy.h"

#include <QPointF>
#include <QRectF>
#include <QSizeF>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace signalbox::models {

// Two sets of columns: for a wide work area, and for a window of 1280.
enum class Breadth : std::uint8_t { Wide, Narrow };
inline constexpr double kWideGraph = 1424; // from this width on

struct GraphColumns {
    double gateways;
    double gatewayWidth;
    double trunk; // the line that all gateways and all routes share
    double routes;
    double routeWidth;
    double pools;
    double poolWidth;
    double standby;
    double standbyWidth;
    double width; // of all
};
const GraphColumns& columnsOf(Breadth breadth);

inline constexpr double kGraphHead = 40; // names of the columns
inline constexpr double kHexagonMiddle = 32; // of a gateway, below the top of its box
inline constexpr double kGraphRow = 24; // a port of a route
inline constexpr double kZoneRow = 24; // inside a pool

// Traffic flows, or would after a failover (or back after one).
enum class LinkKind : std::uint8_t { Traffic, Reserve };

struct GraphPort {
    std::string pool;
    LinkKind kind = LinkKind::Traffic;
    double share = 0; // of the weights, 0..1
    double y = 0;
};

struct GraphRoute {
    std::string name;
    bool hasFailedOver = false;
    std::vector<GraphPort> ports; // top down
    QRectF box;
};

struct GraphInlet {
    int route = 0;
    int port = 0;
    double y = 0;
};

enum class PoolColumn : std::uint8_t { Serving, Standby };

struct GraphPool {
    std::string name;
    PoolColumn column = PoolColumn::Serving;
    std::vector<std::string> zones; // sorted
    std::vector<GraphInlet> inlets; // top down
    QRectF box;
};

struct GraphLink {
    int route = 0;
    int port = 0;
    int pool = 0;
    LinkKind kind = LinkKind::Traffic;
    std::vector<QPointF> path; // corners, from the port to the pool
};

struct GraphGateway {
    std::string id;
    QRectF box; // hexagon and the words under it
};

// Where requests go: gateways, routes, pools, and what stands by. All boxes and lines follow from
// names and policy alone, so that a place is an identity.
struct FleetGraph {
    Breadth breadth = Breadth::Wide;
    std::vector<GraphGateway> gateways; // by id
    std::vector<GraphRoute> routes;
    std::vector<GraphPool> pools; // serving ones by name, then standby
    std::vector<GraphLink> links;
    QRectF stateStore;
    QSizeF size;
};

struct GraphInput {
    std::vector<std::string> gateways;
    struct Pool {
        std::string name;
        std::vector<std::string> zones; // of its members
        bool isStandby = false; // all its members stand by
    };
    std::vector<Pool> pools;
    std::vector<model::Route> routes;
    Breadth breadth = Breadth::Wide;
};
FleetGraph makeFleetGraph(const GraphInput& input);

// Requests a second through one port, as far as they are known: a pool's are its route's when no
// other route sends there. Nothing is guessed from weights.
std::optional<double> rateOfLink(const FleetGraph& graph, int route, int port,
                                 const std::vector<fleet::Pool>& pools);
std::optional<double> rateOfRoute(const FleetGraph& graph, int route,
                                  const std::vector<fleet::Pool>& pools);
// 1 to 6, by the logarithm of a rate; 1 when it is unknown.
double edgeWidth(std::optional<double> requestsPerSecond);

} // namespace signalbox::models
