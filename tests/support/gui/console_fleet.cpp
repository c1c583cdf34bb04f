// SPDX-License-Identifier: Apache-2.0
#include "tests/support/gui/console_fleet.h"

#include <chrono>
#include <cmath>
#include <utility>

namespace signalbox::tests {

using namespace std::chrono_literals;
using fleet::Reading;

void RecordingPort::preview(const model::Edit& edit, command::Done<model::Preview> done)
{
    previews.push_back(edit);
    onPreview = std::move(done);
}

void RecordingPort::previewUndo(std::uint64_t auditNumber, command::Done<model::Preview> done)
{
    undos.push_back(auditNumber);
    onPreview = std::move(done);
}

void RecordingPort::apply(const model::Plan& plan, const model::ApplyOptions& options,
                          command::Done<model::ApplyAnswer> done)
{
    applied.push_back({plan, options});
    onApply = std::move(done);
}

void RecordingPort::convergence(base::Revision revision, const std::vector<std::string>&,
                                command::Done<model::Convergence> done)
{
    convergences.push_back(revision);
    onConvergence = std::move(done);
}

void RecordingPort::probeNow(const std::string& agent, command::Done<model::ProbeReport> done)
{
    probes.push_back(agent);
    onProbe = std::move(done);
}

void RecordingPort::listOpenExchanges(const std::string& agent,
                                      command::Done<model::OpenExchangeList> done)
{
    lists.push_back(agent);
    onList = std::move(done);
}

namespace {

constexpr base::Revision kRevision = 419;

std::string poolName(int index)
{
    return index == 0 ? "chat" : "chat-" + std::to_string(index + 1);
}

model::AgentState gatewayState(int index, std::int64_t nowMs)
{
    model::AgentState state;
    state.record.id = base::AgentId("gw-" + std::to_string(index + 1));
    state.record.kind = model::AgentKind::Gateway;
    state.record.zone = "eu-1" + std::string(1, static_cast<char>('a' + index % 3));
    state.record.addresses = {"127.0.0.1:8800", "127.0.0.1:8801", "127.0.0.1:8802", ""};
    state.record.version = "0.1.0";
    state.record.bootId = "boot-1";
    state.record.startedUnixMs = nowMs - 86'400'000;
    state.record.health = {model::Health::Ready, "", nowMs - 86'000'000};
    state.record.appliedRevision = kRevision;
    return state;
}

model::AgentState instanceState(const std::string& pool, int index, std::int64_t nowMs)
{
    const char* const zones[] = {"eu-1a", "eu-1b", "eu-1c"};
    model::AgentState state = gatewayState(0, nowMs);
    state.record.id = base::AgentId(pool + "-" + std::to_string(index));
    state.record.kind = model::AgentKind::Instance;
    state.record.pool = pool;
    state.record.zone = zones[index / 4 % 3];
    state.record.addresses.serve = "127.0.0.1:" + std::to_string(9'000 + index);
    state.record.engine = {"http://127.0.0.1:" + std::to_string(19'000 + index), "vllm", "0.19.1",
                           {"llama-3.1-8b"}};
    state.load = {.sequence = 7, .pendingPrefillTokens = 900, .decoding = 12, .queued = 0,
                  .prefillTokensPerSecond = 9'000, .decodeMsPerSequence = 0.4F,
                  .acceptsWork = true};
    return state;
}

// Between -1 and 1, the same for the same place and second.
float wobble(std::size_t place, std::int64_t second)
{
    const double phase = static_cast<double>(place % 97);
    return static_cast<float>(
        0.6 * std::sin(static_cast<double>(second) / 7.0 + phase)
        + 0.4 * std::sin(static_cast<double>(second) / 2.3 + phase * 1.7));
}

} // namespace

void ConsoleFleet::tellOpenRequests()
{
    if (port_.lists.empty() || !port_.onList)
        return;
    constexpr int kShown = 5;
    model::OpenExchangeList list{port_.lists.back(), {}, kShown};
    for (int i = 0; i < kShown; ++i) {
        const bool isWaiting = i == kShown - 1;
        model::OpenExchange open;
        open.requestId = "req-7f3a0" + std::to_string(i * 37 + 11);
        open.model = "chat";
        open.caller = i % 2 == 0 ? "team-search" : "team-support";
        open.endpoint = "127.0.0.1:9001";
        open.phase = isWaiting ? model::ExchangePhase::Waiting : model::ExchangePhase::Streaming;
        open.ageMs = 41'200 / (i + 1);
        open.sinceTokenMs = isWaiting ? -1 : i == 0 ? 9'300 : 30 + i;
        open.promptTokens = 900 + static_cast<std::uint64_t>(i) * 411;
        open.tokens = isWaiting ? 0 : 812 / (static_cast<std::uint64_t>(i) + 1);
        open.attempts = i == 2 ? 2 : 1;
        list.exchanges.push_back(std::move(open));
    }
    port_.onList(list);
}

ConsoleFleet::ConsoleFleet(const FleetShape& shape) : shape_(shape)
{
    clock_.advance(std::chrono::hours(14)); // 14:00:01Z of the first day of 2026
    const std::int64_t now = store_.nowUnixMs();
    for (int i = 0; i < shape.gateways; ++i)
        addAgent(gatewayState(i, now));
    for (int pool = 0; pool < shape.pools; ++pool) {
        for (int i = 0; i < shape.instancesPerPool; ++i)
            addAgent(instanceState(poolName(pool), i, now));
    }
    for (int i = 0; shape.hasStandby && i < shape.instancesPerPool; ++i) {
        model::AgentState state = instanceState("chat-standby", i, now);
        state.admin = model::Admin::Standby;
        addAgent(state);
    }
}

void ConsoleFleet::addAgent(const model::AgentState& state)
{
    states_.emplace(state.record.id.str(), state);
}

model::AgentState& ConsoleFleet::state(const std::string& agent)
{
    return states_.at(agent);
}

std::vector<std::string> ConsoleFleet::instanceIds() const
{
    std::vector<std::string> ids;
    for (const auto& [id, state] : states_) {
        if (state.record.kind == model::AgentKind::Instance)
            ids.push_back(id);
    }
    return ids;
}

model::Policy ConsoleFleet::makePolicy() const
{
    model::Policy policy;
    policy.revision = kRevision;
    policy.access.mode = model::AccessMode::Open;
    for (int i = 0; i < shape_.pools; ++i) {
        const std::string name = poolName(i);
        policy.pools[name] = {.name = name, .model = "llama-3.1-8b"};
        policy.routes[name] = {.name = name, .model = name, .targets = {{name, 100}}};
    }
    if (shape_.hasStandby) {
        policy.pools["chat-standby"] = {.name = "chat-standby", .model = "llama-3.1-8b"};
        policy.routes["chat"].fallbacks = {"chat-standby"};
    }
    for (const auto& [id, state] : states_) {
        if (state.admin != model::Admin::Run)
            policy.admin[id] = {.agent = id, .admin = state.admin};
    }
    return policy;
}

std::vector<model::AuditRecord> ConsoleFleet::makeAudit() const
{
    std::vector<model::AuditRecord> records;
    const std::string agent = instanceIds().empty() ? "gw-1" : instanceIds().front();
    for (std::uint64_t number = 3; number > 0; --number) {
        const bool isDrain = number % 2 == 1;
        model::AuditRecord record;
        record.number = number;
        record.atUnixMs = store_.nowUnixMs() - static_cast<std::int64_t>(4 - number) * 600'000;
        record.operatorName = number == 2 ? "miro" : "ana";
        record.agent = "gw-1";
        record.cause = isDrain ? "kernel upgrade, CHG-2304" : "upgrade done";
        record.requestId = "request-" + std::to_string(number);
        record.edit = model::AdminEdit{
            isDrain ? model::Verb::Drain : model::Verb::Undrain, "",
            {{agent, isDrain ? model::Admin::Drain : model::Admin::Run, 0}}};
        record.inverse = model::AdminEdit{
            model::Verb::SetAdmin, "",
            {{agent, isDrain ? model::Admin::Run : model::Admin::Drain, 0}}};
        record.diff = {{"admin", agent, "admin", isDrain ? "run" : "drain",
                        isDrain ? "drain" : "run"}};
        record.revision = kRevision - 3 + static_cast<base::Revision>(number);
        record.baseRevision = record.revision - 1;
        record.undoes = number == 2 ? 1 : 0;
        records.push_back(std::move(record));
    }
    return records;
}

void ConsoleFleet::connecting()
{
    fleet::FleetChanges changes;
    changes.link = fleet::LinkFacts{.state = fleet::LinkState::Connecting,
                                    .address = "grpc://127.0.0.1:8801",
                                    .since = clock_.monotonic()};
    store_.apply(std::move(changes));
    store_.refresh();
}

void ConsoleFleet::connect(int seconds)
{
    fleet::FleetChanges changes;
    changes.link = fleet::LinkFacts{.state = fleet::LinkState::Connected,
                                    .fleet = "lab",
                                    .agent = "gw-1",
                                    .address = "grpc://127.0.0.1:8801",
                                    .since = clock_.monotonic(),
                                    .roundTripMs = 1,
                                    .agentsTotal = static_cast<std::uint32_t>(states_.size()),
                                    .isComplete = true};
    changes.policy = model::PolicyAnswer{makePolicy(), 0};
    changes.audit = makeAudit();
    changes.heardAt = clock_.monotonic();
    store_.apply(std::move(changes));
    for (const auto& [id, state] : states_) { // one by one: slots are given by id
        fleet::FleetChanges told;
        addFacts(told, state);
        store_.apply(std::move(told));
    }
    store_.refresh();
    advance(seconds);
}

void ConsoleFleet::addFacts(fleet::FleetChanges& changes, const model::AgentState& state) const
{
    fleet::AgentChange& change = changes.agents[state.record.id.str()];
    change.facts = std::make_shared<const fleet::AgentFacts>(
        fleet::AgentFacts{state, "boot-1", std::nullopt});
    change.heardAt = clock_.monotonic();
}

void ConsoleFleet::tell(const std::string& agent)
{
    fleet::FleetChanges changes;
    addFacts(changes, states_.at(agent));
    store_.apply(std::move(changes));
    store_.refresh();
}

fleet::ReadingsRow ConsoleFleet::rowOf(const model::AgentState& state, std::int64_t unixMs) const
{
    const std::size_t place = std::hash<std::string>()(state.record.id.str());
    const float by = wobble(place, unixMs / 1'000);
    fleet::ReadingsRow row{unixMs, {}};
    fleet::Readings& values = row.readings;
    const bool isStandby = state.admin == model::Admin::Standby;
    const bool isDown = !model::mayServe(state.record.health.state) || isStandby;
    const bool isGateway = state.record.kind == model::AgentKind::Gateway;
    const float size = isGateway ? static_cast<float>(shape_.pools * shape_.instancesPerPool)
            / static_cast<float>(std::max(1, shape_.gateways))
                                 : 1.0F;
    values[Reading::InFlight] = isDown ? 0 : std::round((14 + 4 * by) * size);
    values[Reading::RequestsPerSecond] = isDown ? 0 : (2.4F + 0.5F * by) * size;
    values[Reading::ErrorsPerSecond] = 0;
    values[Reading::OutputTokensPerSecond] = isDown ? 0 : (460 + 90 * by) * size;
    values[Reading::PromptTokensPerSecond] = isDown ? 0 : (2'300 + 400 * by) * size;
    values[Reading::CpuCores] = 0.02F;
    values[Reading::AgentBytes] = 5e6F;
    if (isDown)
        return row;
    values[Reading::TtftP50Ms] = 210 + 40 * by;
    values[Reading::TtftP95Ms] = 400 + 60 * by;
    values[Reading::GapP95Ms] = 33 + 3 * by;
    values[Reading::EndToEndP95Ms] = 18'000 + 900 * by;
    if (isGateway)
        return row;
    values[Reading::Waiting] = 0;
    values[Reading::QueueP95Ms] = 38 + 9 * by;
    values[Reading::KvShare] = 0.56F + 0.08F * by;
    values[Reading::PrefixHitShare] = 0.48F;
    return row;
}

void ConsoleFleet::advance(int seconds)
{
    for (int i = 0; i < seconds; ++i) {
        clock_.advance(1s);
        fleet::FleetChanges changes;
        const bool isHeard = store_.link().state == fleet::LinkState::Connected;
        if (isHeard)
            changes.heardAt = clock_.monotonic();
        for (const auto& [id, state] : states_) {
            if (!isHeard || frozen_.contains(id))
                continue;
            fleet::AgentChange& change = changes.agents[id];
            change.rows.push_back(rowOf(state, store_.nowUnixMs()));
            change.heardAt = clock_.monotonic();
            change.heardUnixMs = store_.nowUnixMs() + 8;
        }
        store_.apply(std::move(changes));
        store_.refresh();
    }
}

void ConsoleFleet::event(const std::string& agent, const std::string& kind, const std::string& text,
                         model::Severity severity)
{
    fleet::FleetChanges changes;
    changes.events.push_back({++events_, store_.nowUnixMs(), agent, kind, agent, text, severity});
    store_.apply(std::move(changes));
}

void ConsoleFleet::killEngine(const std::string& agent)
{
    state(agent).record.health = {model::Health::Failed, "connection refused", store_.nowUnixMs()};
    event(agent, "health_changed", "ready -> failed: connection refused",
          model::Severity::Critical);
    tell(agent);
}

void ConsoleFleet::wedgeEngine(const std::string& agent)
{
    state(agent).record.health
        = {model::Health::Wedged, "no token for 6 s, 9 requests held", store_.nowUnixMs()};
    event(agent, "health_changed", "ready -> wedged: no token for 6 s, 9 requests held",
          model::Severity::Critical);
    tell(agent);
}

void ConsoleFleet::freezeAgent(const std::string& agent)
{
    frozen_.insert(agent);
}

void ConsoleFleet::drain(const std::string& agent, int remaining)
{
    model::AgentState& altered = state(agent);
    altered.admin = model::Admin::Drain;
    altered.drain = {remaining > 0 ? model::DrainPhase::Draining : model::DrainPhase::Drained,
                     static_cast<std::uint32_t>(remaining), remaining > 0 ? 192'000 : 0,
                     store_.nowUnixMs() - 30'000};
    event(agent, "admin_changed", "run -> drain", model::Severity::Info);
    tell(agent);
}

void ConsoleFleet::loseLink()
{
    fleet::FleetChanges changes;
    changes.link = store_.link();
    changes.link->state = fleet::LinkState::Lost;
    changes.link->problem = "connection refused";
    changes.link->since = clock_.monotonic();
    changes.link->attempts = 3;
    store_.apply(std::move(changes));
    store_.refresh();
}

void ConsoleFleet::storeAway()
{
    for (auto& [id, state] : states_) {
        state.storeAway = true;
        state.storeAwaySinceUnixMs = store_.nowUnixMs() - 42'000;
        state.snapshotAgeMs = 42'000;
    }
    for (const auto& [id, state] : states_)
        tell(id);
}

void ConsoleFleet::leave(const std::string& agent)
{
    fleet::FleetChanges changes;
    changes.agents[agent].facts = std::make_shared<const fleet::AgentFacts>(fleet::AgentFacts{
        states_.at(agent), "boot-1",
        model::AgentGone{"its lease has ended", store_.nowUnixMs() - 10'000}});
    states_.erase(agent);
    store_.apply(std::move(changes));
    store_.refresh();
}

} // namespace signalbox::tests
