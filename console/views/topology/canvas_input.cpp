// SPDX-License-Identifier: GPL-3.0-or-later
// Pointer and keys of the canvas.
#include "console/views/topology/topology_canvas.h"

#include <QApplication>
#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QWheelEvent>

#include <cmath>

namespace signalbox::topology {

namespace {

constexpr int kPanStep = 64;
constexpr double kWheelStep = 1.2; // a notch
constexpr int kNotch = 120;

} // namespace

void TopologyCanvas::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton)
        return;
    isPressed_ = true;
    isDragging_ = false;
    pressedAt_ = event->pos();
    offsetAtPress_ = view_.offset;
}

void TopologyCanvas::mouseMoveEvent(QMouseEvent* event)
{
    if (!isPressed_) {
        hover(nodeAt(event->pos()));
        return;
    }
    const QPoint moved = event->pos() - pressedAt_;
    if (!isDragging_ && moved.manhattanLength() < QApplication::startDragDistance())
        return;
    if (!isDragging_)
        setCursor(Qt::ClosedHandCursor);
    isDragging_ = true;
    panBy((offsetAtPress_ + moved - view_.offset).toPoint());
}

void TopologyCanvas::mouseReleaseEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton)
        return;
    const bool isClick = isPressed_ && !isDragging_;
    isPressed_ = false;
    isDragging_ = false;
    unsetCursor();
    if (isClick)
        selectNode(nodeAt(event->pos()));
}

void TopologyCanvas::mouseDoubleClickEvent(QMouseEvent* event)
{
    const int node = nodeAt(event->pos());
    if (node < 0)
        return;
    selectNode(node);
    Q_EMIT activated(scene_->nodes()[static_cast<std::size_t>(node)].object);
}

void TopologyCanvas::wheelEvent(QWheelEvent* event)
{
    const int turn = event->angleDelta().y();
    if (turn != 0)
        zoomTo(view_.scale * std::pow(kWheelStep, static_cast<double>(turn) / kNotch),
               event->position());
    event->accept();
}

void TopologyCanvas::keyPressEvent(QKeyEvent* event)
{
    const bool pans = event->modifiers() == Qt::ShiftModifier;
    const Qt::KeyboardModifiers without = event->modifiers() & ~Qt::KeypadModifier;
    const bool isPlain = without == Qt::NoModifier;
    struct Arrow {
        int key;
        models::WalkStep step;
        QPoint pan;
    };
    const Arrow arrows[] = {{Qt::Key_Left, models::WalkStep::Left, {kPanStep, 0}},
                            {Qt::Key_Right, models::WalkStep::Right, {-kPanStep, 0}},
                            {Qt::Key_Up, models::WalkStep::Up, {0, kPanStep}},
                            {Qt::Key_Down, models::WalkStep::Down, {0, -kPanStep}}};
    for (const Arrow& arrow : arrows) {
        if (event->key() != arrow.key || !(pans || isPlain))
            continue;
        if (pans)
            panBy(arrow.pan);
        else
            walk(arrow.step);
        return;
    }
    QWidget::keyPressEvent(event);
}

void TopologyCanvas::contextMenuEvent(QContextMenuEvent* event)
{
    if (event->reason() == QContextMenuEvent::Mouse) {
        selectNode(nodeAt(event->pos()));
        Q_EMIT menuRequested(event->globalPos());
        return;
    }
    const QPointF at = selected_ >= 0
        ? view_.toScreen(scene_->nodes()[static_cast<std::size_t>(selected_)].box).center()
        : QPointF(view_.content.center());
    Q_EMIT menuRequested(mapToGlobal(at.toPoint()));
}

void TopologyCanvas::leaveEvent(QEvent*)
{
    hover(-1);
}

void TopologyCanvas::focusInEvent(QFocusEvent* event)
{
    QWidget::focusInEvent(event);
    update();
}

void TopologyCanvas::focusOutEvent(QFocusEvent* event)
{
    QWidget::focusOutEvent(event);
    update();
}

} // namespace signalbox::topology
