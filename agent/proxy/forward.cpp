// SPDX-License-Identifier: Apache-2.0
#include "agent/proxy/forward.h"

#include "agent/proxy/core_proxy.h"

#include <algorithm>

namespace signalbox::proxy {

namespace {

using runtime::Task;
using upstream::AttemptEnd;
using upstream::RetryStep;

constexpr double kPredictedShare = 4; // first-token deadline: four times the prediction

} // namespace

Forward::Forward(CoreProxy& core, Exchange& exchange)
    : core_(core), exchange_(exchange),
      order_(*exchange.route, stickyKey(exchange, core.random()))
{
    if (exchange_.prefix)
        cached_ = core_.prefixes().find(*exchange_.prefix, exchange_.now());
    enter(order_);
}

Forward::~Forward()
{
    leave();
}

void Forward::enter(PoolOrder order)
{
    order_ = order;
    at_ = 0;
    attemptsInPool_ = 0;
    tried_ = upstream::MemberSet{};
    late_ = upstream::MemberSet{};
    for (const std::size_t index : order_.pools())
        exchange_.view->pools[index].budget->requestStarted();
}

void Forward::leave()
{
    for (const std::size_t index : order_.pools())
        exchange_.view->pools[index].budget->requestEnded();
}

const PoolPlan& Forward::pool() const
{
    return exchange_.view->pools[order_.pools()[at_]];
}

Task<std::optional<LocalReply>> Forward::run()
{
    if (order_.pools().empty())
        co_return reply::noEndpoint(exchange_.facts.model, "its route has no pool with a weight");
    while (!pickInPool()) {
        if (!nextPool())
            co_return nobody();
    }
    for (;;) {
        const upstream::Member& member = pool().members[static_cast<std::size_t>(pick_.index)];
        ++attempts_;
        ++attemptsInPool_;
        exchange_.decision.sent(exchange_.now());
        call_ = std::make_unique<UpstreamCall>(core_, exchange_, member, attempts_);
        const CallEnd end = co_await call_->run(firstTokenLimit());
        note(end);
        if (end.what == CallEnd::What::Answer && goToLargerContext(end.answerClass))
            continue;
        if (end.what != CallEnd::What::Failed)
            co_return std::nullopt;
        const bool goesOn = co_await again(end);
        if (exchange_.watch.clientLeft())
            co_return std::nullopt;
        if (!goesOn && call_->hasAnswer())
            co_return std::nullopt; // the engine's own last word, with its header
        if (!goesOn)
            co_return giveUp(end);
    }
}

void Forward::note(const CallEnd& end)
{
    const upstream::Ticks now = exchange_.now();
    if (end.what == CallEnd::What::Failed)
        exchange_.decision.failed(end.attempt, now);
    if (end.what != CallEnd::What::Answer)
        return;
    exchange_.decision.answered(call_->status(), now);
    if (exchange_.prefix && call_->status() == 200)
        core_.prefixes().note(*exchange_.prefix, call_->member().cell->number(), now);
}

// The engine says that the prompt is longer than its context. Its word stands unless one of the
// route's pools for such prompts can be asked; it costs no budget, for nothing has failed.
bool Forward::goToLargerContext(upstream::AnswerClass answerClass)
{
    const bool isOverflow = !isLarger_ && !exchange_.route->largerContext.empty()
        && call_->status() >= 400 && call_->hasAnswer()
        && answerClass == upstream::AnswerClass::ContextOverflow;
    if (!isOverflow)
        return false;
    const PoolOrder before = order_;
    const std::size_t at = at_;
    const upstream::Pick pick = pick_;
    leave();
    enter(PoolOrder::largerContext(*exchange_.route));
    isLarger_ = true;
    bool isFound = pickInPool();
    while (!isFound && nextPool())
        isFound = pickInPool();
    if (isFound) {
        core_.statistics().largerContexts.add();
        return true;
    }
    leave();
    enter(before);
    at_ = at;
    pick_ = pick;
    return false;
}

// Prepares the next attempt: budget, wait, choice. False when there is none.
Task<bool> Forward::again(const CallEnd& end)
{
    tried_.add(static_cast<std::size_t>(pick_.index));
    if (end.attempt.end == AttemptEnd::FirstTokenDeadline)
        late_.add(static_cast<std::size_t>(pick_.index));
    const upstream::RetryDecision decision = upstream::decideRetry(end.attempt, retryState());
    if (decision.step == RetryStep::GiveUp)
        co_return false;
    if (decision.asksBudget) {
        grant_ = pool().budget->ask(exchange_.now());
        if (!grant_) {
            core_.statistics().retriesRefused.add();
            co_return false;
        }
        core_.statistics().retries.add();
    } else {
        core_.statistics().replays.add();
    }
    auto wait = std::chrono::nanoseconds(decision.waitExactly);
    if (decision.waitUpTo.count() > 0) {
        const std::chrono::nanoseconds most = decision.waitUpTo;
        wait = std::chrono::nanoseconds(
            core_.random().below(static_cast<std::uint64_t>(most.count())));
    }
    if (wait.count() > 0) {
        const auto fault = co_await exchange_.loop.sleep(wait, &exchange_.client.socket());
        if (fault != runtime::Fault::None)
            co_return false;
    }
    if (decision.step == RetryStep::SameEndpoint) {
        upstream::survey(pool().members, pickContext(), core_.survey());
        exchange_.decision.begin(static_cast<std::uint32_t>(order_.pools()[at_]), pick_,
                                 core_.survey());
        co_return true;
    }
    if (decision.step == RetryStep::OtherEndpoint && pickInPool())
        co_return true;
    while (nextPool()) {
        if (pickInPool())
            co_return true;
    }
    co_return false;
}

bool Forward::nextPool()
{
    if (at_ + 1 >= order_.pools().size())
        return false;
    ++at_;
    attemptsInPool_ = 0;
    tried_ = upstream::MemberSet{};
    late_ = upstream::MemberSet{};
    return true;
}

// For a member that nothing is held against yet.
upstream::PickContext Forward::freshContext() const
{
    upstream::PickContext context;
    context.now = exchange_.now();
    context.apis = bitOf(exchange_.api);
    return context;
}

upstream::PickContext Forward::pickContext() const
{
    upstream::PickContext context = freshContext();
    context.promptTokens = std::max<std::uint64_t>(exchange_.facts.estimatedPromptTokens(), 1);
    context.tried = tried_;
    context.zone = exchange_.view->zone;
    context.session = exchange_.session;
    context.cached = &cached_;
    return context;
}

bool Forward::pickInPool()
{
    upstream::PickContext context = pickContext();
    pick_ = upstream::pickMember(pool().members, context, core_.random(), core_.survey());
    if (pick_.tooManyEjected) {
        // Looking at the other pools takes the scratch: the choice is made again either way.
        if (!furtherPoolReady()) {
            context.ejection = upstream::Ejection::Ignored;
            core_.statistics().panicPicks.add();
        }
        pick_ = upstream::pickMember(pool().members, context, core_.random(), core_.survey());
    }
    // None may be used: the record tells why of each all the same.
    exchange_.decision.begin(static_cast<std::uint32_t>(order_.pools()[at_]), pick_,
                             core_.survey());
    exchange_.decision.chosenIn(context.ejection);
    if (pick_.index < 0)
        return false;
    core_.statistics().picks[static_cast<std::size_t>(pick_.rule)].add();
    return true;
}

bool Forward::furtherPoolReady() const
{
    const upstream::PickContext context = freshContext();
    for (std::size_t order = at_ + 1; order < order_.pools().size(); ++order) {
        const PoolPlan& plan = exchange_.view->pools[order_.pools()[order]];
        if (upstream::canServe(plan.members, context, core_.survey()))
            return true;
    }
    return false;
}

upstream::RetryState Forward::retryState() const
{
    const auto chosen = static_cast<std::size_t>(pick_.index);
    upstream::RetryState state;
    state.attempts = attempts_;
    state.attemptsInPool = attemptsInPool_;
    state.furtherPoolReady = furtherPoolReady();
    const upstream::PickContext context = pickContext();
    upstream::Survey& survey = core_.survey();
    state.otherEndpointInPool = upstream::canServe(pool().members, context, survey);
    // One that may still be used is kept out by having been tried, and by nothing else.
    state.sameEndpointUsable = !late_.contains(chosen)
        && survey.candidates[chosen].exclusion == upstream::Exclusion::Tried;
    state.deadlineIn = std::chrono::duration_cast<std::chrono::milliseconds>(
        exchange_.deadline.left(exchange_.loop.now()));
    return state;
}

std::chrono::nanoseconds Forward::firstTokenLimit() const
{
    const auto predicted = std::chrono::duration_cast<std::chrono::nanoseconds>(
        std::chrono::duration<double, std::milli>(
            kPredictedShare * std::max(pick_.estimatedTtftMs, 0.0)));
    return std::max<std::chrono::nanoseconds>(exchange_.view->settings.firstTokenFloor, predicted);
}

LocalReply Forward::giveUp(const CallEnd& end)
{
    exchange_.record.reason = end.reason;
    const std::string& member = call_->member().id;
    if (exchange_.deadline.passed(exchange_.loop.now()))
        return reply::requestDeadline(exchange_.view->settings.requestDeadline);
    switch (end.attempt.end) {
    case AttemptEnd::Refused:
    case AttemptEnd::Draining: return reply::noEndpoint(exchange_.facts.model, end.reason);
    case AttemptEnd::FirstTokenDeadline:
        return reply::firstTokenLate(member, exchange_.view->settings.firstTokenFloor);
    case AttemptEnd::LostWithoutByte:
    case AttemptEnd::LostBeforeToken:
    case AttemptEnd::BadAnswer:
    case AttemptEnd::Status: break;
    }
    return reply::upstreamLost(member, end.reason);
}

LocalReply Forward::nobody() const
{
    // The first member's reason stands for all: the person on call gets a place to start.
    const PoolPlan& first = exchange_.view->pools[order_.pools().front()];
    if (first.members.empty())
        return reply::noEndpoint(exchange_.facts.model, "pool " + first.name + " has no member");
    const upstream::PickContext context = freshContext();
    upstream::Survey& survey = core_.survey();
    upstream::survey(first.members, context, survey);
    const std::string why = upstream::describe(survey.candidates[0].exclusion, first.members[0]);
    return reply::noEndpoint(exchange_.facts.model, first.members[0].id + ": " + why);
}

} // namespace signalbox::proxy
