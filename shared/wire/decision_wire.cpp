// SPDX-License-Identifier: Apache-2.0
#include "proto/signalbox/v1/telemetry_service.pb.h"
#include "shared/wire/bounds.h"
#include "shared/wire/wire.h"

namespace signalbox::wire {

namespace {

void attemptToWire(const model::DecisionAttempt& from, v1::DecisionAttempt& to)
{
    to.set_pool(from.pool);
    to.set_member(from.member);
    to.set_rule(from.rule);
    to.set_end(from.end);
    to.set_status(from.status);
    to.set_began_us(from.beganUs);
    to.set_ended_us(from.endedUs);
    to.set_panicked(from.panicked);
    for (const model::DecisionCandidate& candidate : from.candidates) {
        v1::DecisionCandidate& added = *to.add_candidates();
        added.set_member(candidate.member);
        added.set_score_ms(candidate.scoreMs);
        added.set_excluded(candidate.excluded);
    }
    to.set_candidates_left_out(from.candidatesLeftOut);
}

model::DecisionAttempt attemptFromWire(const v1::DecisionAttempt& from)
{
    model::DecisionAttempt to;
    to.pool = from.pool();
    to.member = from.member();
    to.rule = from.rule();
    to.end = from.end();
    to.status = from.status();
    to.beganUs = from.began_us();
    to.endedUs = from.ended_us();
    to.panicked = from.panicked();
    for (const v1::DecisionCandidate& candidate : from.candidates())
        to.candidates.push_back(
            {candidate.member(), candidate.score_ms(), candidate.excluded()});
    to.candidatesLeftOut = from.candidates_left_out();
    return to;
}

} // namespace

void toWire(const model::Decision& from, v1::FindDecisionResponse& response)
{
    v1::Decision& to = *response.mutable_decision();
    to.set_request_id(from.requestId);
    to.set_agent(from.agent);
    to.set_received_unix_ms(from.receivedUnixMs);
    to.set_kept(from.kept);
    to.set_route(from.route);
    to.set_outcome(from.outcome);
    to.set_status(from.status);
    to.set_reason(from.reason);
    to.set_revision(from.revision);
    to.set_prompt_tokens(from.promptTokens);
    to.set_completion_tokens(from.completionTokens);
    to.set_admitted_us(from.admittedUs);
    to.set_first_token_us(from.firstTokenUs);
    to.set_ended_us(from.endedUs);
    for (const model::DecisionAttempt& attempt : from.attempts)
        attemptToWire(attempt, *to.add_attempts());
}

base::Result<model::Decision> fromWire(const v1::FindDecisionResponse& response)
{
    SB_CHECK(checkBounds(response));
    const v1::Decision& from = response.decision();
    model::Decision to;
    to.requestId = from.request_id();
    to.agent = from.agent();
    to.receivedUnixMs = from.received_unix_ms();
    to.kept = from.kept();
    to.route = from.route();
    to.outcome = from.outcome();
    to.status = from.status();
    to.reason = from.reason();
    to.revision = from.revision();
    to.promptTokens = from.prompt_tokens();
    to.completionTokens = from.completion_tokens();
    to.admittedUs = from.admitted_us();
    to.firstTokenUs = from.first_token_us();
    to.endedUs = from.ended_us();
    for (const v1::DecisionAttempt& attempt : from.attempts())
        to.attempts.push_back(attemptFromWire(attempt));
    return to;
}

} // namespace signalbox::wire
