// SPDX-License-Identifier: GPL-3.0-or-later
// Keys and menu of the screen. Nothing here changes the fleet: acts are asked of the window.
#include "console/views/topology/topology_screen.h"

#include "console/views/frame/act_words.h"
#include "console/views/topology/topology_head.h"

#include <QAction>
#include <QLineEdit>
#include <QMenu>

namespace signalbox::topology {

namespace {

using views::Act;
using views::ObjectKind;

constexpr double kZoomStep = 1.25;

} // namespace

QAction* TopologyScreen::addKey(const QString& text, const QString& toolTip,
                                const QKeySequence& key)
{
    auto* action = new QAction(text, this);
    action->setShortcut(key);
    action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    action->setToolTip(tr("%1 (%2)").arg(toolTip, key.toString(QKeySequence::NativeText)));
    addAction(action);
    return action;
}

void TopologyScreen::makeLookActions()
{
    const auto onCanvas = [this](QAction* action, auto function) {
        connect(action, &QAction::triggered, this, [this, function] {
            if (!head_->field()->hasFocus())
                function();
        });
    };
    open_ = addKey(tr("Open"), tr("Look into the selected node"), Qt::Key_Return);
    onCanvas(open_, [this] {
        const views::ObjectRef object = session().selection.current();
        if (!object.isNone())
            drillInto(object);
    });
    onCanvas(addKey(tr("Up"), tr("Go one level up"), Qt::Key_Backspace), [this] { goUp(); });
    onCanvas(addKey(tr("Next view"), tr("Graph, grid, table"), Qt::Key_V), [this] { cycle(); });
    onCanvas(addKey(tr("Zoom in"), tr("Larger"), Qt::Key_Plus),
             [this] { canvas_->zoomBy(kZoomStep); });
    onCanvas(addKey(tr("Zoom out"), tr("Smaller"), Qt::Key_Minus),
             [this] { canvas_->zoomBy(1 / kZoomStep); });
    onCanvas(addKey(tr("Fit"), tr("Show all of it"), Qt::Key_0), [this] { canvas_->fit(); });
    onCanvas(addKey(tr("100 %"), tr("One to one"), Qt::Key_1), [this] {
        canvas_->zoomTo(1, canvas_->view().content.center());
    });
    onCanvas(addKey(tr("Home"), tr("As when it was opened"), Qt::Key_Home),
             [this] { canvas_->home(); });
}

void TopologyScreen::addDeed(Act act, Needs needs)
{
    const views::ActWords& words = views::wordsOf(act);
    QAction* action = addKey(words.name, words.toolTip, words.key);
    action->setToolTip(words.toolTip);
    connect(action, &QAction::triggered, this, [this, act, needs] { this->act(act, needs); });
    deeds_.push_back({action, act, needs});
}

void TopologyScreen::makeActActions()
{
    addDeed(Act::Drain, Needs::AgentOrPool);
    addDeed(Act::Undrain, Needs::AgentOrPool);
    addDeed(Act::Maintenance, Needs::Agent);
    addDeed(Act::Weights, Needs::RouteOrPool);
    addDeed(Act::Failover, Needs::RouteOrPool);
    addDeed(Act::Failback, Needs::RouteOrPool);
    addDeed(Act::Scale, Needs::Pool);
    updateDeeds();
}

views::ObjectRef TopologyScreen::targetOf(Needs needs) const
{
    const views::ObjectRef& object = session().selection.current();
    const int slot
        = object.kind == ObjectKind::Agent ? session().store.slotOf(object.id) : -1;
    const bool isInstance = slot >= 0 && !session().store.agent(slot).isGateway();
    const views::ObjectRef pool = isInstance
        ? views::ObjectRef{ObjectKind::Pool, session().store.agent(slot).record().pool}
        : views::ObjectRef{};
    switch (needs) {
    case Needs::Nothing: return object;
    case Needs::Agent: return slot >= 0 ? object : views::ObjectRef{};
    case Needs::AgentOrPool:
        return slot >= 0 || object.kind == ObjectKind::Pool ? object : views::ObjectRef{};
    case Needs::RouteOrPool:
        return object.kind == ObjectKind::Route || object.kind == ObjectKind::Pool ? object : pool;
    case Needs::Pool: return object.kind == ObjectKind::Pool ? object : pool;
    }
    return {};
}

void TopologyScreen::act(Act act, Needs needs)
{
    const views::ObjectRef object = targetOf(needs);
    if (!object.isNone())
        Q_EMIT actRequested(act, {object});
}

void TopologyScreen::updateDeeds()
{
    for (const Deed& deed : deeds_)
        deed.action->setEnabled(!targetOf(deed.needs).isNone());
    if (open_)
        open_->setEnabled(!session().selection.current().isNone());
}

void TopologyScreen::showMenu(QPoint globalPos)
{
    updateDeeds();
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setToolTipsVisible(true);
    menu->setAccessibleName(tr("What can be done to the selected node"));
    menu->addAction(open_);
    menu->addSeparator();
    for (const Deed& deed : deeds_)
        menu->addAction(deed.action);
    menu->popup(globalPos);
}

} // namespace signalbox::topology
