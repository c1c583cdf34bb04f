// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/topology_graph.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

namespace signalbox::models {

namespace {

constexpr GraphColumns kWide{16, 96, 188, 268, 248, 632, 458, 1164, 244, 1424};
constexpr GraphColumns kNarrow{4, 72, 100, 128, 184, 376, 348, 768, 180, 952};
constexpr double kGatewayHeight = 108;
constexpr double kGatewayPitch = 150;
constexpr double kRoutePadding = 16; // above and below its ports
constexpr double kRouteGap = 16;
constexpr double kPoolGap = 44; // room for a line over the top
constexpr double kPoolHead = 60;
constexpr double kPoolFoot = 36;
constexpr double kInletPitch = 68;
constexpr double kStandbyHeight = 112;
constexpr double kStoreHeight = 64;
constexpr double kLaneFirst = 20;
constexpr double kLanePitch = 10;
constexpr double kReservePitch = 7;
constexpr double kTop = kGraphHead + 36;
constexpr std::size_t kZoneRowsLeast = 3;
constexpr double kFull = 3.3; // orders of magnitude from the thinnest edge to the widest

const std::vector<model::RouteTarget>& homeOf(const model::Route& route)
{
    return route.hasFailedOver() ? route.home.targets : route.targets;
}

std::vector<GraphPort> portsOf(const model::Route& route)
{
    std::vector<GraphPort> ports;
    std::set<std::string> fed;
    double total = 0;
    for (const model::RouteTarget& target : route.targets)
        total += target.weight;
    for (const model::RouteTarget& target : route.targets) {
        fed.insert(target.pool);
        ports.push_back({target.pool, LinkKind::Traffic,
                         total > 0 ? static_cast<double>(target.weight) / total : 0.0, 0});
    }
    const auto addReserve = [&](const std::string& pool) {
        if (fed.insert(pool).second)
            ports.push_back({pool, LinkKind::Reserve, 0, 0});
    };
    for (const std::string& pool : route.fallbacks)
        addReserve(pool);
    for (const model::RouteTarget& target : route.home.targets)
        addReserve(target.pool);
    return ports;
}

class Maker {
public:
    explicit Maker(const GraphInput& input) : input_(input), columns_(columnsOf(input.breadth))
    {
        graph_.breadth = input.breadth;
    }

    FleetGraph make()
    {
        addPools();
        addRoutes();
        addInlets();
        placePools();
        placeRoutes();
        placeStandby();
        placeGateways();
        drawLinks();
        return std::move(graph_);
    }

private:
    void addPools()
    {
        std::set<std::string> served;
        std::set<std::string> reserves;
        for (const model::Route& route : input_.routes) {
            for (const model::RouteTarget& target : homeOf(route))
                served.insert(target.pool);
            reserves.insert(route.fallbacks.begin(), route.fallbacks.end());
            reserves.insert(route.home.fallbacks.begin(), route.home.fallbacks.end());
        }
        for (const GraphInput::Pool& pool : input_.pools) {
            const bool isStandby = !served.contains(pool.name)
                && (reserves.contains(pool.name) || pool.isStandby);
            GraphPool made{pool.name, isStandby ? PoolColumn::Standby : PoolColumn::Serving,
                           pool.zones, {}, {}};
            std::sort(made.zones.begin(), made.zones.end());
            graph_.pools.push_back(std::move(made));
        }
        std::sort(graph_.pools.begin(), graph_.pools.end(),
                  [](const GraphPool& a, const GraphPool& b) {
                      return std::tie(a.column, a.name) < std::tie(b.column, b.name);
                  });
        for (std::size_t i = 0; i < graph_.pools.size(); ++i)
            poolAt_[graph_.pools[i].name] = static_cast<int>(i);
    }

    int poolNamed(const std::string& name) const
    {
        const auto found = poolAt_.find(name);
        return found == poolAt_.end() ? -1 : found->second;
    }

    // Routes stand in the order of the pools that they feed, so that lines need not cross.
    double middleOf(const model::Route& route) const
    {
        double sum = 0;
        int count = 0;
        for (const model::RouteTarget& target : homeOf(route)) {
            const int pool = poolNamed(target.pool);
            sum += pool < 0 ? 0 : pool;
            count += pool < 0 ? 0 : 1;
        }
        return count == 0 ? 1e9 : sum / count;
    }

