// SPDX-License-Identifier: Apache-2.0
#include "agent/proxy/conclude.h"

#include "agent/proxy/core_proxy.h"
#include "shared/base/clock.h"

#include <algorithm>

namespace signalbox::proxy {

namespace {

constexpr std::uint64_t kSampleOneIn = 64;

Kept whyKept(CoreProxy& core, const ExchangeRecord& record)
{
    if (record.outcome == Outcome::Interrupted || record.outcome == Outcome::Unavailable)
        return Kept::Failed;
    const bool isSlow = record.firstTokenAt != 0
        ? core.slowFirstTokens().isSlow(record.firstTokenAt - record.receivedAt)
        : core.slowAnswers().isSlow(record.endedAt - record.receivedAt);
    if (record.attempts > 1)
        return Kept::Retried;
    if (isSlow)
        return Kept::Slow;
    return core.random().below(kSampleOneIn) == 0 ? Kept::Sample : Kept::No;
}

model::DecisionAttempt told(const Exchange& exchange, const DecisionDraft::Attempt& draft)
{
    const PoolPlan& pool = exchange.view->pools[draft.pool];
    const auto sinceStart = [&](upstream::Ticks at) {
        return at == 0 ? -1 : (at - exchange.record.receivedAt) / 1'000;
    };
    model::DecisionAttempt attempt;
    attempt.pool = pool.name;
    const bool isMade = draft.chosen < pool.members.size();
    if (isMade)
        attempt.member = pool.members[draft.chosen].id;
    attempt.rule = upstream::nameOf(draft.rule);
    if (draft.isAnswered)
        attempt.end = "answered";
    else if (isMade)
        attempt.end = draft.ended == 0 ? "client_left" : upstream::nameOf(draft.end);
    else
        attempt.end = "no_endpoint";
    attempt.status = draft.status;
    attempt.beganUs = sinceStart(draft.began);
    attempt.endedUs = sinceStart(draft.ended);
    attempt.panicked = draft.isPanic;
    for (std::size_t i = 0; i < draft.candidateCount; ++i) {
        const DecisionDraft::Candidate& candidate = draft.candidates[i];
        attempt.candidates.push_back({pool.members[candidate.index].id, candidate.score,
                                      std::string(upstream::nameOf(candidate.exclusion))});
    }
    attempt.candidatesLeftOut = draft.members - draft.candidateCount;
    return attempt;
}

// Only here numbers become words: for the few that are kept.
model::Decision told(const Exchange& exchange, Kept kept)
{
    const ExchangeRecord& record = exchange.record;
    model::Decision decision;
    decision.requestId = record.requestId;
    decision.agent = exchange.view->agentId;
    const std::int64_t agoMs = (record.endedAt - record.receivedAt) / 1'000'000;
    const auto wall = std::chrono::duration_cast<std::chrono::milliseconds>(
        base::systemClock().wall().time_since_epoch());
    decision.receivedUnixMs = wall.count() - agoMs;
    decision.kept = nameOf(kept);
    decision.route = record.route;
    decision.outcome = nameOf(record.outcome);
    decision.status = record.status;
    decision.reason = record.reason;
    decision.revision = exchange.view->revision;
    decision.promptTokens = record.promptTokens;
    decision.completionTokens = record.completionTokens;
    for (std::size_t i = 0; i < exchange.decision.count(); ++i)
        decision.attempts.push_back(told(exchange, exchange.decision.at(i)));
    if (!decision.attempts.empty())
        decision.admittedUs = decision.attempts.front().beganUs;
    if (record.firstTokenAt != 0)
        decision.firstTokenUs = (record.firstTokenAt - record.receivedAt) / 1'000;
    decision.endedUs = (record.endedAt - record.receivedAt) / 1'000;
    return decision;
}

void keepDecision(CoreProxy& core, const Exchange& exchange)
{
    // The story of a request is where it entered; one without a route has none.
    if (exchange.role == Role::Hop || exchange.route == nullptr || !exchange.view)
        return;
    const Kept kept = whyKept(core, exchange.record);
    if (kept == Kept::No)
        return;
    core.decisions().keep(kept, told(exchange, kept));
    core.statistics().decisionsKept.add();
}

} // namespace

void conclude(CoreProxy& core, Exchange& exchange)
{
    ExchangeRecord& record = exchange.record;
    record.endedAt = exchange.now();
    CoreStatistics& statistics = core.statistics();
    // Probes and model lists are no exchanges of the fleet.
    if (methodOf(exchange.api) == http::Method::Get && record.outcome == Outcome::Completed)
        return;
    statistics.outcomes[static_cast<std::size_t>(record.outcome)].add();
    if (record.outcome == Outcome::Completed) {
        statistics.endToEnd.record(std::chrono::nanoseconds(record.endedAt - record.receivedAt));
        statistics.promptTokens.add(record.promptTokens);
    }
    // Events were counted as they passed; usage may know of more: an event can hold several.
    record.completionTokens = std::max(record.completionTokens, exchange.tokensCounted);
    statistics.completionTokens.add(record.completionTokens - exchange.tokensCounted);
    record.requestId = std::move(exchange.requestId);
    if (exchange.route != nullptr)
        record.route = exchange.route->name;
    keepDecision(core, exchange);
    core.sink().record(record);
}

} // namespace signalbox::proxy
