// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/fleet/pool.h"
#include "console/models/topology_graph.h"
#include "console/views/topology/scenes/scene.h"

#include <QPixmap>

#include <map>
#include <string>
#include <vector>

namespace signalbox::topology {

// From gateways over routes to pools, with what stands by. A number stands in a box, never on a
// line. Edges are one pixmap, made again when the policy or a width changes.
// Lives on: gui thread. Owned by the canvas.
class FleetScene final : public Scene {
public:
    FleetScene(views::Session& session, models::Breadth breadth);

    double greatestScale() const override { return 2; }
    double homeScale(const QSize& room) const override;
    Detail detailAt(double scale) const override;
    void paint(const Painting& painting) override;
    std::vector<int> changed(const std::vector<int>& slots, double scale) override;
    void forgetPixels() override { edges_ = {}; }
    QString spoken(int node) const override;
    const models::FleetGraph& graph() const { return graph_; }

private:
    struct ZoneRow {
        std::string zone;
        std::vector<int> slots; // by host and number
        std::vector<int> hostStarts; // places in slots where a host begins
    };
    enum class Part : std::uint8_t { Gateway, Route, Pool, StateStore };
    struct PartOf {
        Part part;
        int index;
    };

    void build(models::Breadth breadth);
    void takeZoneRows();
    const fleet::Pool* poolAt(int index) const;
    const std::string& poolNameOf(std::size_t node) const; // of a node that is a pool
    std::vector<double> edgeWidths() const;

    void paintEdges(const Painting& painting);
    void drawEdges(QPainter& painter, const theme::Tokens& t, const std::vector<double>& widths,
                   double scale) const;
    void paintHeads(const Painting& painting) const;
    void paintGateway(const Painting& painting, int index) const;
    void paintRoute(const Painting& painting, int index) const;
    void paintPorts(const Painting& painting, int index) const;
    void paintPool(const Painting& painting, int index) const;
    void paintPoolBadge(const Painting& painting, int index) const;
    void paintInlets(const Painting& painting, int index) const;
    void paintPoolWords(const Painting& painting, const QRectF& box, const fleet::Pool& pool) const;
    void paintZones(const Painting& painting, const QRectF& box, int index) const;
    void paintZoneCells(const Painting& painting, const QRectF& room, const ZoneRow& row) const;
    void paintSpread(const Painting& painting, const QRect& room, const ZoneRow& row) const;
    void paintStandby(const Painting& painting, int index) const;
    void paintStateStore(const Painting& painting) const;
    void paintFrame(const Painting& painting, const QRectF& box, model::Priority priority) const;

    views::Session& session_;
    models::FleetGraph graph_;
    std::vector<PartOf> parts_; // by node
    std::vector<std::vector<ZoneRow>> zones_; // by pool of the graph
    QPixmap edges_;
    double edgesScale_ = 0;
    std::vector<double> edgesWidths_;
};

} // namespace signalbox::topology
