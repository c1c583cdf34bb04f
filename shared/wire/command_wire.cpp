// SPDX-License-Identifier: Apache-2.0
#include "proto/signalbox/v1/audit.pb.h"
#include "proto/signalbox/v1/command_service.pb.h"
#include "shared/base/limits.h"
#include "shared/wire/bounds.h"
#include "shared/wire/enum_wire.h"
#include "shared/wire/policy_wire.h"
#include "shared/wire/wire.h"

namespace signalbox::wire {

namespace {

void changeToWire(const model::AdminChange& from, v1::AdminChange& to)
{
    to.set_agent(from.agent);
    to.set_admin(detail::toWire(from.admin));
    to.set_deadline_unix_ms(from.deadlineUnixMs);
}

base::Result<std::vector<model::AdminChange>>
changesFromWire(const google::protobuf::RepeatedPtrField<v1::AdminChange>& from)
{
    SB_CHECK(detail::checkSize(from, limits::kListItems, "changes"));
    std::vector<model::AdminChange> to;
    for (const v1::AdminChange& change : from) {
        model::AdminChange added;
        added.agent = change.agent();
        SB_TRY(added.admin, detail::fromWire(change.admin()));
        added.deadlineUnixMs = change.deadline_unix_ms();
        to.push_back(std::move(added));
    }
    return to;
}

void adminToWire(const model::AdminEdit& from, v1::AdminEdit& to)
{
    to.set_verb(detail::toWire(from.verb));
    to.set_pool(from.pool);
    for (const model::AdminChange& change : from.changes)
        changeToWire(change, *to.add_changes());
}

base::Result<model::AdminEdit> adminFromWire(const v1::AdminEdit& from)
{
    model::AdminEdit to;
    SB_TRY(to.verb, detail::fromWire(from.verb()));
    to.pool = from.pool();
    SB_TRY(to.changes, changesFromWire(from.changes()));
    return to;
}

void routeToWire(const model::RouteEdit& from, v1::RouteEdit& to)
{
    to.set_verb(detail::toWire(from.verb));
    to.set_route(from.route);
    to.set_to_pool(from.toPool);
    for (const model::RouteTarget& target : from.targets)
        detail::targetToWire(target, *to.add_targets());
    for (const model::AdminChange& member : from.members)
        changeToWire(member, *to.add_members());
    if (!from.restore)
        return;
    v1::RouteRestore& restore = *to.mutable_restore();
    detail::placementToWire(from.restore->placement, *restore.mutable_placement());
    if (!from.restore->home.targets.empty())
        detail::placementToWire(from.restore->home, *restore.mutable_home());
}

base::Result<model::RouteEdit> routeFromWire(const v1::RouteEdit& from)
{
    SB_CHECK(detail::checkSize(from.targets(), limits::kListItems, "targets"));
    model::RouteEdit to;
    SB_TRY(to.verb, detail::fromWire(from.verb()));
    to.route = from.route();
    to.toPool = from.to_pool();
    for (const v1::RouteTarget& target : from.targets())
        to.targets.push_back({target.pool(), target.weight()});
    SB_TRY(to.members, changesFromWire(from.members()));
    if (!from.has_restore())
        return to;
    model::RouteRestore restore;
    SB_TRY(restore.placement, detail::placementFromWire(from.restore().placement()));
    SB_TRY(restore.home, detail::placementFromWire(from.restore().home()));
    to.restore = std::move(restore);
    return to;
}

// One overload for each case of an edit.
void caseToWire(const model::AdminEdit& from, v1::Edit& to)
{
    adminToWire(from, *to.mutable_admin());
}

void caseToWire(const model::ScaleEdit& from, v1::Edit& to)
{
    v1::ScaleEdit& scale = *to.mutable_scale();
    scale.set_pool(from.pool);
    scale.set_desired(from.desired);
    for (const model::AdminChange& change : from.changes)
        changeToWire(change, *scale.add_changes());
}

void caseToWire(const model::RouteEdit& from, v1::Edit& to)
{
    routeToWire(from, *to.mutable_route());
}

void lineToWire(const model::DiffLine& from, v1::DiffLine& to)
{
    to.set_kind(from.kind);
    to.set_name(from.name);
    to.set_field(from.field);
    to.set_before(from.before);
    to.set_after(from.after);
}

model::DiffLine lineFromWire(const v1::DiffLine& from)
{
    return {from.kind(), from.name(), from.field(), from.before(), from.after()};
}

void survivorToWire(const model::SurvivorLoad& from, v1::SurvivorLoad& to)
{
    to.set_pool(from.pool);
    to.set_ready_before(from.readyBefore);
    to.set_ready_after(from.readyAfter);
    to.set_in_flight_moved(from.inFlightMoved);
    to.set_utilisation_before(from.utilisationBefore);
    to.set_utilisation_after(from.utilisationAfter);
    to.set_ttft_before_ms(from.ttftBeforeMs);
    to.set_ttft_after_ms(from.ttftAfterMs);
}

model::SurvivorLoad survivorFromWire(const v1::SurvivorLoad& from)
{
    model::SurvivorLoad to;
    to.pool = from.pool();
    to.readyBefore = from.ready_before();
    to.readyAfter = from.ready_after();
    to.inFlightMoved = from.in_flight_moved();
    to.utilisationBefore = from.utilisation_before();
    to.utilisationAfter = from.utilisation_after();
    to.ttftBeforeMs = from.ttft_before_ms();
    to.ttftAfterMs = from.ttft_after_ms();
    return to;
}

void proofToWire(const model::StandbyProof& from, v1::StandbyProof& to)
{
    to.set_pool(from.pool);
    to.set_agent(from.agent);
    to.set_verdict(detail::toWire(from.verdict));
    to.set_health(detail::toWire(from.health.state));
    to.set_health_reason(from.health.reason);
    to.set_health_since_unix_ms(from.health.sinceUnixMs);
    to.set_model_listed(from.modelListed);
    to.set_last_token_age_ms(from.lastTokenAgeMs);
    to.set_last_probe_age_ms(from.lastProbeAgeMs);
    to.set_problem(from.problem);
}

base::Result<model::StandbyProof> proofFromWire(const v1::StandbyProof& from)
{
    model::StandbyProof to;
    to.pool = from.pool();
    to.agent = from.agent();
    SB_TRY(to.verdict, detail::fromWire(from.verdict()));
    SB_TRY(to.health.state, detail::fromWire(from.health()));
    to.health.reason = from.health_reason();
    to.health.sinceUnixMs = from.health_since_unix_ms();
    to.modelListed = from.model_listed();
    to.lastTokenAgeMs = from.last_token_age_ms();
    to.lastProbeAgeMs = from.last_probe_age_ms();
    to.problem = from.problem();
    return to;
}

} // namespace

void toWire(const model::Edit& from, v1::Edit& to)
{
    std::visit([&to](const auto& one) { caseToWire(one, to); }, from);
}

base::Result<model::Edit> fromWire(const v1::Edit& from)
{
    SB_CHECK(checkBounds(from));
    switch (from.kind_case()) {
    case v1::Edit::kAdmin: {
        SB_TRY(model::AdminEdit edit, adminFromWire(from.admin()));
        return model::Edit(std::move(edit));
    }
    case v1::Edit::kScale: {
        model::ScaleEdit edit;
        edit.pool = from.scale().pool();
        edit.desired = from.scale().desired();
        SB_TRY(edit.changes, changesFromWire(from.scale().changes()));
        return model::Edit(std::move(edit));
    }
    case v1::Edit::kRoute: {
        SB_TRY(model::RouteEdit edit, routeFromWire(from.route()));
        return model::Edit(std::move(edit));
    }
    case v1::Edit::KIND_NOT_SET: break;
    }
    return base::Error(base::Code::InvalidArgument, "the edit says nothing that is known here",
                       base::Origin::Client);
}

void toWire(const model::Plan& from, v1::Plan& to)
{
    toWire(from.edit, *to.mutable_edit());
    to.set_base_revision(from.baseRevision);
    for (const model::KeyRevision& read : from.reads) {
        v1::KeyRevision& added = *to.add_reads();
        added.set_key(read.key);
        added.set_mod_revision(read.modRevision);
    }
    to.set_expires_unix_ms(from.expiresUnixMs);
    to.set_signature(from.signature);
    to.set_signer(from.signer);
    to.set_undoes(from.undoes);
}

base::Result<model::Plan> fromWire(const v1::Plan& from)
{
    SB_CHECK(checkBounds(from));
    SB_CHECK(detail::checkSize(from.reads(), limits::kListItems, "reads"));
    model::Plan to;
    SB_TRY(to.edit, fromWire(from.edit()));
    to.baseRevision = from.base_revision();
    for (const v1::KeyRevision& read : from.reads())
        to.reads.push_back({read.key(), read.mod_revision()});
    to.expiresUnixMs = from.expires_unix_ms();
    to.signature = from.signature();
    to.signer = from.signer();
    to.undoes = from.undoes();
    return to;
}

std::string signedBytes(const model::Plan& plan)
{
    v1::Plan message;
    toWire(plan, message);
    message.clear_signature();
    // No map and no unknown field is in it, so equal plans give equal bytes.
    return message.SerializeAsString();
}

void toWire(const model::Preview& from, v1::PreviewResponse& to)
{
    toWire(from.plan, *to.mutable_plan());
    toWire(from.inverse, *to.mutable_inverse());
    for (const model::DiffLine& line : from.diff)
        lineToWire(line, *to.add_diff());
    for (const std::string& agent : from.agents)
        to.add_agents(agent);
    for (const model::SurvivorLoad& survivor : from.survivors)
        survivorToWire(survivor, *to.add_survivors());
    for (const std::string& warning : from.warnings)
        to.add_warnings(warning);
    to.set_refusal(from.refusal);
    to.set_override_name(from.overrideName);
    for (const model::StandbyProof& proof : from.proofs)
        proofToWire(proof, *to.add_proofs());
}

base::Result<model::Preview> fromWire(const v1::PreviewResponse& from)
{
    SB_CHECK(checkBounds(from));
    model::Preview to;
    SB_TRY(to.plan, fromWire(from.plan()));
    SB_TRY(to.inverse, fromWire(from.inverse()));
    for (const v1::DiffLine& line : from.diff())
        to.diff.push_back(lineFromWire(line));
    to.agents.assign(from.agents().begin(), from.agents().end());
    for (const v1::SurvivorLoad& survivor : from.survivors())
        to.survivors.push_back(survivorFromWire(survivor));
    to.warnings.assign(from.warnings().begin(), from.warnings().end());
    to.refusal = from.refusal();
    to.overrideName = from.override_name();
    for (const v1::StandbyProof& proof : from.proofs()) {
        SB_TRY(model::StandbyProof added, proofFromWire(proof));
        to.proofs.push_back(std::move(added));
    }
    return to;
}

void toWire(const model::AuditRecord& from, v1::AuditRecord& to)
{
    to.set_number(from.number);
    to.set_at_unix_ms(from.atUnixMs);
    to.set_operator_name(from.operatorName);
    to.set_agent(from.agent);
    to.set_cause(from.cause);
    to.set_request_id(from.requestId);
    to.set_override_name(from.overrideName);
    toWire(from.edit, *to.mutable_edit());
    toWire(from.inverse, *to.mutable_inverse());
    for (const model::DiffLine& line : from.diff)
        lineToWire(line, *to.add_diff());
    for (const model::SurvivorLoad& survivor : from.previewed)
        survivorToWire(survivor, *to.add_previewed());
    to.set_base_revision(from.baseRevision);
    to.set_revision(from.revision);
    to.set_undoes(from.undoes);
    to.set_previous_hash(from.previousHash);
}

base::Result<model::AuditRecord> fromWire(const v1::AuditRecord& from)
{
    SB_CHECK(checkBounds(from));
    model::AuditRecord to;
    to.number = from.number();
    to.atUnixMs = from.at_unix_ms();
    to.operatorName = from.operator_name();
    to.agent = from.agent();
    to.cause = from.cause();
    to.requestId = from.request_id();
    to.overrideName = from.override_name();
    SB_TRY(to.edit, fromWire(from.edit()));
    SB_TRY(to.inverse, fromWire(from.inverse()));
    for (const v1::DiffLine& line : from.diff())
        to.diff.push_back(lineFromWire(line));
    for (const v1::SurvivorLoad& survivor : from.previewed())
        to.previewed.push_back(survivorFromWire(survivor));
    to.baseRevision = from.base_revision();
    to.revision = from.revision();
    to.undoes = from.undoes();
    to.previousHash = from.previous_hash();
    return to;
}

void toWire(const model::Convergence& from, v1::GetConvergenceResponse& to)
{
    to.set_revision(from.revision);
    to.set_altered_applied(from.alteredApplied);
    to.set_altered_total(from.alteredTotal);
    to.set_whole_applied(from.wholeApplied);
    to.set_whole_total(from.wholeTotal);
    for (const model::Convergence::Behind& behind : from.behind) {
        v1::AgentBehind& added = *to.add_behind();
        added.set_agent(behind.agent);
        added.set_applied_revision(behind.applied);
        added.set_last_seen_ms(behind.lastSeenMs);
        added.set_rejected_reason(behind.rejectedReason);
    }
}

model::Convergence fromWire(const v1::GetConvergenceResponse& from)
{
    model::Convergence to;
    to.revision = from.revision();
    to.alteredApplied = from.altered_applied();
    to.alteredTotal = from.altered_total();
    to.wholeApplied = from.whole_applied();
    to.wholeTotal = from.whole_total();
    for (const v1::AgentBehind& behind : from.behind()) {
        to.behind.push_back({behind.agent(), behind.applied_revision(), behind.last_seen_ms(),
                             behind.rejected_reason()});
    }
    return to;
}

void toWire(const ApplyOrder& from, v1::ApplyRequest& to)
{
    toWire(from.plan, *to.mutable_plan());
    to.set_cause(from.options.cause);
    to.set_request_id(from.options.requestId);
    to.set_override_name(from.options.overrideName);
    to.set_operator_name(from.options.operatorName);
}

base::Result<ApplyOrder> fromWire(const v1::ApplyRequest& from)
{
    SB_CHECK(checkBounds(from));
    ApplyOrder to;
    SB_TRY(to.plan, fromWire(from.plan()));
    to.options.cause = from.cause();
    to.options.requestId = from.request_id();
    to.options.overrideName = from.override_name();
    to.options.operatorName = from.operator_name();
    return to;
}

void toWire(const model::ApplyAnswer& from, v1::ApplyResponse& to)
{
    to.set_outcome(detail::toWire(from.outcome));
    to.set_revision(from.revision);
    to.set_audit_number(from.auditNumber);
    if (from.fresh)
        toWire(*from.fresh, *to.mutable_fresh_preview());
}

base::Result<model::ApplyAnswer> fromWire(const v1::ApplyResponse& from)
{
    SB_CHECK(checkBounds(from));
    model::ApplyAnswer to;
    SB_TRY(to.outcome, detail::fromWire(from.outcome()));
    to.revision = from.revision();
    to.auditNumber = from.audit_number();
    if (from.has_fresh_preview()) {
        SB_TRY(to.fresh, fromWire(from.fresh_preview()));
    }
    return to;
}

void toWire(const model::ProbeReport& from, v1::ProbeNowResponse& to)
{
    to.set_agent(from.agent);
    to.set_result(detail::toWire(from.result));
    to.set_reason(from.reason);
    to.set_took_ms(from.tookMs);
}

base::Result<model::ProbeReport> fromWire(const v1::ProbeNowResponse& from)
{
    SB_CHECK(checkBounds(from));
    model::ProbeReport to;
    to.agent = from.agent();
    SB_TRY(to.result, detail::fromWire(from.result()));
    to.reason = from.reason();
    to.tookMs = from.took_ms();
    return to;
}

} // namespace signalbox::wire
