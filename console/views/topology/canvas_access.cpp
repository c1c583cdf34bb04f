// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/topology/canvas_access.h"

#include "console/views/topology/topology_canvas.h"

#include <QAccessible>
#include <QAccessibleWidget>
#include <QPointer>
#include <QWindow>

#include <unordered_map>

namespace signalbox::topology {

namespace {

// One node. It knows its canvas and its number, and asks for everything else.
class NodeAccess final : public QAccessibleInterface, public QAccessibleActionInterface {
public:
    NodeAccess(TopologyCanvas& canvas, int node) : canvas_(&canvas), node_(node) {}

    int number() const { return node_; }

    bool isValid() const override
    {
        return canvas_ && canvas_->scene()
            && node_ < static_cast<int>(canvas_->scene()->nodes().size());
    }
    QObject* object() const override { return nullptr; }
    QWindow* window() const override
    {
        return canvas_ ? canvas_->window()->windowHandle() : nullptr;
    }
    QAccessibleInterface* parent() const override
    {
        return QAccessible::queryAccessibleInterface(canvas_);
    }
    QAccessibleInterface* child(int) const override { return nullptr; }
    QAccessibleInterface* childAt(int, int) const override { return nullptr; }
    int childCount() const override { return 0; }
    int indexOfChild(const QAccessibleInterface*) const override { return -1; }

    QString text(QAccessible::Text kind) const override
    {
        return isValid() && kind == QAccessible::Name ? canvas_->scene()->spoken(node_)
                                                      : QString();
    }
    void setText(QAccessible::Text, const QString&) override {}
    QAccessible::Role role() const override { return QAccessible::ListItem; }

    QRect rect() const override
    {
        if (!isValid())
            return {};
        const QRect box
            = canvas_->view()
                  .toScreen(canvas_->scene()->nodes()[static_cast<std::size_t>(node_)].box)
                  .toAlignedRect();
        return {canvas_->mapToGlobal(box.topLeft()), box.size()};
    }

    QAccessible::State state() const override
    {
        QAccessible::State state;
        state.invalid = !isValid();
        if (!isValid())
            return state;
        const bool isSelected = canvas_->selectedNode() == node_;
        state.selectable = true;
        state.selected = isSelected;
        state.focusable = true;
        state.focused = isSelected && canvas_->hasFocus();
        state.invisible = !canvas_->nodeBoxes()[static_cast<std::size_t>(node_)].isValid();
        state.offscreen = !canvas_->rect().intersects(
            canvas_->view()
                .toScreen(canvas_->scene()->nodes()[static_cast<std::size_t>(node_)].box)
                .toAlignedRect());
        return state;
    }

    void* interface_cast(QAccessible::InterfaceType type) override
    {
        return type == QAccessible::ActionInterface
            ? static_cast<QAccessibleActionInterface*>(this)
            : nullptr;
    }
    QStringList actionNames() const override { return {pressAction(), setFocusAction()}; }
    void doAction(const QString& action) override
    {
        if (!isValid())
            return;
        canvas_->setFocus();
        canvas_->selectNode(node_);
        if (action == pressAction())
            Q_EMIT canvas_->activated(
                canvas_->scene()->nodes()[static_cast<std::size_t>(node_)].object);
    }
    QStringList keyBindingsForAction(const QString&) const override { return {}; }

private:
    QPointer<TopologyCanvas> canvas_;
    int node_;
};

// The list of them. Items are made when somebody asks for one.
class CanvasAccess final : public QAccessibleWidget {
public:
    explicit CanvasAccess(TopologyCanvas& canvas)
        : QAccessibleWidget(&canvas, QAccessible::List), canvas_(canvas)
    {
    }
    ~CanvasAccess() override { forget(); }

    int childCount() const override
    {
        return canvas_.scene() ? static_cast<int>(canvas_.scene()->nodes().size()) : 0;
    }

    QAccessibleInterface* child(int index) const override
    {
        if (index < 0 || index >= childCount())
            return nullptr;
        const auto found = ids_.find(index);
        if (found != ids_.end())
            return QAccessible::accessibleInterface(found->second);
        auto* made = new NodeAccess(canvas_, index);
        ids_.emplace(index, QAccessible::registerAccessibleInterface(made));
        return made;
    }

    int indexOfChild(const QAccessibleInterface* child) const override
    {
        const auto* node = dynamic_cast<const NodeAccess*>(child);
        return node ? node->number() : -1;
    }

    QAccessibleInterface* childAt(int x, int y) const override
    {
        return child(canvas_.nodeAt(canvas_.mapFromGlobal(QPoint(x, y))));
    }

    QAccessibleInterface* focusChild() const override
    {
        return canvas_.hasFocus() ? child(canvas_.selectedNode()) : nullptr;
    }

private:
    void forget()
    {
        for (const auto& [index, id] : ids_)
            QAccessible::deleteAccessibleInterface(id);
        ids_.clear();
    }

    TopologyCanvas& canvas_;
    mutable std::unordered_map<int, QAccessible::Id> ids_; // at most one a node
};

QAccessibleInterface* makeAccess(const QString&, QObject* object)
{
    auto* canvas = qobject_cast<TopologyCanvas*>(object);
    return canvas ? new CanvasAccess(*canvas) : nullptr;
}

} // namespace

void installCanvasAccess()
{
    static const bool isInstalled = [] {
        QAccessible::installFactory(makeAccess);
        return true;
    }();
    (void)isInstalled;
}

void tellNodesMoved(TopologyCanvas& canvas)
{
    QAccessibleEvent event(&canvas, QAccessible::ObjectReorder);
    QAccessible::updateAccessibility(&event);
}

void tellNodeFocused(TopologyCanvas& canvas, int node)
{
    if (!canvas.hasFocus())
        return;
    QAccessibleEvent event(&canvas, QAccessible::Focus);
    event.setChild(node);
    QAccessible::updateAccessibility(&event);
}

} // namespace signalbox::topology
