// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/topology/topology_canvas.h"

#include "console/theme/theme.h"
#include "console/views/topology/canvas_access.h"
#include "console/views/topology/scenes/cell_scene.h"
#include "console/views/topology/scenes/fleet_scene.h"
#include "console/views/topology/hover_card.h"
#include "console/views/topology/scenes/instance_scene.h"

#include <QPaintEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace signalbox::topology {

namespace {

constexpr int kMargin = 8; // between the plan and the edge of the canvas
constexpr std::size_t kPiecesMost = 200; // more changes than this repaint all
constexpr double kLeastShare = 0.5; // of the scale at which all fits

std::unique_ptr<Scene> makeScene(views::Session& session, const Sight& sight,
                                 models::Breadth breadth)
{
    if (sight.level == Level::Instance && sight.manner == Manner::Graph)
        return std::make_unique<InstanceScene>(session, sight.agent);
    if (sight.manner == Manner::Grid)
        return std::make_unique<CellScene>(
            session, sight.level == Level::Fleet ? std::string() : sight.pool, CellShape::Heat);
    if (sight.level == Level::Pool)
        return std::make_unique<CellScene>(session, sight.pool, CellShape::Card);
    return std::make_unique<FleetScene>(session, breadth);
}

} // namespace

TopologyCanvas::TopologyCanvas(views::Session& session, const models::FoundAgents& found,
                               QWidget* parent)
    : QWidget(parent), session_(session), found_(found), card_(new HoverCard(this))
{
    installCanvasAccess();
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setAccessibleName(tr("Fleet graph"));
    setAccessibleDescription(
        tr("Arrows walk from node to node, Enter opens, Backspace goes one level up"));
    const fleet::FleetStore* store = &session.store;
    const auto grow = [this] { isStale_ = true; };
    connect(store, &fleet::FleetStore::agentAppeared, this, grow);
    connect(store, &fleet::FleetStore::agentVanished, this, grow);
    connect(store, &fleet::FleetStore::policyChanged, this, grow);
    connect(store, &fleet::FleetStore::agentsChanged, this, &TopologyCanvas::storeChanged);
    connect(store, &fleet::FleetStore::refreshed, this, &TopologyCanvas::storeRefreshed);
    connect(store, &fleet::FleetStore::linkChanged, this, [this] { update(); });
    connect(&session.selection, &views::Selection::changed, this,
            &TopologyCanvas::takeSelection);
}

TopologyCanvas::~TopologyCanvas() = default;

models::Breadth TopologyCanvas::breadth() const
{
    return width() >= models::kWideGraph ? models::Breadth::Wide : models::Breadth::Narrow;
}

bool TopologyCanvas::isOffline() const
{
    return session_.store.link().state == fleet::LinkState::Lost;
}

void TopologyCanvas::look(const Sight& sight)
{
    if (sight == sight_ && scene_)
        return;
    sight_ = sight;
    isHome_ = true;
    rebuild();
}

void TopologyCanvas::rebuild()
{
    isStale_ = false;
    changed_.clear();
    hover(-1);
    scene_ = makeScene(session_, sight_, breadth());
    selected_ = scene_->nodeOf(session_.selection.current());
    layOut();
    update();
    tellNodesMoved(*this);
    Q_EMIT viewChanged();
}

void TopologyCanvas::rebuildIfStale()
{
    if (isStale_ || !scene_)
        rebuild();
}

void TopologyCanvas::layOut()
{
    const int gutter = scene_ ? scene_->gutter() : 0;
    view_.content = rect().adjusted(kMargin + gutter, kMargin, -kMargin, 0);
    if (isHome_)
        home();
    else
        clampView();
}

void TopologyCanvas::home()
{
    if (!scene_)
        return;
    isHome_ = true;
    view_.scale = scene_->homeScale(view_.content.size());
    view_.offset = view_.content.topLeft();
    clampView();
    update();
    Q_EMIT viewChanged();
}

void TopologyCanvas::fit()
{
    if (!scene_ || scene_->size().isEmpty())
        return;
    const QSizeF size = scene_->size();
    view_.scale = std::min({scene_->greatestScale(), view_.content.width() / size.width(),
                            view_.content.height() / size.height()});
    view_.offset = view_.content.topLeft();
    isHome_ = false;
    clampView();
    update();
    Q_EMIT viewChanged();
}

