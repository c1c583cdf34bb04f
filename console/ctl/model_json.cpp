// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/ctl/model_json.h"

#include "console/ctl/units.h"

namespace signalbox::ctl {

namespace {

std::optional<double> known(double value)
{
    return value < 0 ? std::nullopt : std::optional(value);
}

std::int64_t whole(std::uint64_t value)
{
    return static_cast<std::int64_t>(value);
}

void writeRecord(JsonWriter& json, const model::AgentRecord& record)
{
    json.key("addresses").beginObject();
    json.field("serve", record.addresses.serve).field("control", record.addresses.control);
    json.field("observe", record.addresses.observe).field("store", record.addresses.store);
    json.endObject();
    json.key("engine").beginObject();
    json.field("url", record.engine.url).field("profile", record.engine.profile);
    json.field("version", record.engine.version).field("models", record.engine.models);
    json.endObject();
    json.field("version", record.version).field("boot_id", record.bootId);
    writeMoment(json, "started", record.startedUnixMs);
    json.field("applied_revision", record.appliedRevision);
    json.field("rejected_revision", record.rejectedRevision);
    json.field("rejected_reason", record.rejectedReason);
}

void writeMember(JsonWriter& json, const model::MemberView& member)
{
    json.beginObject();
    json.field("pool", member.pool).field("address", member.address);
    json.field("agent", member.agent).field("model", member.model);
    json.field("breaker", nameOf(member.breaker));
    json.key("reachable").truth(member.reachable);
    json.key("suspect").truth(member.suspect);
    json.field("reason", member.reason);
    writeMoment(json, "since", member.sinceUnixMs);
    json.field("in_flight", std::int64_t{member.inFlight});
    json.field("requests_total", whole(member.requestsTotal));
    json.field("failures_total", whole(member.failuresTotal));
    json.field("trips_total", whole(member.tripsTotal));
    json.key("report_age_ms").number(known(static_cast<double>(member.reportAgeMs)));
    json.endObject();
}

void writeDiff(JsonWriter& json, const std::vector<model::DiffLine>& diff)
{
    json.key("diff").beginArray();
    for (const model::DiffLine& line : diff) {
        json.beginObject().field("kind", line.kind).field("name", line.name);
        json.field("field", line.field).field("before", line.before).field("after", line.after);
        json.endObject();
    }
    json.endArray();
}

void writeSurvivors(JsonWriter& json, const std::vector<model::SurvivorLoad>& survivors)
{
    json.key("survivors").beginArray();
    for (const model::SurvivorLoad& load : survivors) {
        json.beginObject().field("pool", load.pool);
        json.field("ready_before", std::int64_t{load.readyBefore});
        json.field("ready_after", std::int64_t{load.readyAfter});
        json.field("in_flight_moved", std::int64_t{load.inFlightMoved});
        json.key("utilisation_before").number(known(load.utilisationBefore));
        json.key("utilisation_after").number(known(load.utilisationAfter));
        json.key("ttft_before_ms").number(known(load.ttftBeforeMs));
        json.key("ttft_after_ms").number(known(load.ttftAfterMs));
        json.endObject();
    }
    json.endArray();
}

void writeTargets(JsonWriter& json, std::string_view name,
                  const std::vector<model::RouteTarget>& targets)
{
    json.key(name).beginArray();
    for (const model::RouteTarget& target : targets) {
        json.beginObject().field("pool", target.pool);
        json.field("weight", std::int64_t{target.weight}).endObject();
    }
    json.endArray();
}

// Null where there is none.
void writePlacement(JsonWriter& json, std::string_view name,
                    const model::RoutePlacement& placement)
{
    json.key(name);
    if (placement.targets.empty()) {
        json.null();
        return;
    }
    json.beginObject();
    writeTargets(json, "targets", placement.targets);
    json.field("fallbacks", placement.fallbacks).endObject();
}

void writeRoute(JsonWriter& json, const model::Route& route)
{
    json.beginObject().field("name", route.name).field("model", route.model);
    json.field("aliases", route.aliases);
    writeTargets(json, "targets", route.targets);
    json.field("fallbacks", route.fallbacks);
    json.field("larger_context", route.largerContext);
    writePlacement(json, "failed_over_from", route.home);
    json.endObject();
}

void writeScale(JsonWriter& json, const model::PoolScale& scale)
{
    json.beginObject().field("kind", nameOf(scale.kind)).field("on", scale.on);
    json.field("desired", std::int64_t{scale.desired}).field("min", std::int64_t{scale.least});
    json.field("max", std::int64_t{scale.most}).field("others", std::int64_t{scale.others});
    json.field("engine", scale.engine).field("agent", scale.agent);
    json.field("start_timeout_ms", scale.startTimeoutMs);
    json.field("drain_deadline_ms", scale.drainDeadlineMs);
    json.field("log_bytes", static_cast<std::int64_t>(scale.logBytes)).endObject();
}

void writePolicyPool(JsonWriter& json, const model::Pool& pool)
{
    json.beginObject().field("name", pool.name).field("model", pool.model);
    json.field("ready_floor", std::int64_t{pool.readyFloor}).key("members").beginArray();
    for (const model::StaticMember& member : pool.members)
        json.beginObject().field("url", member.url).field("profile", member.profile).endObject();
    json.endArray().key("scale");
    if (pool.scale)
        writeScale(json, *pool.scale);
    else
        json.null();
    json.endObject();
}

} // namespace

void writeMoment(JsonWriter& json, std::string_view name, std::int64_t unixMs)
{
    json.key(name);
    if (unixMs > 0)
        json.text(isoText(unixMs));
    else
        json.null();
}

void writeNumbers(JsonWriter& json, const Numbers& numbers)
{
    json.key("numbers").beginObject();
    json.key("requests_per_second").number(numbers.requestsPerSecond);
    json.key("errors_per_second").number(numbers.errorsPerSecond);
    json.key("retries_per_second").number(numbers.retriesPerSecond);
    json.key("tokens_per_second").number(numbers.tokensPerSecond);
    json.key("in_flight").number(numbers.inFlight);
    json.key("queued").number(numbers.queued);
    json.key("ttft_p50_ms").number(numbers.ttftP50Ms);
    json.key("ttft_p95_ms").number(numbers.ttftP95Ms);
    json.key("kv_used_ratio").number(numbers.kvShare);
    json.key("cpu_cores").number(numbers.cpuShare);
    json.key("resident_bytes").number(numbers.residentBytes);
    json.endObject();
}

void writeScaling(JsonWriter& json, const model::ScaleProgress& progress)
{
    json.beginObject().field("pool", progress.pool);
    json.field("desired", std::int64_t{progress.desired});
    json.field("others", std::int64_t{progress.others});
    json.field("ready", std::int64_t{progress.count(model::PairState::Ready)});
    json.field("problem", progress.problem).field("last_start_ms", progress.lastStartMs);
    json.key("instances").beginArray();
    for (const model::PairProgress& pair : progress.pairs) {
        json.beginObject().field("id", pair.id).field("state", nameOf(pair.state));
        json.field("reason", pair.reason);
        writeMoment(json, "since", pair.sinceUnixMs);
        json.field("restarts", std::int64_t{pair.restarts});
        json.field("engine_pid", std::int64_t{pair.enginePid});
        json.field("agent_pid", std::int64_t{pair.agentPid}).field("logs", pair.logPath);
        json.endObject();
    }
    json.endArray().endObject();
}

void writeAgent(JsonWriter& json, const AgentFacts& agent)
{
    const model::AgentState& state = agent.state;
    json.beginObject().field("id", state.record.id.str());
    json.field("kind", nameOf(state.record.kind)).field("pool", state.record.pool);
    json.field("zone", state.record.zone).field("admin", nameOf(state.admin));
    json.key("health").beginObject().field("state", nameOf(state.record.health.state));
    json.field("reason", state.record.health.reason);
    writeMoment(json, "since", state.record.health.sinceUnixMs);
    json.endObject();
    json.field("freshness", nameOf(freshnessOf(agent))).field("age_ms", agent.ageMs);
    json.field("left", agent.goneReason);
    json.key("drain").beginObject().field("phase", nameOf(state.drain.phase));
    json.field("remaining", std::int64_t{state.drain.remaining});
    json.field("longest_ms", state.drain.longestMs);
    writeMoment(json, "since", state.drain.sinceUnixMs);
    json.endObject();
    writeNumbers(json, numbersOf(agent));
    writeRecord(json, state.record);
    writeMoment(json, "store_away_since", state.storeAwaySinceUnixMs);
    json.field("snapshot_age_ms", state.snapshotAgeMs);
    json.key("members").beginArray();
    for (const model::MemberView& member : state.members)
        writeMember(json, member);
    json.endArray().field("started_by", state.record.startedBy).key("scaling").beginArray();
    for (const model::ScaleProgress& progress : state.scaling)
        writeScaling(json, progress);
    json.endArray().endObject();
}

void writePool(JsonWriter& json, const PoolLine& pool)
{
    json.beginObject().field("name", pool.name).field("model", pool.model);
    json.field("ready_floor", std::int64_t{pool.readyFloor});
    json.field("members", whole(pool.members)).field("static_members", whole(pool.staticMembers));
    json.field("ready", whole(pool.ready)).field("draining", whole(pool.draining));
    writeNumbers(json, pool.numbers);
    json.endObject();
}

void writeEvent(JsonWriter& json, const model::Event& event)
{
    json.beginObject();
    writeMoment(json, "at", event.unixMs);
    json.field("agent", event.agent).field("sequence", whole(event.sequence));
    json.field("kind", event.kind).field("object", event.object).field("text", event.text);
    json.field("severity",
               event.severity == model::Severity::Critical      ? "critical"
                   : event.severity == model::Severity::Warning ? "warning"
                                                                : "info");
    json.endObject();
}

void writeSummary(JsonWriter& json, const Summary& summary)
{
    json.key("summary").beginObject();
    json.field("gateways", whole(summary.gateways)).field("instances", whole(summary.instances));
    json.field("ready", whole(summary.ready)).field("draining", whole(summary.draining));
    json.field("drained", whole(summary.drained)).field("not_live", whole(summary.notLive));
    json.field("revision", summary.newestRevision);
    json.field("behind_revision", whole(summary.behindRevision));
    writeMoment(json, "store_away_since", summary.storeAwaySinceUnixMs);
    writeNumbers(json, summary.numbers);
    json.endObject();
}

void writeLink(JsonWriter& json, const Link& link)
{
    json.key("link").beginObject();
    json.field("state",
               link.state == LinkState::Connected  ? "connected"
                   : link.state == LinkState::Lost ? "lost"
                                                   : "connecting");
    json.field("address", link.address).field("problem", link.problem).endObject();
}

namespace {

void writeChanges(JsonWriter& json, std::string_view name,
                  const std::vector<model::AdminChange>& changes)
{
    json.key(name).beginArray();
    for (const model::AdminChange& change : changes) {
        json.beginObject().field("agent", change.agent).field("admin", nameOf(change.admin));
        writeMoment(json, "deadline", change.deadlineUnixMs);
        json.endObject();
    }
    json.endArray();
}

void writeCase(JsonWriter& json, const model::AdminEdit& edit)
{
    json.beginObject().field("verb", nameOf(edit.verb)).field("pool", edit.pool);
    writeChanges(json, "changes", edit.changes);
    json.endObject();
}

void writeCase(JsonWriter& json, const model::ScaleEdit& edit)
{
    json.beginObject().field("verb", "scale").field("pool", edit.pool);
    json.field("desired", std::int64_t{edit.desired});
    writeChanges(json, "changes", edit.changes);
    json.endObject();
}

void writeCase(JsonWriter& json, const model::RouteEdit& edit)
{
    json.beginObject().field("verb", nameOf(edit.verb)).field("route", edit.route);
    json.field("to_pool", edit.toPool);
    writeTargets(json, "targets", edit.targets);
    writeChanges(json, "left_out", edit.members);
    json.key("restore");
    if (edit.restore) {
        json.beginObject();
        writePlacement(json, "placement", edit.restore->placement);
        writePlacement(json, "home", edit.restore->home);
        json.endObject();
    } else {
        json.null();
    }
    json.endObject();
}

void writeProofs(JsonWriter& json, const std::vector<model::StandbyProof>& proofs)
{
    json.key("proofs").beginArray();
    for (const model::StandbyProof& proof : proofs) {
        json.beginObject().field("pool", proof.pool).field("agent", proof.agent);
        json.field("verdict", nameOf(proof.verdict));
        json.field("health", nameOf(proof.health.state)).field("reason", proof.health.reason);
        json.key("model_listed").truth(proof.modelListed);
        json.key("last_token_age_ms").number(known(static_cast<double>(proof.lastTokenAgeMs)));
        json.key("last_probe_age_ms").number(known(static_cast<double>(proof.lastProbeAgeMs)));
        json.field("problem", proof.problem).endObject();
    }
    json.endArray();
}

} // namespace

void writeEdit(JsonWriter& json, const model::Edit& edit)
{
    std::visit([&json](const auto& one) { writeCase(json, one); }, edit);
}

void writePreview(JsonWriter& json, const model::Preview& preview)
{
    json.beginObject().field("base_revision", preview.plan.baseRevision);
    json.field("undoes", whole(preview.plan.undoes));
    writeMoment(json, "expires", preview.plan.expiresUnixMs);
    json.key("edit");
    writeEdit(json, preview.plan.edit);
    json.key("inverse");
    writeEdit(json, preview.inverse);
    writeDiff(json, preview.diff);
    json.field("agents", preview.agents);
    writeSurvivors(json, preview.survivors);
    writeProofs(json, preview.proofs);
    json.field("warnings", preview.warnings).field("refusal", preview.refusal);
    json.endObject();
}

void writeAudit(JsonWriter& json, const model::AuditRecord& record)
{
    json.beginObject().field("number", whole(record.number));
    writeMoment(json, "at", record.atUnixMs);
    json.field("operator", record.operatorName).field("agent", record.agent);
    json.field("cause", record.cause).field("request_id", record.requestId);
    json.field("override", record.overrideName).key("edit");
    writeEdit(json, record.edit);
    json.key("inverse");
    writeEdit(json, record.inverse);
    writeDiff(json, record.diff);
    writeSurvivors(json, record.previewed);
    json.field("base_revision", record.baseRevision).field("revision", record.revision);
    json.field("undoes", whole(record.undoes)).field("previous_hash", record.previousHash);
    json.endObject();
}

void writePolicy(JsonWriter& json, const PolicyAnswer& answer)
{
    const model::Policy& policy = answer.policy;
    json.beginObject().field("revision", policy.revision);
    writeMoment(json, "store_away_since", answer.storeAwaySinceUnixMs);
    json.key("access").beginObject();
    json.field("mode", policy.access.mode == model::AccessMode::Open ? "open" : "keys");
    json.endObject().key("keys").beginArray();
    for (const auto& [id, key] : policy.keys)
        json.beginObject()
            .field("id", id)
            .field("tenant", key.tenant)
            .field("models", key.models)
            .endObject();
    json.endArray().key("pools").beginArray();
    for (const auto& [name, pool] : policy.pools)
        writePolicyPool(json, pool);
    json.endArray().key("routes").beginArray();
    for (const auto& [name, route] : policy.routes)
        writeRoute(json, route);
    json.endArray().key("admin").beginArray();
    for (const auto& [agent, intent] : policy.admin) {
        json.beginObject().field("agent", agent).field("admin", nameOf(intent.admin));
        writeMoment(json, "deadline", intent.deadlineUnixMs);
        json.field("cause", intent.cause).endObject();
    }
    json.endArray().endObject();
}

void writeConvergence(JsonWriter& json, const model::Convergence& convergence)
{
    json.beginObject().field("revision", convergence.revision);
    json.field("altered_applied", std::int64_t{convergence.alteredApplied});
    json.field("altered_total", std::int64_t{convergence.alteredTotal});
    json.field("fleet_applied", std::int64_t{convergence.wholeApplied});
    json.field("fleet_total", std::int64_t{convergence.wholeTotal}).key("behind").beginArray();
    for (const model::Convergence::Behind& agent : convergence.behind) {
        json.beginObject().field("agent", agent.agent);
        json.field("applied_revision", agent.applied).field("last_seen_ms", agent.lastSeenMs);
        json.field("rejected_reason", agent.rejectedReason).endObject();
    }
    json.endArray().endObject();
}

} // namespace signalbox::ctl
