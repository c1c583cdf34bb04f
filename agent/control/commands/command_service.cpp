// SPDX-License-Identifier: Apache-2.0
#include "agent/control/commands/command_service.h"

#include "agent/control/commands/convergence.h"
#include "proto/signalbox/v1/command_service.pb.h"
#include "shared/base/limits.h"
#include "shared/model/policy_edit.h"
#include "shared/wire/bounds.h"
#include "shared/wire/wire.h"

#include <fmt/format.h>

#include <utility>

namespace signalbox::control {

namespace {

using rpc::Caller;
using rpc::Reply;
using rpc::Role;
using Kind = state::MirrorState::Kind;

constexpr std::uint32_t kAuditByDefault = 100;
// Below the size of one message, with room for the last record.
constexpr std::size_t kAuditBytes = limits::kControlMessageBytes / 4 * 3;
// Enough to tell two keys apart, too little to try secrets against.
constexpr std::size_t kHashShown = 8;

template <typename Message>
base::Result<Message> parse(const std::string& bytes)
{
    Message message;
    if (message.ParseFromString(bytes))
        return message;
    return base::Error(base::Code::InvalidArgument, "the request cannot be read",
                       base::Origin::Client);
}

// The name that the transport proved; on loopback, where it proves none, what the request says.
std::string operatorOf(const Caller& caller, const std::string& said)
{
    return caller.name.empty() ? said : caller.name;
}

v1::ApplyOutcome toWire(ApplyAnswer::Outcome outcome)
{
    switch (outcome) {
    case ApplyAnswer::Outcome::Applied: return v1::APPLY_OUTCOME_APPLIED;
    case ApplyAnswer::Outcome::AlreadyApplied: return v1::APPLY_OUTCOME_ALREADY_APPLIED;
    case ApplyAnswer::Outcome::Conflict: return v1::APPLY_OUTCOME_CONFLICT;
    }
    return v1::APPLY_OUTCOME_UNSPECIFIED;
}

} // namespace

void CommandService::addTo(rpc::MethodTable& table)
{
    const auto add = [&table](const char* method, Role role, rpc::UnaryHandler handler) {
        table.add(fmt::format("signalbox.v1.CommandService/{}", method), role, std::move(handler));
    };
    add("Preview", Role::Viewer, [this](const Caller& caller, const std::string& in, Reply reply) {
        preview(caller, in, std::move(reply));
    });
    add("Apply", Role::Operator, [this](const Caller& caller, const std::string& in, Reply reply) {
        apply(caller, in, std::move(reply));
    });
    add("GetConvergence", Role::Viewer,
        [this](const Caller&, const std::string& in, const Reply& reply) {
            convergence(in, reply);
        });
    add("ListAudit", Role::Viewer, [this](const Caller&, const std::string& in, Reply reply) {
        audit(in, std::move(reply));
    });
    add("GetPolicy", Role::Viewer,
        [this](const Caller&, const std::string&, const Reply& reply) { policy(reply); });
    add("OverrideLocally", Role::Operator,
        [this](const Caller& caller, const std::string& in, const Reply& reply) {
            overrideLocally(caller, in, reply);
        });
    // A generation costs the engine work, so looking on is not enough.
    add("ProbeNow", Role::Operator, [this](const Caller&, const std::string& in, Reply reply) {
        probeNow(in, std::move(reply));
    });
}

void CommandService::preview(const Caller&, const std::string& request, Reply reply)
{
    const auto message = parse<v1::PreviewRequest>(request);
    if (!message)
        return reply(message.error());
    if (const auto status = checkStore(); !status)
        return reply(status.error());
    auto answer = [this, alive = std::weak_ptr(alive_),
                   reply = std::move(reply)](base::Result<model::Preview> previewed) {
        if (alive.expired())
            return;
        if (!previewed)
            return reply(toldWell(previewed.error()));
        v1::PreviewResponse response;
        wire::toWire(*previewed, response);
        reply(response.SerializeAsString());
    };
    if (message->what_case() == v1::PreviewRequest::kUndoAuditNumber)
        return parts_.desk.previewUndo(message->undo_audit_number(), std::move(answer));
    auto edit = wire::fromWire(message->edit());
    if (!edit)
        return answer(edit.error());
    parts_.desk.preview(std::move(*edit), std::move(answer));
}

void CommandService::apply(const Caller& caller, const std::string& request, Reply reply)
{
    const auto message = parse<v1::ApplyRequest>(request);
    if (!message)
        return reply(message.error());
    if (const auto status = checkStore(); !status)
        return reply(status.error());
    auto plan = wire::fromWire(message->plan());
    if (!plan)
        return reply(plan.error());
    model::ApplyOptions options;
    options.cause = message->cause();
    options.operatorName = operatorOf(caller, message->operator_name());
    options.requestId = message->request_id();
    options.overrideName = message->override_name();
    parts_.desk.apply(std::move(*plan), std::move(options),
                      [this, alive = std::weak_ptr(alive_),
                       reply = std::move(reply)](base::Result<ApplyAnswer> applied) {
                          if (alive.expired())
                              return;
                          if (!applied)
                              return reply(toldWell(applied.error()));
                          v1::ApplyResponse response;
                          response.set_outcome(toWire(applied->outcome));
                          response.set_revision(applied->revision);
                          response.set_audit_number(applied->auditNumber);
                          if (applied->fresh)
                              wire::toWire(*applied->fresh, *response.mutable_fresh_preview());
                          reply(response.SerializeAsString());
                      });
}

void CommandService::convergence(const std::string& request, const Reply& reply) const
{
    const auto message = parse<v1::GetConvergenceRequest>(request);
    if (!message)
        return reply(message.error());
    if (static_cast<std::size_t>(message->agents_size()) > limits::kListItems)
        return reply(base::Error(base::Code::InvalidArgument, "too many agents are named",
                                 base::Origin::Client));
    const std::vector<std::string> altered(message->agents().begin(), message->agents().end());
    v1::GetConvergenceResponse response;
    wire::toWire(convergenceOf(*parts_.fleet.picture(), parts_.live, message->revision(), altered,
                               nowUnixMs()),
                 response);
    reply(response.SerializeAsString());
}

void CommandService::audit(const std::string& request, Reply reply)
{
    const auto message = parse<v1::ListAuditRequest>(request);
    if (!message)
        return reply(message.error());
    if (const auto status = checkStore(); !status)
        return reply(status.error());
    const std::uint32_t count = message->count() == 0 ? kAuditByDefault : message->count();
    parts_.ledger.list(
        message->before_number(), count,
        [this, alive = std::weak_ptr(alive_),
         reply = std::move(reply)](base::Result<std::vector<model::AuditRecord>> records) {
            if (alive.expired())
                return;
            if (!records)
                return reply(toldWell(records.error()));
            v1::ListAuditResponse response;
            std::size_t bytes = 0;
            for (const model::AuditRecord& record : *records) {
                v1::AuditRecord wired;
                wire::toWire(record, wired);
                bytes += wired.ByteSizeLong();
                // What does not fit is asked for next, below the last number given.
                if (bytes > kAuditBytes && response.records_size() > 0)
                    break;
                response.add_records()->Swap(&wired);
            }
            reply(response.SerializeAsString());
        });
}

void CommandService::policy(const Reply& reply) const
{
    model::Policy policy = parts_.fleet.picture()->policy;
    for (auto& [id, key] : policy.keys)
        key.secretSha256.resize(std::min(key.secretSha256.size(), kHashShown));
    v1::GetPolicyResponse response;
    wire::toWire(policy, *response.mutable_policy());
    if (parts_.fleet.store().kind != Kind::Current)
        response.set_store_away_since_unix_ms(
            base::unixMs(parts_.fleet.store().since));
    reply(response.SerializeAsString());
}

void CommandService::overrideLocally(const Caller& caller, const std::string& request,
                                     const Reply& reply)
{
    const auto message = parse<v1::OverrideLocallyRequest>(request);
    if (!message)
        return reply(message.error());
    model::ApplyOptions options;
    options.cause = message->cause();
    options.operatorName = operatorOf(caller, message->operator_name());
    options.requestId = message->request_id();
    v1::OverrideLocallyResponse response;
    if (message->admin() == v1::ADMIN_DRAIN) {
        const auto until = parts_.localOverride.begin(options);
        if (!until)
            return reply(until.error());
        response.set_expires_unix_ms(*until);
    } else if (message->admin() == v1::ADMIN_RUN) {
        if (const auto status = parts_.localOverride.end(options); !status)
            return reply(status.error());
    } else {
        return reply(base::Error(base::Code::InvalidArgument,
                                 "a local override is drain, or run to end it",
                                 base::Origin::Client));
    }
    reply(response.SerializeAsString());
}

// Needs no store: it changes nothing.
void CommandService::probeNow(const std::string& request, Reply reply)
{
    const auto message = parse<v1::ProbeNowRequest>(request);
    if (!message)
        return reply(message.error());
    if (const auto status = wire::checkBounds(*message); !status)
        return reply(status.error());
    parts_.probeNow(message->agent(), message->relayed() ? Passing::Refused : Passing::Allowed,
                    [alive = std::weak_ptr(alive_),
                     reply = std::move(reply)](const base::Result<model::ProbeReport>& report) {
                        if (alive.expired())
                            return;
                        if (!report)
                            return reply(report.error());
                        v1::ProbeNowResponse response;
                        wire::toWire(*report, response);
                        reply(response.SerializeAsString());
                    });
}

base::Status CommandService::checkStore() const
{
    const state::MirrorState& store = parts_.fleet.store();
    switch (store.kind) {
    case Kind::Current:
    case Kind::Listing: return {};
    case Kind::Away: return storeAway(store.why);
    case Kind::Refused:
        return base::Error(base::Code::Unavailable,
                           fmt::format("the store that answers since {} is not the one this agent "
                                       "knows ({}): commands are not written to it. Bring back the "
                                       "right one, or accept this one on each agent",
                                       model::timeText(
                                           base::unixMs(store.since)),
                                       store.why),
                           base::Origin::Store, base::Retry::Safe);
    }
    return {};
}

// An error of the store as the operator needs to read it; every other one as it is.
base::Error CommandService::toldWell(const base::Error& error) const
{
    const bool isStoreGone = error.origin() == base::Origin::Store
        && (error.code() == base::Code::Unavailable
            || error.code() == base::Code::DeadlineExceeded);
    return isStoreGone ? storeAway(error.text()) : error;
}

base::Error CommandService::storeAway(const std::string& why) const
{
    const state::MirrorState& store = parts_.fleet.store();
    const std::int64_t since = base::unixMs(store.since);
    const std::string when = store.kind == Kind::Away
        ? fmt::format("has not answered since {} ({} ago)", model::timeText(since),
                      model::spanText(nowUnixMs() - since))
        : std::string("does not answer");
    return base::Error(base::Code::Unavailable,
                       fmt::format("the store {}: no command can be written. Traffic goes on at "
                                   "revision {}. Bring the store back; until then one agent can be "
                                   "drained for an hour: signalboxctl drain {} --by-hand. ({})",
                                   when, parts_.fleet.picture()->policy.revision, parts_.agent,
                                   why),
                       base::Origin::Store, base::Retry::Safe);
}

std::int64_t CommandService::nowUnixMs() const
{
    return base::unixMs(parts_.clock.wall());
}

} // namespace signalbox::control