// What is smaller than the canvas stands at its top left; what is larger covers it.
void TopologyCanvas::clampView()
{
    if (!scene_)
        return;
    const QSizeF size = scene_->size() * view_.scale;
    const QRectF content = view_.content;
    const double left = std::min(content.left(), content.right() - size.width());
    const double top = std::min(content.top(), content.bottom() - size.height());
    view_.offset = {std::round(std::clamp(view_.offset.x(), left, content.left())),
                    std::round(std::clamp(view_.offset.y(), top, content.top()))};
}

void TopologyCanvas::zoomTo(double scale, QPointF anchor)
{
    if (!scene_ || scene_->size().isEmpty())
        return;
    const QSizeF size = scene_->size();
    const double fits = std::min(view_.content.width() / size.width(),
                                 view_.content.height() / size.height());
    const double least = std::min(kLeastShare, fits) * (fits < kLeastShare ? 1 : 0.999);
    const QPointF plan = view_.toPlan(anchor);
    view_.scale = std::clamp(scale, std::min(least, scene_->greatestScale()),
                             scene_->greatestScale());
    view_.offset = anchor - plan * view_.scale;
    isHome_ = false;
    clampView();
    hover(-1);
    update();
    tellNodesMoved(*this);
    Q_EMIT viewChanged();
}

void TopologyCanvas::zoomBy(double factor)
{
    const bool hasNode = selected_ >= 0;
    const QPointF anchor = hasNode
        ? view_.toScreen(scene_->nodes()[static_cast<std::size_t>(selected_)].box).center()
        : QPointF(view_.content.center());
    zoomTo(view_.scale * factor, anchor);
}

void TopologyCanvas::panBy(QPoint pixels)
{
    const QPointF before = view_.offset;
    view_.offset += pixels;
    clampView();
    if (view_.offset == before)
        return;
    isHome_ = false;
    hover(-1);
    update();
}

Detail TopologyCanvas::detail() const
{
    return scene_ ? scene_->detailAt(view_.scale) : Detail::Full;
}

double TopologyCanvas::queueFullMs() const
{
    const auto* cells = dynamic_cast<const CellScene*>(scene_.get());
    return cells ? cells->queueFullMs() : 0;
}

std::vector<QRectF> TopologyCanvas::nodeBoxes() const
{
    std::vector<QRectF> boxes;
    if (!scene_)
        return boxes;
    boxes.reserve(scene_->nodes().size());
    for (const Node& node : scene_->nodes()) {
        const bool isHidden = node.slot >= 0 && found_.isHidden(node.slot);
        boxes.push_back(isHidden ? QRectF() : view_.toScreen(node.box));
    }
    return boxes;
}

int TopologyCanvas::nodeAt(QPoint at) const
{
    return view_.content.contains(at) ? models::boxAt(nodeBoxes(), at) : -1;
}

QRect TopologyCanvas::dirtyBoxOf(int node) const
{
    const int more = scene_->overhang();
    return view_.toScreen(scene_->nodes()[static_cast<std::size_t>(node)].box)
        .toAlignedRect()
        .adjusted(-more, -more, more, more);
}

void TopologyCanvas::updateNode(int node)
{
    if (scene_ && node >= 0 && node < static_cast<int>(scene_->nodes().size()))
        update(dirtyBoxOf(node));
}

void TopologyCanvas::storeChanged(const std::vector<int>& slots)
{
    if (isVisible())
        changed_.insert(changed_.end(), slots.begin(), slots.end());
}

void TopologyCanvas::storeRefreshed()
{
    if (!isVisible()) {
        isStale_ = true;
        return;
    }
    if (isStale_ || !scene_) {
        rebuild();
        return;
    }
    std::sort(changed_.begin(), changed_.end());
    changed_.erase(std::unique(changed_.begin(), changed_.end()), changed_.end());
    const std::vector<int> nodes = scene_->changed(changed_, view_.scale);
    changed_.clear();
    const bool isMost = nodes.size() > kPiecesMost || 2 * nodes.size() > scene_->nodes().size();
    if (isMost) {
        update();
    } else {
        for (const int node : nodes)
            updateNode(node);
        if (!nodes.empty() && scene_->gutter() > 0)
            update(QRect(0, 0, view_.content.left(), height()));
    }
    if (card_->isVisible())
        hover(std::exchange(hovered_, -1));
}

