// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/found_agents.h"
#include "console/views/frame/screen.h"
#include "console/views/topology/topology_canvas.h"

#include <string>
#include <vector>

class QAction;
class QMenu;

namespace signalbox::views {
class StatePage;
}

namespace signalbox::topology {

class Legend;
class TopologyHead;

// Where traffic goes and where it stops: fleet, pool, instance, as graph or as grid.
// Lives on: gui thread. Owned by the window.
class TopologyScreen final : public views::Screen {
    Q_OBJECT
public:
    TopologyScreen(views::Session& session, QWidget* parent);

    QString title() const override { return tr("Topology"); }
    QMap<QString, QString> stateMap() const override;
    void restore(const QMap<QString, QString>& state) override;
    void focusFilter() override;
    bool escape() override;
    void shown() override;

    TopologyCanvas* canvas() const { return canvas_; }
    void find(const QString& text);
    void look(Level level);
    void look(Manner manner);
    void cycle(); // Graph, Grid, then the table of instances
    void drillInto(const views::ObjectRef& object);
    bool goUp(); // false at the top

private:
    enum class Needs : std::uint8_t { Nothing, Agent, AgentOrPool, RouteOrPool, Pool };
    struct Deed {
        QAction* action;
        views::Act act;
        Needs needs;
    };
    void makeLookActions();
    void makeActActions();
    QAction* addKey(const QString& text, const QString& toolTip, const QKeySequence& key);
    void addDeed(views::Act act, Needs needs);
    // What an act is asked for: the selected object, or the pool of it.
    views::ObjectRef targetOf(Needs needs) const;
    void act(views::Act act, Needs needs);
    void updateDeeds();
    void showMenu(QPoint globalPos);

    std::string poolInSight() const;
    std::string agentInSight() const;
    void sightChanged();
    void findEdited();
    void updateState();
    void updateCounts();
    void updateView();

    models::FoundAgents found_;
    TopologyHead* head_;
    TopologyCanvas* canvas_;
    views::StatePage* page_;
    Legend* legend_;
    QAction* open_ = nullptr;
    std::vector<Deed> deeds_;
};

} // namespace signalbox::topology
