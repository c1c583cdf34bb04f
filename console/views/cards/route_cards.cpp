// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/cards/route_cards.h"

#include "console/models/edit_words.h"
#include "console/text/numbers.h"
#include "console/text/plain_text.h"
#include "console/theme/metrics.h"
#include "console/views/cards/targets.h"
#include "console/views/frame/panel.h"
#include "shared/model/policy_edit.h"

#include <QComboBox>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace signalbox::views {

namespace {

QComboBox* routeBoxOf(const std::vector<std::string>& routes, CommandCard* card)
{
    auto* box = new QComboBox(card);
    for (const std::string& route : routes)
        box->addItem(models::shownName(route));
    box->setEnabled(routes.size() > 1);
    box->setAccessibleName(CommandCard::tr("Route"));
    box->setToolTip(CommandCard::tr("The route whose new requests move"));
    return box;
}

QString placementWords(const model::RoutePlacement& placement)
{
    return text::plainText(model::placementText(placement), text::kReasonCharacters);
}

} // namespace

std::unique_ptr<CommandCard> FailoverCard::make(Session& session,
                                                const std::vector<ObjectRef>& objects)
{
    std::vector<std::string> routes = routesOf(session.store, objects);
    if (routes.empty())
        return nullptr;
    return std::make_unique<FailoverCard>(session, std::move(routes));
}

FailoverCard::FailoverCard(Session& session, std::vector<std::string> routes)
    : CommandCard(session, nullptr), routes_(std::move(routes)),
      routeBox_(routeBoxOf(routes_, this)), from_(nullptr), toBox_(new QComboBox(this)),
      leftOutBox_(new QVBoxLayout)
{
    addCaption(tr("Route"));
    body()->addWidget(routeBox_);
    addCaption(tr("From"));
    from_ = addName({});
    from_->setWordWrap(true);
    addCaption(tr("To"));
    toBox_->setAccessibleName(tr("To the pool"));
    toBox_->setToolTip(tr("The pool that gets the route's new requests; its standbys first"));
    body()->addWidget(toBox_);
    leftOutBox_->setSpacing(theme::kGap4);
    body()->addLayout(leftOutBox_);
    addCaption(tr("Running streams"));
    addHint(tr("They end where they are. New requests move with each gateway's next snapshot."));
    addCaption(tr("Back again"));
    addHint(tr("The way home is kept with the route: fail back, or undo this command. It never "
               "happens by itself."));
    offerPools();
    connect(routeBox_, qOverload<int>(&QComboBox::currentIndexChanged), this, [this] {
        leftOut_.clear();
        showLeftOut();
        offerPools();
        Q_EMIT changed();
    });
    connect(toBox_, qOverload<int>(&QComboBox::currentIndexChanged), this, [this] {
        leftOut_.clear();
        showLeftOut();
        Q_EMIT changed();
    });
}

const std::string& FailoverCard::route() const
{
    return routes_[static_cast<std::size_t>(std::max(0, routeBox_->currentIndex()))];
}

// Its fallbacks in their order, then every other pool that it does not already go to alone.
void FailoverCard::offerPools()
{
    const model::Policy& policy = session().store.policy().policy;
    const auto found = policy.routes.find(route());
    pools_.clear();
    if (found != policy.routes.end()) {
        const model::Route& now = found->second;
        pools_ = now.fallbacks;
        for (const auto& [name, pool] : policy.pools) {
            const bool isOnly = now.targets.size() == 1 && now.targets.front().pool == name;
            const bool isOffered = std::find(pools_.begin(), pools_.end(), name) != pools_.end();
            if (!isOnly && !isOffered)
                pools_.push_back(name);
        }
        from_->setText(placementWords({now.targets, {}}));
    }
    const QSignalBlocker quiet(toBox_);
    toBox_->clear();
    for (const std::string& name : pools_) {
        const fleet::Pool* pool = session().store.pool(name);
        const QString counts
            = pool ? text::ofText(pool->sums.ready, pool->sums.total) : text::unknownText();
        toBox_->addItem(tr("%1, %2 ready").arg(models::shownName(name), counts));
    }
}

model::RouteEdit FailoverCard::edit() const
{
    model::RouteEdit edit;
    edit.verb = model::Verb::Failover;
    edit.route = route();
    const int at = toBox_->currentIndex();
    if (at >= 0)
        edit.toPool = pools_[static_cast<std::size_t>(at)];
    for (const std::string& agent : leftOut_)
        edit.members.push_back({agent, model::Admin::Drain, 0});
    return edit;
}