void TopologyCanvas::takeSelection()
{
    const int before = selected_;
    selected_ = scene_ ? scene_->nodeOf(session_.selection.current()) : -1;
    if (selected_ == before)
        return;
    updateNode(before);
    updateNode(selected_);
    if (selected_ >= 0)
        tellNodeFocused(*this, selected_);
}

void TopologyCanvas::selectNode(int node)
{
    if (!scene_ || node < 0 || node >= static_cast<int>(scene_->nodes().size()))
        return;
    const views::ObjectRef object = scene_->nodes()[static_cast<std::size_t>(node)].object;
    if (object.isNone())
        return;
    session_.selection.select(object);
    reveal(node);
}

void TopologyCanvas::reveal(int node)
{
    const QRectF box = view_.toScreen(scene_->nodes()[static_cast<std::size_t>(node)].box);
    const QRectF content = view_.content;
    QPointF by;
    if (box.right() > content.right())
        by.setX(content.right() - box.right() - scene_->overhang());
    if (box.left() + by.x() < content.left())
        by.setX(content.left() - box.left() + scene_->overhang());
    if (box.bottom() > content.bottom())
        by.setY(content.bottom() - box.bottom() - scene_->overhang());
    if (box.top() + by.y() < content.top())
        by.setY(content.top() - box.top() + scene_->overhang());
    if (!by.isNull())
        panBy(by.toPoint());
}

void TopologyCanvas::walk(models::WalkStep step)
{
    if (!scene_)
        return;
    std::vector<QRectF> boxes = nodeBoxes();
    for (std::size_t i = 0; i < boxes.size(); ++i) {
        if (scene_->nodes()[i].object.isNone())
            boxes[i] = {};
    }
    if (selected_ >= 0)
        return selectNode(models::stepFrom(boxes, selected_, step));
    const auto first = std::find_if(boxes.begin(), boxes.end(),
                                    [](const QRectF& box) { return box.isValid(); });
    if (first != boxes.end())
        selectNode(static_cast<int>(first - boxes.begin()));
}

void TopologyCanvas::hover(int node)
{
    if (node != hovered_) {
        updateNode(std::exchange(hovered_, node));
        updateNode(node);
    }
    const bool isKnown = scene_ && node >= 0 && node < static_cast<int>(scene_->nodes().size());
    if (!isKnown) {
        card_->hide();
        return;
    }
    const Node& shown = scene_->nodes()[static_cast<std::size_t>(node)];
    const fleet::Pool* pool = shown.object.kind == views::ObjectKind::Pool
        ? session_.store.pool(shown.object.id)
        : nullptr;
    if (shown.slot >= 0 && session_.store.isTaken(shown.slot))
        card_->tell(session_.store.agent(shown.slot));
    else if (pool)
        card_->tell(*pool);
    else
        return card_->hide();
    card_->showBeside(view_.toScreen(shown.box).toAlignedRect());
}

void TopologyCanvas::findsChanged()
{
    hover(-1);
    update();
}

void TopologyCanvas::paintEvent(QPaintEvent* event)
{
    const theme::Theme& theme = theme::Theme::current();
    if (theme.generation() != themeGeneration_ && scene_)
        scene_->forgetPixels();
    themeGeneration_ = theme.generation();
    const theme::Tokens& tokens = isOffline() ? theme.offlineTokens() : theme.tokens();
    QPainter painter(this);
    if (!scene_) {
        painter.fillRect(event->rect(), tokens.canvas);
        return;
    }
    labels_.startFrame();
    const bool isPiecewise = event->region().rectCount() > 1 && event->region().rectCount() < 40;
    const auto paintPart = [&](const QRect& part) {
        scene_->paint({painter, view_, part, tokens, labels_, found_, hovered_, selected_});
    };
    if (isPiecewise) {
        for (const QRect& part : event->region())
            paintPart(part);
    } else {
        paintPart(event->rect());
    }
}

void TopologyCanvas::resizeEvent(QResizeEvent*)
{
    const auto* graph = dynamic_cast<const FleetScene*>(scene_.get());
    const bool isOtherBreadth = graph && graph->graph().breadth != breadth();
    if (isOtherBreadth)
        rebuild();
    else
        layOut();
}

void TopologyCanvas::showEvent(QShowEvent*)
{
    rebuildIfStale();
}

void TopologyCanvas::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::StyleChange)
        update();
    QWidget::changeEvent(event);
}

} // namespace signalbox::topology
