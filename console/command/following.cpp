// SPDX-License-Identifier: GPL-3.0-or-later
// The second half of CommandDesk: what comes of a command once it is applied.
#include "console/command/command_desk.h"
#include "console/command/sent_command.h"
#include "shared/base/limits.h"

#include <QPointer>

#include <algorithm>
#include <chrono>

namespace signalbox::command {

using namespace std::chrono_literals;

namespace {

constexpr auto kAskEach = 500ms;
// An agent that is behind for so long is down; it is not asked for as often.
constexpr auto kAskSlowlyAfter = 60s;
constexpr auto kAskSlowlyEach = 5s;

bool isOver(CommandStage stage)
{
    return stage == CommandStage::Done || stage == CommandStage::LetGo;
}

bool isOver(const DrainView& drain)
{
    return drain.isDrained || drain.isGone || drain.isTakenBack;
}

bool haveAllApplied(const FollowedCommand& one)
{
    return one.convergence && one.convergence->revision >= one.revision
        && one.convergence->alteredApplied >= one.convergence->alteredTotal;
}

void look(const fleet::Agent& agent, base::Revision revision, DrainView& drain)
{
    const model::DrainProgress& progress = agent.state().drain;
    drain.isKnown = true;
    drain.isGone = agent.isGone();
    drain.isApplied = agent.record().appliedRevision >= revision;
    const bool isLater = agent.record().appliedRevision > revision;
    drain.isTakenBack = isLater && model::takesNewWork(agent.admin());
    drain.isDrained = drain.isApplied && progress.phase == model::DrainPhase::Drained;
    const bool isDraining = progress.phase == model::DrainPhase::Draining;
    drain.left = isDraining ? progress.remaining : 0;
    drain.most = std::max(drain.most, drain.left);
    drain.longestMs = isDraining ? progress.longestMs : 0;
}

// What the agent that starts the pool's instances says of it; null = nothing yet.
const model::ScaleProgress* progressOf(const fleet::FleetStore& store, const std::string& pool)
{
    const auto& pools = store.policy().policy.pools;
    const auto found = pools.find(pool);
    const bool hasScale = found != pools.end() && found->second.scale.has_value();
    const int slot = hasScale ? store.slotOf(found->second.scale->on) : -1;
    if (slot < 0)
        return nullptr;
    const auto& scaling = store.agent(slot).state().scaling;
    const auto progress = std::find_if(scaling.begin(), scaling.end(),
                                       [&](const auto& one) { return one.pool == pool; });
    return progress == scaling.end() ? nullptr : &*progress;
}

ScaleView viewOf(const model::ScaleEdit& edit, const model::ScaleProgress* progress)
{
    using model::PairState;
    ScaleView view;
    view.desired = edit.desired;
    if (progress == nullptr)
        return view;
    view.isKnown = progress->desired == edit.desired;
    view.ready = progress->others + progress->count(PairState::Ready);
    view.starting = progress->count(PairState::Starting) + progress->count(PairState::Loading)
        + progress->count(PairState::BackingOff);
    view.leaving = progress->count(PairState::Draining) + progress->count(PairState::Stopping);
    view.problem = progress->problem;
    return view;
}

} // namespace

void CommandDesk::follow(const model::ApplyAnswer& answer)
{
    FollowedCommand one;
    one.auditNumber = answer.auditNumber;
    one.revision = answer.revision;
    one.wasApplied = answer.outcome == model::ApplyAnswer::Outcome::AlreadyApplied;
    one.appliedUnixMs = store_.nowUnixMs();
    one.previewedUnixMs = sent_->previewedUnixMs;
    one.operatorName = sent_->options.operatorName;
    one.cause = sent_->options.cause;
    one.preview = sent_->preview;
    for (std::string& agent : drainedBy(one.preview.plan.edit))
        one.drains.push_back({.agent = std::move(agent)});
    lookAtStore(one);
    std::erase_if(followed_, [&](const FollowedCommand& known) {
        return known.auditNumber == one.auditNumber;
    });
    courses_[one.auditNumber] = {false, clock_.monotonic(), clock_.monotonic()};
    followed_.push_front(std::move(one));
    while (followed_.size() > limits::kCommandsFollowed)
        dropOne();
    wake();
    tickFollowed(followed_.front());
}

// The oldest that is at its end; if none is, the oldest.
void CommandDesk::dropOne()
{
    const auto ended
        = std::find_if(followed_.rbegin(), followed_.rend(),
                       [](const FollowedCommand& one) { return isOver(one.stage); });
    if (ended == followed_.rend())
        ++followedDropped_;
    const auto victim = ended == followed_.rend() ? std::prev(followed_.end())
                                                  : std::prev(ended.base());
    courses_.erase(victim->auditNumber);
    followed_.erase(victim);
}

const FollowedCommand* CommandDesk::followed(std::uint64_t auditNumber) const
{
    const auto found = std::find_if(
        followed_.begin(), followed_.end(),
        [auditNumber](const FollowedCommand& one) { return one.auditNumber == auditNumber; });
    return found == followed_.end() ? nullptr : &*found;
}

void CommandDesk::letGo(std::uint64_t auditNumber)
{
    for (FollowedCommand& one : followed_) {
        if (one.auditNumber == auditNumber && !isOver(one.stage))
            one.stage = CommandStage::LetGo;
    }
    Q_EMIT followedChanged();
    wake();
}

void CommandDesk::tickFollowed(FollowedCommand& one)
{
    if (isOver(one.stage))
        return;
    lookAtStore(one);
    if (one.stage == CommandStage::Converging)
        askConvergence(one);
    const bool isDrained = std::all_of(one.drains.begin(), one.drains.end(),
                                       [](const DrainView& drain) { return isOver(drain); });
    const bool isSettled = !one.scale || one.scale->isSettled();
    if (one.stage == CommandStage::Following && isDrained && isSettled) {
        one.stage = CommandStage::Done;
        one.endedUnixMs = store_.nowUnixMs();
    }
}

void CommandDesk::askConvergence(FollowedCommand& one)
{
    Course& course = courses_[one.auditNumber];
    const base::Monotonic now = clock_.monotonic();
    if (course.isAsking || now < course.askAt)
        return;
    const bool isSlow = now - course.appliedAt >= kAskSlowlyAfter;
    course.isAsking = true;
    course.askAt = now + (isSlow ? base::Monotonic::duration(kAskSlowlyEach) : kAskEach);
    port_.convergence(one.revision, one.preview.agents,
                      [self = QPointer<CommandDesk>(this), number = one.auditNumber](
                          const base::Result<model::Convergence>& answer) {
                          if (self)
                              self->takeConvergence(number, answer);
                      });
}

void CommandDesk::takeConvergence(std::uint64_t auditNumber,
                                  const base::Result<model::Convergence>& answer)
{
    const auto found = std::find_if(
        followed_.begin(), followed_.end(),
        [auditNumber](const FollowedCommand& one) { return one.auditNumber == auditNumber; });
    if (found == followed_.end())
        return;
    courses_[auditNumber].isAsking = false;
    found->problem = answer ? std::string() : answer.error().text();
    if (answer)
        found->convergence = *answer;
    if (found->stage == CommandStage::Converging && haveAllApplied(*found)) {
        found->stage = CommandStage::Following;
        tickFollowed(*found);
    }
    Q_EMIT followedChanged();
    wake();
}

void CommandDesk::lookAtStore(FollowedCommand& one) const
{
    if (const auto* edit = std::get_if<model::ScaleEdit>(&one.preview.plan.edit))
        one.scale = viewOf(*edit, progressOf(store_, edit->pool));
    for (DrainView& drain : one.drains) {
        const int slot = store_.slotOf(drain.agent);
        if (slot >= 0)
            look(store_.agent(slot), one.revision, drain);
    }
}

} // namespace signalbox::command
