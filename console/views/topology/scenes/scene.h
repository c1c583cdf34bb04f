// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/found_agents.h"
#include "console/theme/tokens.h"
#include "console/views/frame/session.h"
#include "console/views/topology/scenes/label_cache.h"

#include <QPointF>
#include <QRect>
#include <QRectF>
#include <QSizeF>
#include <QString>

#include <vector>

class QPainter;

namespace signalbox::topology {

// How a plan lies on the canvas.
struct View {
    QRect content; // where it may be drawn, beside the gutter
    QPointF offset; // of the plan's origin, in pixels of the canvas
    double scale = 1;

    QRectF toScreen(const QRectF& box) const
    {
        return {box.topLeft() * scale + offset, box.size() * scale};
    }
    QPointF toPlan(QPointF pixel) const { return (pixel - offset) / scale; }
};

struct Node {
    views::ObjectRef object; // none for what is only shown
    QRectF box; // in the plan
    int slot = -1; // of an agent
};

// All that one painting needs.
struct Painting {
    QPainter& painter;
    const View& view;
    QRect dirty;
    const theme::Tokens& t;
    LabelCache& labels;
    const models::FoundAgents& found;
    int hovered = -1;
    int selected = -1;
};

// What is left out at a scale, in the order in which it is left out.
enum class Detail : std::uint8_t { Full, NoLabels, NoBars, NoEdges };

// One picture of the fleet: nodes with places, and how they are painted. Nodes are never dropped.
// Lives on: gui thread. Owned by the canvas; reads the store whenever it paints.
class Scene {
public:
    virtual ~Scene() = default;

    const std::vector<Node>& nodes() const { return nodes_; }
    QSizeF size() const { return size_; }
    int nodeOf(const views::ObjectRef& object) const;
    int nodeOfSlot(int slot) const;

    virtual int gutter() const { return 0; } // pixels at the left that do not move
    virtual double greatestScale() const = 0;
    virtual double homeScale(const QSize& room) const = 0; // at which it is first shown
    virtual Detail detailAt(double scale) const = 0;
    // Repaints what lies in painting.dirty, ground included.
    virtual void paint(const Painting& painting) = 0;
    // Nodes that look otherwise than when they were last painted, of the agents that were told.
    virtual std::vector<int> changed(const std::vector<int>& slots, double scale) = 0;
    // Around the box of a node, what may be painted for it.
    virtual int overhang() const { return 16; }
    // Tokens, device pixel ratio or members are others: what was cached is stale.
    virtual void forgetPixels() {}
    virtual QString spoken(int node) const = 0;

protected:
    void setNodes(std::vector<Node> nodes, QSizeF size);

private:
    std::vector<Node> nodes_;
    std::vector<int> bySlot_;
    QSizeF size_;
};

} // namespace signalbox::topology
