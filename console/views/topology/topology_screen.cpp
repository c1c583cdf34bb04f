// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/topology/topology_screen.h"

#include "console/text/numbers.h"
#include "console/text/plain_text.h"
#include "console/views/frame/state_page.h"
#include "console/views/topology/legend.h"
#include "console/views/topology/topology_head.h"

#include <QAction>
#include <QLineEdit>
#include <QVBoxLayout>

namespace signalbox::topology {

namespace {

using views::ObjectKind;

QString detailText(Detail detail)
{
    switch (detail) {
    case Detail::Full: break;
    case Detail::NoLabels: return TopologyScreen::tr("labels off at this size");
    case Detail::NoBars: return TopologyScreen::tr("labels and bars off at this size");
    case Detail::NoEdges: return TopologyScreen::tr("labels, bars and edges off at this size");
    }
    return {};
}

QString nameOf(Level level)
{
    switch (level) {
    case Level::Fleet: return QStringLiteral("fleet");
    case Level::Pool: return QStringLiteral("pool");
    case Level::Instance: return QStringLiteral("instance");
    }
    return {};
}

} // namespace

TopologyScreen::TopologyScreen(views::Session& session, QWidget* parent)
    : Screen(session, QStringLiteral("topology"), parent), found_(session.store),
      head_(new TopologyHead(this)), canvas_(new TopologyCanvas(session, found_, this)),
      page_(new views::StatePage(canvas_, this)), legend_(new Legend(this))
{
    setAccessibleName(tr("Topology"));
    setFocusProxy(canvas_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(head_);
    column->addWidget(page_, 1);
    column->addWidget(legend_);

    connect(head_, &TopologyHead::levelChosen, this, [this](Level level) { look(level); });
    connect(head_, &TopologyHead::mannerChosen, this, [this](Manner manner) { look(manner); });
    connect(head_, &TopologyHead::tableChosen, this,
            [this] { Q_EMIT screenRequested(QStringLiteral("instances")); });
    connect(head_, &TopologyHead::fitChosen, canvas_, &TopologyCanvas::fit);
    connect(head_->field(), &QLineEdit::textChanged, this, &TopologyScreen::findEdited);
    connect(head_->field(), &QLineEdit::returnPressed, this, [this] { canvas_->setFocus(); });
    connect(page_, &views::StatePage::clearFilterRequested, head_->field(), &QLineEdit::clear);
    connect(canvas_, &TopologyCanvas::activated, this, &TopologyScreen::drillInto);
    connect(canvas_, &TopologyCanvas::menuRequested, this, &TopologyScreen::showMenu);
    connect(canvas_, &TopologyCanvas::viewChanged, this, &TopologyScreen::updateView);
    connect(&session.selection, &views::Selection::changed, this, &TopologyScreen::updateDeeds);
    connect(&session.store, &fleet::FleetStore::refreshed, this, &TopologyScreen::updateState);
    connect(&session.store, &fleet::FleetStore::linkChanged, this, &TopologyScreen::updateState);
    makeLookActions();
    makeActActions();
    canvas_->look({});
    sightChanged();
}

std::string TopologyScreen::poolInSight() const
{
    const views::ObjectRef& object = session().selection.current();
    const fleet::FleetStore& store = session().store;
    if (object.kind == ObjectKind::Pool && store.pool(object.id))
        return object.id;
    const int slot = object.kind == ObjectKind::Agent ? store.slotOf(object.id) : -1;
    if (slot >= 0 && !store.agent(slot).isGateway())
        return store.agent(slot).record().pool;
    const auto& routes = store.policy().policy.routes;
    const auto route = object.kind == ObjectKind::Route ? routes.find(object.id) : routes.end();
    if (route != routes.end() && !route->second.targets.empty())
        return route->second.targets.front().pool;
    if (!canvas_->sight().pool.empty() && store.pool(canvas_->sight().pool))
        return canvas_->sight().pool;
    return store.pools().empty() ? std::string() : store.pools().front().name;
}

std::string TopologyScreen::agentInSight() const
{
    const views::ObjectRef& object = session().selection.current();
    const fleet::FleetStore& store = session().store;
    const int slot = object.kind == ObjectKind::Agent ? store.slotOf(object.id) : -1;
    if (slot >= 0 && !store.agent(slot).isGateway())
        return object.id;
    const fleet::Pool* pool = store.pool(poolInSight());
    return pool && !pool->members.empty() ? store.agent(pool->members.front()).id : std::string();
}

void TopologyScreen::look(Level level)
{
    Sight sight = canvas_->sight();
    sight.level = level;
    sight.pool = level == Level::Fleet ? std::string() : poolInSight();
    sight.agent = level == Level::Instance ? agentInSight() : std::string();
    const bool hasObject = level == Level::Fleet || (level == Level::Pool && !sight.pool.empty())
        || !sight.agent.empty();
    if (hasObject)
        canvas_->look(sight);
    if (level == Level::Instance && hasObject)
        session().selection.select({ObjectKind::Agent, sight.agent});
    sightChanged();
}

void TopologyScreen::look(Manner manner)
{
    Sight sight = canvas_->sight();
    sight.manner = manner;
    canvas_->look(sight);
    sightChanged();
}

void TopologyScreen::cycle()
{
    if (canvas_->sight().manner == Manner::Graph)
        return look(Manner::Grid);
    look(Manner::Graph);
    Q_EMIT screenRequested(QStringLiteral("instances"));
}

void TopologyScreen::drillInto(const views::ObjectRef& object)
{
    const fleet::FleetStore& store = session().store;
    const int slot = object.kind == ObjectKind::Agent ? store.slotOf(object.id) : -1;
    const bool isDetail = slot >= 0
        && (store.agent(slot).isGateway() || canvas_->sight().level == Level::Instance);
    if (isDetail) {
        Q_EMIT openRequested(object);
        return;
    }
    session().selection.select(object);
    if (object.kind == ObjectKind::Pool || object.kind == ObjectKind::Route)
        look(Level::Pool);
    else if (slot >= 0)
        look(Level::Instance);
}

bool TopologyScreen::goUp()
{
    const Sight sight = canvas_->sight();
    if (sight.level == Level::Fleet)
        return false;
    if (sight.level == Level::Instance) {
        session().selection.select({ObjectKind::Agent, sight.agent});
        look(Level::Pool);
    } else {
        session().selection.select({ObjectKind::Pool, sight.pool});
        look(Level::Fleet);
    }
    return true;
}

void TopologyScreen::sightChanged()
{
    head_->tell(canvas_->sight(), QString::fromStdString(session().store.link().fleet));
    updateView();
    updateState();
    updateDeeds();
}

void TopologyScreen::updateView()
{
    const Detail detail = canvas_->detail();
    head_->tellDetail(detailText(detail));
    legend_->tell(canvas_->sight(), detail, canvas_->queueFullMs());
}

void TopologyScreen::find(const QString& text)
{
    head_->field()->setText(text);
}

void TopologyScreen::findEdited()
{
    const base::Status status = found_.look(head_->field()->text().trimmed());
    head_->tellMistake(status ? QString() : QString::fromStdString(status.error().message()));
    if (!status)
        return;
    canvas_->findsChanged();
    if (session().store.size() > 0)
        updateCounts();
}

void TopologyScreen::updateCounts()
{
    int drawn = 0;
    int hidden = 0;
    int found = 0;
    const auto count = [&](int slot) {
        const models::FindVerdict verdict = found_.verdictOf(slot);
        hidden += verdict == models::FindVerdict::Hidden ? 1 : 0;
        drawn += verdict == models::FindVerdict::Hidden ? 0 : 1;
        found += verdict == models::FindVerdict::Found ? 1 : 0;
    };
    const Sight& sight = canvas_->sight();
    const fleet::FleetStore& store = session().store;
    if (sight.level == Level::Fleet) {
        for (int slot = 0; slot < store.slotCount(); ++slot) {
            if (store.isTaken(slot))
                count(slot);
        }
    } else if (const fleet::Pool* pool = store.pool(sight.pool)) {
        for (const int slot : pool->members)
            count(slot);
    }
    head_->tellCounts(drawn, hidden, found_.finds() ? found : -1);
    const bool isAllHidden = drawn == 0 && hidden > 0;
    if (isAllHidden)
        page_->showFilteredEmpty(tr("0 of %1, hidden by: %2")
                                     .arg(text::countText(hidden), found_.text()));
    else
        page_->showContent();
}

void TopologyScreen::updateState()
{
    if (!isVisible())
        return;
    const fleet::FleetStore& store = session().store;
    if (found_.isActive() && found_.update())
        canvas_->findsChanged();
    const std::int64_t away = store.storeAwaySinceUnixMs();
    head_->tellSource(away == 0 ? QString()
                                : tr("state store away since %1")
                                      .arg(session().time.moment(away, store.nowUnixMs())));
    const bool isLoading = store.size() == 0 && store.link().state != fleet::LinkState::Connected;
    if (isLoading) {
        page_->showLoading(store.link().problem.empty()
                               ? tr("waiting for the first agent")
                               : text::plainText(store.link().problem));
    } else if (store.size() == 0) {
        page_->showEmpty(tr("Gateways, routes, pools and every instance stand here once the first "
                            "agent has registered."),
                         QStringLiteral("signalbox-agent --config agent.yaml"));
    } else {
        updateCounts();
    }
}

QMap<QString, QString> TopologyScreen::stateMap() const
{
    const Sight& sight = canvas_->sight();
    QMap<QString, QString> state;
    state[QStringLiteral("view")]
        = sight.manner == Manner::Grid ? QStringLiteral("grid") : QStringLiteral("graph");
    state[QStringLiteral("level")] = nameOf(sight.level);
    if (!sight.pool.empty())
        state[QStringLiteral("pool")] = QString::fromStdString(sight.pool);
    if (!sight.agent.empty())
        state[QStringLiteral("agent")] = QString::fromStdString(sight.agent);
    if (!found_.text().isEmpty())
        state[QStringLiteral("filter")] = found_.text();
    return state;
}

void TopologyScreen::restore(const QMap<QString, QString>& state)
{
    Sight sight;
    if (state.value(QStringLiteral("view")) == QLatin1String("grid"))
        sight.manner = Manner::Grid;
    const std::string pool = state.value(QStringLiteral("pool")).toStdString();
    const std::string agent = state.value(QStringLiteral("agent")).toStdString();
    const QString level = state.value(QStringLiteral("level"));
    if (level == nameOf(Level::Pool) && !pool.empty()) {
        sight.level = Level::Pool;
        sight.pool = pool;
    } else if (level == nameOf(Level::Instance) && !pool.empty() && !agent.empty()) {
        sight = {Level::Instance, sight.manner, pool, agent};
    }
    canvas_->look(sight);
    const QString filter = state.value(QStringLiteral("filter"));
    if (models::FindExpression::parse(filter))
        find(filter);
    sightChanged();
}

void TopologyScreen::focusFilter()
{
    head_->field()->setFocus(Qt::ShortcutFocusReason);
    head_->field()->selectAll();
}

bool TopologyScreen::escape()
{
    if (!head_->field()->text().isEmpty()) {
        head_->field()->clear();
        canvas_->setFocus();
        return true;
    }
    return goUp();
}

void TopologyScreen::shown()
{
    canvas_->setFocus();
    sightChanged();
}

} // namespace signalbox::topology