    void addRoutes()
    {
        std::vector<const model::Route*> routes;
        for (const model::Route& route : input_.routes)
            routes.push_back(&route);
        std::sort(routes.begin(), routes.end(), [&](const auto* a, const auto* b) {
            return std::make_pair(middleOf(*a), a->name) < std::make_pair(middleOf(*b), b->name);
        });
        for (const model::Route* route : routes) {
            GraphRoute made{route->name, route->hasFailedOver(), portsOf(*route), {}};
            const auto rank = [&](const GraphPort& port) {
                const int pool = poolNamed(port.pool);
                const bool isAbove = pool >= 0
                    && graph_.pools[static_cast<std::size_t>(pool)].column == PoolColumn::Standby;
                return std::make_pair(isAbove ? 0 : 1, pool);
            };
            std::stable_sort(made.ports.begin(), made.ports.end(),
                             [&](const GraphPort& a, const GraphPort& b) {
                                 return rank(a) < rank(b);
                             });
            graph_.routes.push_back(std::move(made));
        }
    }

    void addInlets()
    {
        for (std::size_t route = 0; route < graph_.routes.size(); ++route) {
            const std::vector<GraphPort>& ports = graph_.routes[route].ports;
            for (std::size_t port = 0; port < ports.size(); ++port) {
                const int pool = poolNamed(ports[port].pool);
                if (pool < 0)
                    continue;
                graph_.pools[static_cast<std::size_t>(pool)].inlets.push_back(
                    {static_cast<int>(route), static_cast<int>(port), 0});
            }
        }
    }

    static void spreadInlets(GraphPool& pool)
    {
        const double step = pool.box.height() / static_cast<double>(
                                std::max<std::size_t>(1, pool.inlets.size()));
        for (std::size_t i = 0; i < pool.inlets.size(); ++i)
            pool.inlets[i].y = std::round(pool.box.top() + step * (static_cast<double>(i) + 0.5));
    }

    void placePools()
    {
        double y = kTop;
        for (GraphPool& pool : graph_.pools) {
            if (pool.column != PoolColumn::Serving)
                continue;
            const auto rows = static_cast<double>(std::max(kZoneRowsLeast, pool.zones.size()));
            const double height
                = std::max(kPoolHead + rows * kZoneRow + kPoolFoot,
                           static_cast<double>(pool.inlets.size()) * kInletPitch);
            pool.box = QRectF(columns_.pools, y, columns_.poolWidth, height);
            spreadInlets(pool);
            y += height + kPoolGap;
        }
        bottom_ = y - kPoolGap;
    }

    // Mean distance from the top of the plate to where it would leave straight to its pools.
    double wantedTop(const GraphRoute& route, double below) const
    {
        double sum = 0;
        int count = 0;
        for (std::size_t i = 0; i < route.ports.size(); ++i) {
            const int pool = poolNamed(route.ports[i].pool);
            if (pool < 0 || graph_.pools[static_cast<std::size_t>(pool)].column
                    != PoolColumn::Serving)
                continue;
            const int index = static_cast<int>(&route - graph_.routes.data());
            for (const GraphInlet& inlet : graph_.pools[static_cast<std::size_t>(pool)].inlets) {
                if (inlet.route != index || inlet.port != static_cast<int>(i))
                    continue;
                sum += inlet.y - portOffset(i);
                ++count;
            }
        }
        return count == 0 ? below : sum / count;
    }

    static double portOffset(std::size_t port)
    {
        return kRoutePadding + kGraphRow * (static_cast<double>(port) + 0.5);
    }

    void placeRoutes()
    {
        double below = kTop;
        for (GraphRoute& route : graph_.routes) {
            const double height = 2 * kRoutePadding
                + kGraphRow * static_cast<double>(std::max<std::size_t>(1, route.ports.size()));
            const double top = std::max(below, std::round(wantedTop(route, below)));
            route.box = QRectF(columns_.routes, top, columns_.routeWidth, height);
            for (std::size_t i = 0; i < route.ports.size(); ++i)
                route.ports[i].y = top + portOffset(i);
            below = top + height + kRouteGap;
        }
        bottom_ = std::max(bottom_, below - kRouteGap);
    }