QString FailoverCard::title() const
{
    return tr("Fail over %1").arg(models::shownName(route()));
}

QString FailoverCard::buttonText() const
{
    return models::editTitle(edit());
}

std::optional<command::Wish> FailoverCard::wish() const
{
    if (pools_.empty())
        return std::nullopt;
    return command::Wish(model::Edit(edit()));
}

std::string FailoverCard::subject() const
{
    return "failover route/" + routes_.front();
}

std::vector<WayOut> FailoverCard::waysOut(const model::Preview& preview)
{
    const std::vector<std::string> unproven = unprovenOf(preview);
    if (unproven.empty())
        return {};
    std::vector<WayOut> ways{{tr("Leave out %1, preview again").arg(models::listText(unproven, 1)),
                              tr("They are drained with this command and get no requests"),
                              [this, unproven] { leaveOut(unproven); }}};
    for (WayOut& way : CommandCard::waysOut(preview))
        ways.push_back(std::move(way));
    return ways;
}

void FailoverCard::leaveOut(const std::vector<std::string>& agents)
{
    leftOut_.insert(agents.begin(), agents.end());
    showLeftOut();
    Q_EMIT changed();
}

void FailoverCard::showLeftOut()
{
    while (QLayoutItem* item = leftOutBox_->takeAt(0)) {
        item->widget()->deleteLater();
        delete item;
    }
    if (leftOut_.empty())
        return;
    const std::vector<std::string> names(leftOut_.begin(), leftOut_.end());
    QLabel* list
        = plainLabel(tr("Left out: %1").arg(models::listText(names, 4)), "caption", this);
    list->setWordWrap(true);
    leftOutBox_->addWidget(list);
    auto* back = new QPushButton(tr("Take them in again"), this);
    back->setToolTip(tr("They get requests again, proven or not"));
    back->setAccessibleName(back->text());
    connect(back, &QPushButton::clicked, this, [this] {
        leftOut_.clear();
        showLeftOut();
        Q_EMIT changed();
    });
    leftOutBox_->addWidget(back);
}

std::unique_ptr<CommandCard> FailbackCard::make(Session& session,
                                                const std::vector<ObjectRef>& objects)
{
    std::vector<std::string> routes = routesOf(session.store, objects);
    const auto& policy = session.store.policy().policy;
    // Those that did not fail over are left out where others did; else the agent says why not.
    std::vector<std::string> away;
    for (const std::string& route : routes) {
        if (policy.routes.at(route).hasFailedOver())
            away.push_back(route);
    }
    if (routes.empty())
        return nullptr;
    return std::make_unique<FailbackCard>(session, away.empty() ? std::move(routes)
                                                                : std::move(away));
}

FailbackCard::FailbackCard(Session& session, std::vector<std::string> routes)
    : CommandCard(session, nullptr), routes_(std::move(routes)),
      routeBox_(routeBoxOf(routes_, this)), now_(nullptr), home_(nullptr)
{
    addCaption(tr("Route"));
    body()->addWidget(routeBox_);
    addCaption(tr("Now goes to"));
    now_ = addName({});
    now_->setWordWrap(true);
    addCaption(tr("Home"));
    home_ = addName({});
    home_->setWordWrap(true);
    addCaption(tr("Running streams"));
    addHint(tr("They end where they are. New requests go home with each gateway's next snapshot."));
    showPlaces();
    connect(routeBox_, qOverload<int>(&QComboBox::currentIndexChanged), this, [this] {
        showPlaces();
        Q_EMIT changed();
    });
}

const std::string& FailbackCard::route() const
{
    return routes_[static_cast<std::size_t>(std::max(0, routeBox_->currentIndex()))];
}

void FailbackCard::showPlaces()
{
    const auto& routes = session().store.policy().policy.routes;
    const auto found = routes.find(route());
    if (found == routes.end())
        return;
    now_->setText(placementWords({found->second.targets, found->second.fallbacks}));
    home_->setText(found->second.hasFailedOver() ? placementWords(found->second.home)
                                                 : tr("it has not failed over"));
}

model::RouteEdit FailbackCard::edit() const
{
    model::RouteEdit edit;
    edit.verb = model::Verb::Failback;
    edit.route = route();
    return edit;
}

QString FailbackCard::title() const
{
    return models::editTitle(edit());
}

QString FailbackCard::buttonText() const
{
    return models::editTitle(edit());
}

std::optional<command::Wish> FailbackCard::wish() const
{
    return command::Wish(model::Edit(edit()));
}

std::string FailbackCard::subject() const
{
    return "failback route/" + routes_.front();
}

} // namespace signalbox::views
