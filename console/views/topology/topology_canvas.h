// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/found_agents.h"
#include "console/models/topology_graph.h"
#include "console/models/topology_walk.h"
#include "console/views/frame/session.h"
#include "console/views/topology/scenes/scene.h"

#include <QPoint>
#include <QWidget>

#include <memory>
#include <string>
#include <vector>

namespace signalbox::topology {

enum class Level : std::uint8_t { Fleet, Pool, Instance };
enum class Manner : std::uint8_t { Graph, Grid };

// What the canvas shows.
struct Sight {
    Level level = Level::Fleet;
    Manner manner = Manner::Graph;
    std::string pool; // at Pool
    std::string agent; // at Instance
    bool operator==(const Sight&) const = default;
};

class HoverCard;

// The one painted surface: nodes and edges of a scene, moved and scaled by pointer and keys. What
// it shows cannot be moved out of sight. Repaints only nodes that look otherwise, nothing while
// hidden.
// Lives on: gui thread. Owned by the screen.
class TopologyCanvas final : public QWidget {
    Q_OBJECT
public:
    TopologyCanvas(views::Session& session, const models::FoundAgents& found, QWidget* parent);
    ~TopologyCanvas() override;

    void look(const Sight& sight);
    const Sight& sight() const { return sight_; }
    const Scene* scene() const { return scene_.get(); }
    const View& view() const { return view_; }
    int selectedNode() const { return selected_; }
    // Boxes of the nodes on the canvas; what is hidden has an invalid one.
    std::vector<QRectF> nodeBoxes() const;
    int nodeAt(QPoint at) const; // -1 = none
    Detail detail() const;
    double queueFullMs() const; // of the bar Q of cards; 0 where there is none

    void zoomBy(double factor);
    void zoomTo(double scale, QPointF anchor); // the plan under the anchor stays where it is
    void fit(); // all of it
    void home(); // as when first shown
    void panBy(QPoint pixels);
    void walk(models::WalkStep step);
    void selectNode(int node);
    void findsChanged(); // what is found, passed or hidden

Q_SIGNALS:
    void activated(const signalbox::views::ObjectRef& object); // Enter, double click
    void menuRequested(QPoint globalPos);
    void viewChanged(); // scale or scene

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void changeEvent(QEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    void rebuild();
    void rebuildIfStale();
    void layOut(); // of the content beside the gutter
    void clampView();
    void storeChanged(const std::vector<int>& slots);
    void storeRefreshed();
    void takeSelection();
    void hover(int node);
    void updateNode(int node);
    void reveal(int node); // pans until it is seen
    QRect dirtyBoxOf(int node) const;
    models::Breadth breadth() const;
    bool isOffline() const;

    views::Session& session_;
    const models::FoundAgents& found_;
    Sight sight_;
    std::unique_ptr<Scene> scene_;
    View view_;
    LabelCache labels_;
    HoverCard* card_;
    std::vector<int> changed_; // slots, since the last refresh
    bool isStale_ = true; // members or policy are others than the scene's
    bool isHome_ = true; // nobody has moved it
    int selected_ = -1;
    int hovered_ = -1;
    QPoint pressedAt_;
    QPointF offsetAtPress_;
    bool isPressed_ = false;
    bool isDragging_ = false;
    unsigned themeGeneration_ = 0;
};

} // namespace signalbox::topology