    // A standby stands beside the pool that it stands in for.
    void placeStandby()
    {
        double below = kTop;
        for (GraphPool& pool : graph_.pools) {
            if (pool.column != PoolColumn::Standby)
                continue;
            double top = below;
            for (const GraphInlet& inlet : pool.inlets) {
                for (const GraphPort& port :
                     graph_.routes[static_cast<std::size_t>(inlet.route)].ports) {
                    const int served = poolNamed(port.pool);
                    const GraphPool* beside
                        = served < 0 ? nullptr : &graph_.pools[static_cast<std::size_t>(served)];
                    if (beside && beside->column == PoolColumn::Serving) {
                        top = std::max(below, beside->box.top());
                        break;
                    }
                }
                break;
            }
            pool.box = QRectF(columns_.standby, top, columns_.standbyWidth, kStandbyHeight);
            spreadInlets(pool);
            below = top + kStandbyHeight + kRouteGap;
        }
        graph_.stateStore = QRectF(columns_.standby, below > kTop ? below + kPoolGap / 2 : kTop,
                                   columns_.standbyWidth, kStoreHeight);
        bottom_ = std::max(bottom_, graph_.stateStore.bottom());
    }

    void placeGateways()
    {
        const auto count = static_cast<double>(input_.gateways.size());
        const double pitch
            = std::clamp((bottom_ - kTop) / std::max(1.0, count), kGatewayHeight + kRouteGap,
                         kGatewayPitch);
        // Their hexagons in the middle of the routes: one gateway faces one route.
        double middle = (kTop + bottom_) / 2;
        if (!graph_.routes.empty())
            middle = (graph_.routes.front().box.center().y()
                      + graph_.routes.back().box.center().y())
                / 2;
        double y = std::max(kTop, middle - pitch * (count - 1) / 2 - kHexagonMiddle);
        std::vector<std::string> ids = input_.gateways;
        std::sort(ids.begin(), ids.end());
        for (const std::string& id : ids) {
            graph_.gateways.push_back(
                {id, QRectF(columns_.gateways, std::round(y), columns_.gatewayWidth,
                            kGatewayHeight)});
            y += pitch;
        }
        if (!graph_.gateways.empty())
            bottom_ = std::max(bottom_, graph_.gateways.back().box.bottom());
        graph_.size = {columns_.width, bottom_ + kRoutePadding};
    }

    // Corners of the line; lanes are numbered so that two lines do not cross between two columns.
    void drawLinks()
    {
        for (std::size_t pool = 0; pool < graph_.pools.size(); ++pool) {
            for (const GraphInlet& inlet : graph_.pools[pool].inlets) {
                const GraphPort& port = graph_.routes[static_cast<std::size_t>(inlet.route)]
                                            .ports[static_cast<std::size_t>(inlet.port)];
                graph_.links.push_back(
                    {inlet.route, inlet.port, static_cast<int>(pool), port.kind, {}});
            }
        }
        std::sort(graph_.links.begin(), graph_.links.end(), [](const auto& a, const auto& b) {
            return std::tie(a.route, a.port) < std::tie(b.route, b.port);
        });
        int ups = 0;
        int downs = 0;
        int overs = 0;
        for (const GraphLink& link : graph_.links) {
            if (isOver(link))
                ++overs;
            else if (inletOf(link).y > portOf(link).y)
                ++downs;
        }
        int over = overs;
        int down = downs;
        for (GraphLink& link : graph_.links) {
            const double from = portOf(link).y;
            const double to = inletOf(link).y;
            if (isOver(link))
                link.path = overTheTop(link, --over);
            else if (std::abs(to - from) < 1)
                link.path = {{start(), from}, {columns_.pools, to}};
            else
                link.path = bent(from, to, lane(to > from ? --down : ups++));
        }
    }

    const GraphPort& portOf(const GraphLink& link) const
    {
        return graph_.routes[static_cast<std::size_t>(link.route)]
            .ports[static_cast<std::size_t>(link.port)];
    }

    const GraphInlet& inletOf(const GraphLink& link) const
    {
        const GraphPool& pool = graph_.pools[static_cast<std::size_t>(link.pool)];
        return *std::find_if(pool.inlets.begin(), pool.inlets.end(), [&](const GraphInlet& inlet) {
            return inlet.route == link.route && inlet.port == link.port;
        });
    }

