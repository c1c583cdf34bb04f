// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/cards/scale_card.h"

#include "console/models/edit_words.h"
#include "console/text/numbers.h"
#include "console/text/plain_text.h"

#include <QLabel>
#include <QSpinBox>
#include <QVBoxLayout>

#include <algorithm>

namespace signalbox::views {

namespace {

// The pool itself, or that of an instance.
std::string poolOf(const Session& session, const std::vector<ObjectRef>& objects)
{
    if (objects.size() != 1)
        return {};
    if (objects.front().kind == ObjectKind::Pool)
        return objects.front().id;
    const bool isAgent = objects.front().kind == ObjectKind::Agent;
    const int slot = isAgent ? session.store.slotOf(objects.front().id) : -1;
    return slot < 0 ? std::string() : session.store.agent(slot).record().pool;
}

const model::ScaleProgress* progressOf(const fleet::Agent& agent, const std::string& pool)
{
    const auto& scaling = agent.state().scaling;
    const auto found = std::find_if(scaling.begin(), scaling.end(),
                                    [&](const auto& one) { return one.pool == pool; });
    return found == scaling.end() ? nullptr : &*found;
}

} // namespace

std::unique_ptr<CommandCard> ScaleCard::make(Session& session,
                                             const std::vector<ObjectRef>& objects)
{
    const auto& pools = session.store.policy().policy.pools;
    const auto found = pools.find(poolOf(session, objects));
    const bool hasScale = found != pools.end() && found->second.scale.has_value();
    if (!hasScale)
        return nullptr; // nobody starts or stops its instances
    return std::make_unique<ScaleCard>(session, found->first, *found->second.scale);
}

ScaleCard::ScaleCard(Session& session, const std::string& pool, const model::PoolScale& scale)
    : CommandCard(session, nullptr), pool_(pool), before_(scale.desired),
      desired_(new QSpinBox(this))
{
    addCaption(tr("Pool"));
    addName(models::shownName(pool_));
    addCaption(tr("Now"));
    const fleet::Pool* known = session.store.pool(pool_);
    const QString ready = known ? text::countText(known->sums.ready) : text::unknownText();
    addName(tr("%1 wanted, %2 ready").arg(text::countText(before_), ready));
    addCaption(tr("Instances, %1").arg(text::rangeText(QString::number(scale.least),
                                                       QString::number(scale.most))));
    desired_->setRange(static_cast<int>(scale.least), static_cast<int>(scale.most));
    desired_->setValue(static_cast<int>(scale.desired));
    desired_->setAccessibleName(tr("Instances of %1").arg(models::shownName(pool_)));
    desired_->setToolTip(tr("How many it is to have; Up and Down change it by 1"));
    body()->addWidget(desired_);
    addProgress(scale);
    addCaption(tr("What it means"));
    addHint(tr("More: engines and agents are started, and get requests once they are ready. "
               "Fewer: those with the least work are drained first, and stopped once empty; the "
               "preview names them."));
    connect(desired_, qOverload<int>(&QSpinBox::valueChanged), this, &CommandCard::changed);
}

void ScaleCard::addProgress(const model::PoolScale& scale)
{
    addCaption(tr("Started by"));
    addName(models::shownName(scale.on));
    const int slot = session().store.slotOf(scale.on);
    const model::ScaleProgress* progress
        = slot < 0 ? nullptr : progressOf(session().store.agent(slot), pool_);
    if (progress == nullptr)
        return addHint(slot < 0 ? tr("It is not in the fleet now.")
                                : tr("It has told nothing yet."));
    if (progress->lastStartMs > 0)
        addHint(tr("The newest took %1 to get ready.")
                    .arg(text::durationText(progress->lastStartMs)));
    if (!progress->problem.empty())
        addHint(tr("Nothing can be started: %1")
                    .arg(text::plainText(progress->problem, text::kReasonCharacters)));
    if (scale.others > 0)
        addHint(tr("%1 of them are started by somebody else and are not stopped here.")
                    .arg(scale.others));
}

model::ScaleEdit ScaleCard::edit() const
{
    model::ScaleEdit edit;
    edit.pool = pool_;
    edit.desired = static_cast<std::uint32_t>(desired_->value());
    return edit;
}

QString ScaleCard::title() const
{
    return tr("Scale %1").arg(models::shownName(pool_));
}

QString ScaleCard::buttonText() const
{
    return models::editTitle(edit());
}

std::optional<command::Wish> ScaleCard::wish() const
{
    if (desired_->value() == static_cast<int>(before_))
        return std::nullopt;
    return command::Wish(model::Edit(edit()));
}

std::string ScaleCard::subject() const
{
    return "scale pool/" + pool_;
}

} // namespace signalbox::views
