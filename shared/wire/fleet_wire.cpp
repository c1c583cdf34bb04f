// SPDX-License-Identifier: Apache-2.0
#include "shared/base/limits.h"
#include "shared/base/names.h"
#include "shared/wire/bounds.h"
#include "shared/wire/enum_wire.h"
#include "shared/wire/wire.h"

#include <cmath>

namespace signalbox::wire {

void toWire(const model::AgentRecord& from, v1::AgentRecord& to)
{
    to.set_id(from.id.str());
    to.set_kind(detail::toWire(from.kind));
    to.set_pool(from.pool);
    to.set_zone(from.zone);
    to.mutable_addresses()->set_serve(from.addresses.serve);
    to.mutable_addresses()->set_control(from.addresses.control);
    to.mutable_addresses()->set_observe(from.addresses.observe);
    to.mutable_addresses()->set_store(from.addresses.store);
    if (from.kind == model::AgentKind::Instance) {
        to.mutable_engine()->set_url(from.engine.url);
        to.mutable_engine()->set_profile(from.engine.profile);
        to.mutable_engine()->set_version(from.engine.version);
        for (const std::string& model : from.engine.models)
            to.mutable_engine()->add_models(model);
    }
    to.set_version(from.version);
    to.set_boot_id(from.bootId);
    to.set_started_unix_ms(from.startedUnixMs);
    to.set_health(detail::toWire(from.health.state));
    to.mutable_health_cause()->set_reason(from.health.reason);
    to.mutable_health_cause()->set_since_unix_ms(from.health.sinceUnixMs);
    to.set_applied_revision(from.appliedRevision);
    to.set_rejected_revision(from.rejectedRevision);
    to.set_rejected_reason(from.rejectedReason);
    to.set_plan_public_key(from.planPublicKey);
    to.set_started_by(from.startedBy);
    to.set_starts_processes(from.startsProcesses);
}

base::Result<model::AgentRecord> fromWire(const v1::AgentRecord& from)
{
    SB_CHECK(checkBounds(from));
    SB_CHECK(detail::checkSize(from.engine().models(), limits::kModelsPerEngine, "models"));
    model::AgentRecord to;
    if (!base::isValidName(from.id()))
        return base::Error(base::Code::InvalidArgument, "an agent has no valid name");
    to.id = base::AgentId(from.id());
    SB_TRY(to.kind, detail::fromWire(from.kind()));
    to.pool = from.pool();
    to.zone = from.zone();
    to.addresses.serve = from.addresses().serve();
    to.addresses.control = from.addresses().control();
    to.addresses.observe = from.addresses().observe();
    to.addresses.store = from.addresses().store();
    to.engine.url = from.engine().url();
    to.engine.profile = from.engine().profile();
    to.engine.version = from.engine().version();
    to.engine.models.assign(from.engine().models().begin(), from.engine().models().end());
    to.version = from.version();
    to.bootId = from.boot_id();
    to.startedUnixMs = from.started_unix_ms();
    SB_TRY(to.health.state, detail::fromWire(from.health()));
    to.health.reason = from.health_cause().reason();
    to.health.sinceUnixMs = from.health_cause().since_unix_ms();
    to.appliedRevision = from.applied_revision();
    to.rejectedRevision = from.rejected_revision();
    to.rejectedReason = from.rejected_reason();
    to.planPublicKey = from.plan_public_key();
    to.startedBy = from.started_by();
    to.startsProcesses = from.starts_processes();
    return to;
}

void toWire(const model::LoadReport& from, v1::LoadReport& to)
{
    to.set_sequence(from.sequence);
    to.set_pending_prefill_tokens(from.pendingPrefillTokens);
    to.set_decoding(from.decoding);
    to.set_queued(from.queued);
    to.set_prefill_tokens_per_second(from.prefillTokensPerSecond);
    to.set_decode_ms_per_sequence(from.decodeMsPerSequence);
    to.set_accepts_work(from.acceptsWork);
    to.set_last_token_age_ms(from.lastTokenAgeMs);
    to.set_last_probe_age_ms(from.lastProbeAgeMs);
    to.set_requests_total(from.served.requests);
    to.set_prompt_tokens_total(from.served.promptTokens);
    to.set_output_tokens_total(from.served.outputTokens);
}

namespace {
constexpr std::uint64_t kAgeMsMost = 253'402'300'799'999; // as times: until the year 9999

// A rate that is none is not known: estimates must not be made of it.
float rateOf(float value)
{
    return std::isfinite(value) && value > 0 ? value : 0;
}
} // namespace

model::LoadReport fromWire(const v1::LoadReport& from)
{
    model::LoadReport to;
    to.sequence = from.sequence();
    to.pendingPrefillTokens = from.pending_prefill_tokens();
    to.decoding = from.decoding();
    to.queued = from.queued();
    to.prefillTokensPerSecond = rateOf(from.prefill_tokens_per_second());
    to.decodeMsPerSequence = rateOf(from.decode_ms_per_sequence());
    to.acceptsWork = from.accepts_work();
    to.lastTokenAgeMs = std::min(from.last_token_age_ms(), kAgeMsMost);
    to.lastProbeAgeMs = std::min(from.last_probe_age_ms(), kAgeMsMost);
    to.served = {from.requests_total(), from.prompt_tokens_total(), from.output_tokens_total()};
    return to;
}

namespace {

void memberToWire(const model::MemberView& from, v1::MemberView& to)
{
    to.set_pool(from.pool);
    to.set_address(from.address);
    to.set_agent(from.agent);
    to.set_model(from.model);
    to.set_breaker(detail::toWire(from.breaker));
    to.set_reachable(from.reachable);
    to.set_suspect(from.suspect);
    to.set_reason(from.reason);
    to.set_in_flight(from.inFlight);
    to.set_requests_total(from.requestsTotal);
    to.set_failures_total(from.failuresTotal);
    to.set_report_age_ms(from.reportAgeMs);
    to.set_since_unix_ms(from.sinceUnixMs);
    to.set_trips_total(from.tripsTotal);
}

base::Result<model::MemberView> memberFromWire(const v1::MemberView& from)
{
    model::MemberView to;
    to.pool = from.pool();
    to.address = from.address();
    to.agent = from.agent();
    to.model = from.model();
    SB_TRY(to.breaker, detail::fromWire(from.breaker()));
    to.reachable = from.reachable();
    to.suspect = from.suspect();
    to.reason = from.reason();
    to.inFlight = from.in_flight();
    to.requestsTotal = from.requests_total();
    to.failuresTotal = from.failures_total();
    to.reportAgeMs = from.report_age_ms();
    to.sinceUnixMs = from.since_unix_ms();
    to.tripsTotal = from.trips_total();
    return to;
}

void progressToWire(const model::ScaleProgress& from, v1::ScaleProgress& to)
{
    to.set_pool(from.pool);
    to.set_desired(from.desired);
    to.set_others(from.others);
    to.set_problem(from.problem);
    to.set_last_start_ms(from.lastStartMs);
    for (const model::PairProgress& pair : from.pairs) {
        v1::PairProgress& added = *to.add_pairs();
        added.set_id(pair.id);
        added.set_state(detail::toWire(pair.state));
        added.set_reason(pair.reason);
        added.set_since_unix_ms(pair.sinceUnixMs);
        added.set_restarts(pair.restarts);
        added.set_engine_pid(pair.enginePid);
        added.set_agent_pid(pair.agentPid);
        added.set_log_path(pair.logPath);
    }
}

base::Result<model::ScaleProgress> progressFromWire(const v1::ScaleProgress& from)
{
    SB_CHECK(detail::checkSize(from.pairs(), limits::kScaledPairs * 2, "pairs"));
    model::ScaleProgress to;
    to.pool = from.pool();
    to.desired = from.desired();
    to.others = from.others();
    to.problem = from.problem();
    to.lastStartMs = from.last_start_ms();
    for (const v1::PairProgress& pair : from.pairs()) {
        model::PairProgress added;
        added.id = pair.id();
        SB_TRY(added.state, detail::fromWire(pair.state()));
        added.reason = pair.reason();
        added.sinceUnixMs = pair.since_unix_ms();
        added.restarts = pair.restarts();
        added.enginePid = pair.engine_pid();
        added.agentPid = pair.agent_pid();
        added.logPath = pair.log_path();
        to.pairs.push_back(std::move(added));
    }
    return to;
}

} // namespace

void toWire(const model::AgentState& from, v1::AgentState& to)
{
    toWire(from.record, *to.mutable_record());
    to.set_admin(detail::toWire(from.admin));
    to.mutable_drain()->set_phase(detail::toWire(from.drain.phase));
    to.mutable_drain()->set_remaining(from.drain.remaining);
    to.mutable_drain()->set_longest_ms(from.drain.longestMs);
    to.mutable_drain()->set_since_unix_ms(from.drain.sinceUnixMs);
    toWire(from.load, *to.mutable_load());
    for (const model::MemberView& member : from.members)
        memberToWire(member, *to.add_members());
    to.set_store_away_since_unix_ms(from.storeAway ? from.storeAwaySinceUnixMs : 0);
    to.set_snapshot_age_ms(from.snapshotAgeMs);
    for (const model::ScaleProgress& progress : from.scaling)
        progressToWire(progress, *to.add_scaling());
}

base::Result<model::AgentState> fromWire(const v1::AgentState& from)
{
    SB_CHECK(checkBounds(from));
    SB_CHECK(detail::checkSize(from.members(), limits::kMembersPerAgent, "members"));
    SB_CHECK(detail::checkSize(from.scaling(), limits::kScaledPools, "scaled pools"));
    model::AgentState to;
    SB_TRY(to.record, fromWire(from.record()));
    SB_TRY(to.admin, detail::fromWire(from.admin()));
    SB_TRY(to.drain.phase, detail::fromWire(from.drain().phase()));
    to.drain.remaining = from.drain().remaining();
    to.drain.longestMs = from.drain().longest_ms();
    to.drain.sinceUnixMs = from.drain().since_unix_ms();
    to.load = fromWire(from.load());
    for (const v1::MemberView& member : from.members()) {
        SB_TRY(model::MemberView view, memberFromWire(member));
        to.members.push_back(std::move(view));
    }
    to.storeAwaySinceUnixMs = from.store_away_since_unix_ms();
    to.storeAway = to.storeAwaySinceUnixMs != 0;
    to.snapshotAgeMs = from.snapshot_age_ms();
    for (const v1::ScaleProgress& progress : from.scaling()) {
        SB_TRY(model::ScaleProgress added, progressFromWire(progress));
        to.scaling.push_back(std::move(added));
    }
    return to;
}

} // namespace signalbox::wire