    bool isOver(const GraphLink& link) const
    {
        return graph_.pools[static_cast<std::size_t>(link.pool)].column == PoolColumn::Standby;
    }

    double start() const { return columns_.routes + columns_.routeWidth; }

    double lane(int index) const
    {
        const double room = columns_.pools - start() - 2 * kLaneFirst;
        const int lanes = std::max(1, static_cast<int>(room / kLanePitch) + 1);
        return start() + kLaneFirst + kLanePitch * (index % lanes);
    }

    std::vector<QPointF> bent(double from, double to, double x) const
    {
        return {{start(), from}, {x, from}, {x, to}, {columns_.pools, to}};
    }

    // To the standby at the right: over the pool beside it, never through a box.
    std::vector<QPointF> overTheTop(const GraphLink& link, int index) const
    {
        const double from = portOf(link).y;
        double ceiling = kTop;
        for (const GraphPool& pool : graph_.pools) {
            const bool isAbove = pool.column == PoolColumn::Serving && pool.box.top() <= from + 1;
            if (isAbove)
                ceiling = pool.box.top();
        }
        const int step = index % 4;
        const double y = ceiling - 16 - kReservePitch * step;
        const double x = lane(index % 3 + 3);
        const double right = columns_.pools + columns_.poolWidth + 18 + kReservePitch * step;
        const double to = inletOf(link).y;
        return {{start(), from}, {x, from}, {x, y}, {right, y}, {right, to},
                {columns_.standby, to}};
    }

    const GraphInput& input_;
    const GraphColumns& columns_;
    FleetGraph graph_;
    std::map<std::string, int> poolAt_;
    double bottom_ = 0;
};

const fleet::Pool* named(const std::vector<fleet::Pool>& pools, const std::string& name)
{
    const auto found = std::lower_bound(
        pools.begin(), pools.end(), name,
        [](const fleet::Pool& pool, const std::string& wanted) { return pool.name < wanted; });
    return found != pools.end() && found->name == name ? &*found : nullptr;
}

} // namespace

const GraphColumns& columnsOf(Breadth breadth)
{
    return breadth == Breadth::Wide ? kWide : kNarrow;
}

FleetGraph makeFleetGraph(const GraphInput& input)
{
    return Maker(input).make();
}

std::optional<double> rateOfLink(const FleetGraph& graph, int route, int port,
                                 const std::vector<fleet::Pool>& pools)
{
    const GraphPort& from = graph.routes[static_cast<std::size_t>(route)]
                                .ports[static_cast<std::size_t>(port)];
    const fleet::Pool* pool = named(pools, from.pool);
    if (!pool || from.kind != LinkKind::Traffic)
        return std::nullopt;
    if (from.share <= 0)
        return 0.0;
    for (std::size_t i = 0; i < graph.routes.size(); ++i) {
        for (const GraphPort& other : graph.routes[i].ports) {
            const bool isShared = static_cast<int>(i) != route && other.pool == from.pool
                && other.kind == LinkKind::Traffic && other.share > 0;
            if (isShared)
                return std::nullopt;
        }
    }
    const float rate = pool->sums.readings[fleet::Reading::RequestsPerSecond];
    return std::isfinite(rate) ? std::optional<double>(rate) : std::nullopt;
}

std::optional<double> rateOfRoute(const FleetGraph& graph, int route,
                                  const std::vector<fleet::Pool>& pools)
{
    double sum = 0;
    const std::vector<GraphPort>& ports = graph.routes[static_cast<std::size_t>(route)].ports;
    for (std::size_t port = 0; port < ports.size(); ++port) {
        if (ports[port].kind != LinkKind::Traffic)
            continue;
        const std::optional<double> rate = rateOfLink(graph, route, static_cast<int>(port), pools);
        if (!rate)
            return std::nullopt;
        sum += *rate;
    }
    return sum;
}

double edgeWidth(std::optional<double> requestsPerSecond)
{
    const double rate = std::max(1.0, requestsPerSecond.value_or(1.0));
    return 1 + 5 * std::clamp(std::log10(rate) / kFull, 0.0, 1.0);
}

} // namespace signalbox::models
