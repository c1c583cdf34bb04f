// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/topology_cells.h"
#include "console/views/topology/scenes/cell_marks.h"
#include "console/views/topology/scenes/scene.h"

#include <QHash>
#include <QPixmap>

#include <string>
#include <vector>

namespace signalbox::topology {

enum class CellShape : std::uint8_t { Card, Heat }; // the same at a scale where cells are equal

// Instances by zone and host: of one pool, or of all. How much each shows follows from its size on
// the screen, down to a square of grey; a place is an identity at every scale.
// Lives on: gui thread. Owned by the canvas.
class CellScene final : public Scene {
public:
    // An empty name means all pools.
    CellScene(views::Session& session, const std::string& pool, CellShape shape);

    int gutter() const override;
    double greatestScale() const override;
    double homeScale(const QSize& room) const override;
    Detail detailAt(double scale) const override;
    void paint(const Painting& painting) override;
    std::vector<int> changed(const std::vector<int>& slots, double scale) override;
    void forgetPixels() override { circles_.clear(); }
    QString spoken(int node) const override;

    double queueFullMs() const { return queueFull_; } // of the bar Q

private:
    enum class Look : std::uint8_t { Strip, Lines, Name, Circle, Heat };
    struct ZoneCount {
        int serving = 0;
        int total = 0;
        float inFlight = 0;
    };
    Look lookAt(double scale) const;
    void build();
    void paintFrames(const Painting& painting, Look look) const;
    void paintGutter(const Painting& painting) const;
    void paintHeat(const Painting& painting);
    void paintCards(const Painting& painting, Look look);
    void paintCard(const Painting& painting, const QRectF& box, int node, Look look);
    void paintCircle(const Painting& painting, const QRectF& circle, const fleet::Agent& agent);
    void paintPassed(const Painting& painting, const QRectF& circle) const;
    void paintBars(const Painting& painting, const QRect& box, const fleet::Agent& agent) const;
    void paintLines(const Painting& painting, const QRectF& box, const fleet::Agent& agent,
                    int node) const;
    void paintRings(const Painting& painting, Look look) const;
    const QPixmap& circle(const Painting& painting, int diameter, model::Freshness freshness,
                          model::Priority priority);
    const fleet::Agent& agentOf(int node) const;
    ZoneCount countOf(const models::CellZone& zone) const;
    void measure();

    views::Session& session_;
    std::string pool_;
    CellShape shape_;
    models::CellMetrics metrics_;
    models::CellPlan plan_;
    std::vector<CellLook> painted_; // by node
    QHash<quint32, QPixmap> circles_;
    double queueFull_ = 100;
    float bandLow_ = 0; // 5th and 95th percentile of the load, of all that are shown
    float bandHigh_ = 0;
};

} // namespace signalbox::topology
