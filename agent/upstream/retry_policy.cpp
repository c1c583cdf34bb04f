// SPDX-License-Identifier: Apache-2.0
#include "agent/upstream/retry_policy.h"

namespace signalbox::upstream {

namespace {

using namespace std::chrono_literals;

constexpr int kAttemptsMax = 3;
constexpr int kAttemptsPerPoolMax = 2; // while a further pool of the route is ready
constexpr auto kBackoffUnit = 25ms; // uniform(0, unit * 2^n)
constexpr auto kRetryAfterMax = 5s; // longer than this is not worth a client's wait

// A loss without an answer is a replay: the engine has done no work that we know of.
bool isReplay(const Attempt& last)
{
    return last.end == AttemptEnd::Refused || last.end == AttemptEnd::LostWithoutByte
        || last.end == AttemptEnd::Draining;
}

RetryDecision step(RetryStep where, const Attempt& last, const RetryState& state)
{
    RetryDecision decision;
    decision.step = where;
    decision.asksBudget = !isReplay(last);
    decision.waitUpTo = kBackoffUnit * (1 << (state.attempts - 1));
    // A refusal cost nothing and says nothing about load: the next endpoint is asked at once.
    if (isReplay(last) && where != RetryStep::SameEndpoint)
        decision.waitUpTo = 0ms;
    return decision;
}

RetryDecision giveUp(std::string_view why)
{
    RetryDecision decision;
    decision.why = why;
    return decision;
}

// The pool's only usable endpoint asked for time.
RetryDecision afterRetryAfter(const Attempt& last, const RetryState& state)
{
    if (*last.retryAfter <= kRetryAfterMax && *last.retryAfter < state.deadlineIn) {
        RetryDecision decision = step(RetryStep::SameEndpoint, last, state);
        decision.waitExactly = *last.retryAfter;
        decision.waitUpTo = 0ms;
        return decision;
    }
    if (state.furtherPoolReady) {
        RetryDecision decision = step(RetryStep::NextPool, last, state);
        decision.waitUpTo = 0ms;
        return decision;
    }
    return giveUp("the only endpoint asked for more time than the request has");
}

} // namespace

std::string_view nameOf(AttemptEnd end)
{
    switch (end) {
    case AttemptEnd::Refused: return "refused";
    case AttemptEnd::LostWithoutByte: return "lost_without_byte";
    case AttemptEnd::LostBeforeToken: return "lost_before_token";
    case AttemptEnd::Draining: return "draining";
    case AttemptEnd::FirstTokenDeadline: return "first_token_deadline";
    case AttemptEnd::BadAnswer: return "bad_answer";
    case AttemptEnd::Status: return "status";
    }
    return "status";
}

std::string_view nameOf(RetryStep step)
{
    switch (step) {
    case RetryStep::GiveUp: return "give_up";
    case RetryStep::OtherEndpoint: return "other_endpoint";
    case RetryStep::SameEndpoint: return "same_endpoint";
    case RetryStep::NextPool: return "next_pool";
    }
    return "give_up";
}

Failure failureOf(const Attempt& attempt)
{
    switch (attempt.end) {
    case AttemptEnd::Refused:
    case AttemptEnd::Draining: return Failure::None;
    case AttemptEnd::LostWithoutByte: return Failure::NoByte;
    case AttemptEnd::LostBeforeToken: return Failure::Cut;
    case AttemptEnd::FirstTokenDeadline: return Failure::NoToken;
    case AttemptEnd::BadAnswer: return Failure::BadAnswer;
    case AttemptEnd::Status: break;
    }
    const bool isServers = isRetryableStatus(attempt.status) && attempt.status >= 500;
    return isServers ? Failure::ServerError : Failure::None;
}

bool isRetryableStatus(int status)
{
    return status == 429 || status == 500 || status == 502 || status == 503 || status == 504;
}

RetryDecision decideRetry(const Attempt& last, const RetryState& state)
{
    if (last.end == AttemptEnd::Status && !isRetryableStatus(last.status))
        return giveUp("the engine's answer is final");
    if (state.attempts >= kAttemptsMax)
        return giveUp("all attempts are spent");
    if (state.deadlineIn <= 0ms)
        return giveUp("the request's deadline has passed");
    const bool poolIsSpent
        = state.furtherPoolReady && state.attemptsInPool >= kAttemptsPerPoolMax;
    if (!poolIsSpent) {
        if (state.otherEndpointInPool)
            return step(RetryStep::OtherEndpoint, last, state);
        if (state.sameEndpointUsable) {
            return last.retryAfter ? afterRetryAfter(last, state)
                                   : step(RetryStep::SameEndpoint, last, state);
        }
    }
    if (state.furtherPoolReady)
        return step(RetryStep::NextPool, last, state);
    return giveUp("no endpoint is left");
}

} // namespace signalbox::upstream
