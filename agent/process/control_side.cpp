// SPDX-License-Identifier: Apache-2.0
#include "agent/process/control_side.h"

#include "agent/process/version.h"
#include "shared/base/log.h"

#include <random>

namespace signalbox::process {

namespace {

using namespace std::chrono_literals;

constexpr auto kTickEvery = 250ms;

std::int64_t nowUnixMs(const base::Clock& clock)
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(clock.wall().time_since_epoch())
        .count();
}

std::string randomBootId()
{
    static constexpr std::string_view kDigits = "0123456789abcdef";
    std::random_device device;
    std::string id;
    for (int i = 0; i < 16; ++i)
        id.push_back(kDigits[device() & 15U]);
    return id;
}

health::EngineMonitor::MakeFetcher fetchersOn(runtime::ControlThread& thread)
{
    return [&thread](const engine::EngineUrl& url, engine::ConnectionLimits limits) {
        return engine::makeFetcher(thread.ioContext(), url, limits);
    };
}

model::ProbeReport reportOf(const std::string& agent, const health::TokenTrial& trial)
{
    using Result = model::ProbeReport::Result;
    model::ProbeReport report;
    report.agent = agent;
    report.result = trial.outcome == engine::DeepOutcome::Token ? Result::Token
        : trial.outcome == engine::DeepOutcome::Silent          ? Result::Silent
                                                                : Result::Refused;
    report.reason = trial.reason;
    report.tookMs = static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(trial.took).count());
    return report;
}

// What a profile says, in the words of those who must not know engines.
control::ConnectionFacts factsFrom(const engine::ProfilePtr& profile)
{
    auto traits = std::make_shared<upstream::EngineTraits>();
    traits->deniedFields = profile->deniedFields;
    traits->classify = [profile](int status, std::string_view body) {
        return engine::classify(profile->signatures, status, body);
    };
    traits->apis = 0;
    for (const proxy::Api api : proxy::everyApi()) {
        if (engine::allowsClient(*profile, http::textOf(proxy::methodOf(api)),
                                 proxy::pathOf(api)))
            traits->apis |= proxy::bitOf(api);
    }
    control::ConnectionFacts facts;
    facts.idleMax = profile->connections.idle;
    facts.requestsPerConnectionMax = profile->connections.requests;
    facts.traits = std::move(traits);
    return facts;
}

} // namespace

proxy::ReadyAnswer answerFor(Readiness readiness)
{
    switch (readiness) {
    case Readiness::NoPolicy: return {false, "no policy has been received yet\n"};
    case Readiness::EngineNotReady: return {false, "the engine is not ready\n"};
    case Readiness::NotTakingWork: return {false, "draining or not taking work\n"};
    case Readiness::Ready: return {true, "ready\n"};
    }
    return {false, "not ready\n"};
}

ControlSide::ControlSide(Parts parts)
    : parts_(std::move(parts)), agentId_(parts_.config.id.str()), bootId_(randomBootId()),
      startedUnixMs_(nowUnixMs(parts_.clock)), keys_(parts_.config.fleet), signer_(agentId_),
      store_(parts_.thread, {.endpoints = parts_.storeEndpoints, .tls = std::nullopt},
             parts_.clock)
{
    for (const engine::ProfilePtr& profile : parts_.profiles.all())
        engineFacts_.emplace(profile->name, factsFrom(profile));
}

base::Status ControlSide::prepare()
{
    if (!parts_.config.isGateway()) {
        SB_TRY(
            engine_,
            EngineSide::make({.config = parts_.config,
                              .profiles = parts_.profiles,
                              .executor = parts_.thread,
                              .clock = parts_.clock,
                              .makeFetcher = fetchersOn(parts_.thread),
                              .load = parts_.load,
                              .tell = [this](recorder::EventNote note) { tell(std::move(note)); },
                              .onChange =
                                  [this] {
                                      publish();
                                      refresh();
                                  }}));
    }
    makeDecisions();
    FactsSide::Parts facts{
        .config = parts_.config,
        .bootId = bootId_,
        .executor = parts_.thread,
        .clock = parts_.clock,
        .proxy =
            [this] {
                return telemetry::ProxyMoment{parts_.dataPlane.totals(),
                                              parts_.dataPlane.open().count};
            },
        .engine = {},
        .load = {.nextReport = [this] { return withAges(parts_.load.nextReport()); },
                 .changes = [this] { return parts_.load.changes(); }},
        .tunnel = [this] { return tunnel_->counters(); },
        .listOpen =
            [this](const std::string& agent, auto passing, auto done) {
                listOpen(agent, passing, std::move(done));
            },
        .methods = parts_.methods,
        .findDecision = [this](const std::string& id, telemetry::SearchScope scope,
                               auto done) { decisions_->find(id, scope, std::move(done)); },
        .members = [this] { return memberMeters(); }};
    if (engine_)
        facts.engine = [this] { return engine_->sampleValues(); };
    facts_ = std::make_unique<FactsSide>(std::move(facts));
    members_ = std::make_unique<MemberWatch>(MemberWatch::Parts{
        .config = parts_.config,
        .agentId = agentId_,
        .registry = registry_,
        .executor = parts_.thread,
        .clock = parts_.clock,
        .makeFetcher = fetchersOn(parts_.thread),
        .demand = demand_,
        .profileOf = [this](const std::string& name) { return parts_.profiles.find(name); }});
    scaling_ = std::make_unique<ScalingSide>(
        ScalingSide::Parts{.config = parts_.config,
                           .storeEndpoints = parts_.storeEndpoints,
                           .executor = parts_.thread,
                           .clock = parts_.clock,
                           .runOnDisk = parts_.runOnDisk,
                           .members = *members_,
                           .tell = [this](const model::Event& event) { tellEvent(event); }});
    makeControl();
    makeCommands();
    return {};
}

void ControlSide::makeDecisions()
{
    decisions_ = std::make_unique<telemetry::DecisionSearch>(
        telemetry::DecisionSearch::Parts{
            .own = [this](const std::string& id,
                          auto found) { parts_.dataPlane.findDecision(id, std::move(found)); },
            .executor = parts_.thread,
            .ownName = agentId_,
            .peers = [this] { return peers(); }});
}

void ControlSide::makeControl()
{
    keeper_ = std::make_unique<control::FleetKeeper>(parts_.config.dataDir + "/fleet.snapshot",
                                                     parts_.thread, parts_.runOnDisk, bootId_);
    watch_ = std::make_unique<control::FleetWatch>(
        store_, parts_.thread, parts_.clock, keys_,
        control::FleetWatch::Handlers{
            .onPicture
            = [this](control::FleetPicturePtr picture) { onPicture(std::move(picture)); },
            .onVerdict = [this](const control::PolicyVerdict&) { refresh(); },
            .onStore = [this](const state::MirrorState& state) { onStore(state); },
            .onEvent = [this](const model::Event& event) { tellEvent(event); },
            .onKeep = [this](control::SavedFleet saved) { keeper_->keep(std::move(saved)); }});
    drain_ = std::make_unique<control::DrainWatch>(
        parts_.thread, parts_.clock, agentId_,
        control::DrainWatch::Handlers{
            .openWork =
                [this] {
                    const OpenTotals open = parts_.dataPlane.open();
                    return control::OpenWork{open.count, open.oldestMs};
                },
            .onProgress = [this](const model::DrainProgress&) { refresh(); },
            .onEvent = [this](const model::Event& event) { tellEvent(event); }});
}

void ControlSide::makeCommands()
{
    const control::LiveFacts live{
        .agent = [this](const std::string& agent) { return factsOf(agent); },
        .demand = [this](const std::string& pool) { return demandOf(pool); },
        .step = {},
        .start = [this](const std::string& pool) { return scaling_->startFacts(pool); },
    };
    ledger_ = std::make_unique<control::Ledger>(store_, parts_.clock, keys_);
    override_ = std::make_unique<control::LocalOverride>(control::LocalOverride::Parts{
        .ledger = *ledger_,
        .executor = parts_.thread,
        .clock = parts_.clock,
        .runOnDisk = parts_.runOnDisk,
        .path = parts_.config.dataDir + "/local_override",
        .agent = agentId_,
        .onChange =
            [this] {
                publish();
                refresh();
            },
        .onEvent = [this](const model::Event& event) { tellEvent(event); }});
    desk_ = std::make_unique<control::CommandDesk>(
        control::CommandDesk::Parts{.ledger = *ledger_,
                                    .fleet = *watch_,
                                    .signer = signer_,
                                    .executor = parts_.thread,
                                    .clock = parts_.clock,
                                    .live = live,
                                    .agent = agentId_});
    agentCalls_ = std::make_unique<AgentCalls>(parts_.thread, agentId_);
    commands_ = std::make_unique<control::CommandService>(
        control::CommandService::Parts{.desk = *desk_,
                                       .ledger = *ledger_,
                                       .localOverride = *override_,
                                       .fleet = *watch_,
                                       .clock = parts_.clock,
                                       .live = live,
                                       .agent = agentId_,
                                       .probeNow =
                                           [this](const std::string& agent, auto passing,
                                                  auto done) {
                                               probeNow(agent, passing, std::move(done));
                                           }});
    commands_->addTo(parts_.methods);
    // The observe port may be open for a scraper: that alone lets nobody act.
    tunnel_ = std::make_unique<tunnel::TunnelService>(
        parts_.methods, parts_.thread,
        parts_.config.listen.control.insecure ? rpc::Role::Admin : rpc::Role::Viewer);
}

void ControlSide::start(const model::Addresses& addresses, const control::SeedPolicy& seed)
{
    addresses_ = addresses;
    auto loaded = keeper_->load();
    if (!loaded.problem.empty())
        log::warn("control", "snapshot_damaged", "why", loaded.problem);
    override_->load();
    control::Membership::Options options;
    if (loaded.saved)
        options.previousBootId = loaded.saved->bootId;
    membership_ = std::make_unique<control::Membership>(store_, parts_.thread, keys_, recordNow(),
                                                        std::move(options));
    watch_->start(std::move(loaded.saved));
    membership_->start();
    if (!parts_.config.policySeed.empty()) {
        seeder_ = std::make_unique<control::PolicySeeder>(*ledger_, parts_.thread, agentId_,
                                                          seed.policy);
        seeder_->start([this](const base::Result<control::PolicySeeder::Outcome>& outcome) {
            if (!outcome)
                log::error("control", "seed_failed", "why", outcome.error().text());
            else if (*outcome == control::PolicySeeder::Outcome::Seeded)
                log::info("control", "policy_seeded", "file", parts_.config.policySeed);
        });
    }
    if (engine_)
        engine_->start();
    facts_->start();
    tick();
}

void ControlSide::onPicture(control::FleetPicturePtr picture)
{
    picture_ = std::move(picture);
    std::vector<model::AgentRecord> records;
    for (const auto& [id, record] : picture_->agents) {
        if (picture_->isPresent(id))
            records.push_back(record);
    }
    facts_->setPeers(records);
    override_->onPicture(*picture_);
    membership_->onFleet(*picture_);
    scaling_->follow(picture_);
    publish();
    refresh();
}

void ControlSide::onStore(const state::MirrorState& store)
{
    storeState_ = store;
    override_->onStore(store);
    refresh();
}

// Policy and membership compiled, and given to every core.
void ControlSide::publish()
{
    if (!picture_)
        return;
    const model::Policy policy = override_->effective(picture_->policy);
    control::SnapshotInputs inputs;
    inputs.policy = &policy;
    inputs.agents = &picture_->agents;
    inputs.selfId = agentId_;
    if (engine_) {
        const engine::EngineProfile* profile = engine_->profile();
        inputs.engine = control::LocalEngine{engine_->url().hostPort(),
                                             profile == nullptr ? "" : profile->name};
    }
    inputs.factsOf = [this](const std::string& profile) { return connectionFacts(profile); };
    inputs.settings.firstTokenFloor = parts_.config.proxy.firstTokenFloor;
    inputs.settings.stallFloor = parts_.config.proxy.stallFloor;
    inputs.settings.requestDeadline = parts_.config.proxy.requestDeadline;
    inputs.startedUnixSeconds = startedUnixMs_ / 1'000;
    inputs.zone = parts_.config.zone;
    snapshot_ = control::buildSnapshot(inputs, registry_);
    parts_.dataPlane.publish(snapshot_);
    members_->follow(*snapshot_, *picture_);
    registry_.forgetUnused();
    const auto intent = policy.admin.find(agentId_);
    drain_->follow(intent == policy.admin.end() ? std::nullopt : std::optional(intent->second));
}

control::ConnectionFacts ControlSide::connectionFacts(const std::string& profile) const
{
    const auto known = engineFacts_.find(profile);
    return known == engineFacts_.end() ? control::ConnectionFacts{} : known->second;
}

void ControlSide::openTunnel(const tunnel::UpgradeRequest& request, int descriptor)
{
    tunnel_->take(request, descriptor);
}

void ControlSide::stopTakingWork()
{
    isStopping_ = true;
    refresh();
}

void ControlSide::stopScaled(std::function<void()> done)
{
    if (scaling_)
        scaling_->stopAll(std::move(done));
    else
        done();
}

// What this agent says of itself, everywhere it says it.
void ControlSide::refresh()
{
    const bool hasPolicy = snapshot_ && snapshot_->revision != 0;
    const bool isEngineReady = !engine_ || model::mayServe(engine_->verdict().state);
    const bool takesWork = !isStopping_ && snapshot_ && snapshot_->takesNewWork;
    const Readiness readiness = !hasPolicy ? Readiness::NoPolicy
        : !takesWork                       ? Readiness::NotTakingWork
        : !isEngineReady                   ? Readiness::EngineNotReady
                                           : Readiness::Ready;
    parts_.readiness.store(readiness, std::memory_order_relaxed);
    parts_.load.setAcceptsWork(readiness == Readiness::Ready);
    if (hasPolicy && !isServing_) {
        isServing_ = true;
        parts_.onServing();
    }
    model::AgentState state = stateNow();
    if (membership_)
        membership_->update(state.record);
    for (recorder::EventNote& note : memberEvents_.compare(state.members, agentId_))
        tell(std::move(note));
    facts_->setState(std::move(state));
}

void ControlSide::tick()
{
    // The engine beside us is judged by its monitor: its word ends a suspicion of the relay.
    if (engine_ && model::mayServe(engine_->verdict().state)) {
        const auto now = parts_.clock.monotonic().time_since_epoch().count();
        for (const auto& cell : registry_.cellsAt(engine_->url().hostPort()))
            cell->takeProbe(upstream::Reachability::Up, upstream::MemberCell::Serves::Yes, now);
    }
    if (engine_)
        demand_.take(agentId_, parts_.load.served(), parts_.clock.monotonic());
    members_->look();
    parts_.pages.setMetrics(facts_->metricsPage());
    scaling_->look();
    refresh();
    tick_ = parts_.thread.after(kTickEvery, [this] { tick(); });
}

model::AgentRecord ControlSide::recordNow() const
{
    model::AgentRecord record;
    record.id = parts_.config.id;
    record.kind = engine_ ? model::AgentKind::Instance : model::AgentKind::Gateway;
    record.pool = parts_.config.instance.pool;
    record.zone = parts_.config.zone;
    record.addresses = addresses_;
    record.version = kVersion;
    record.bootId = bootId_;
    record.startedUnixMs = startedUnixMs_;
    record.planPublicKey = signer_.publicKey();
    record.startedBy = parts_.config.instance.startedBy;
    record.startsProcesses = parts_.config.scaling.processEnabled;
    record.appliedRevision = snapshot_ ? snapshot_->revision : 0;
    record.rejectedRevision = watch_->verdict().rejected;
    record.rejectedReason = watch_->verdict().rejectedReason;
    if (engine_) {
        record.engine = engine_->facts();
        record.engine.url = engine_->url().text();
        record.health = engine_->verdict();
    } else {
        record.health.state = model::Health::Ready;
        record.health.sinceUnixMs = startedUnixMs_;
    }
    return record;
}

model::AgentState ControlSide::stateNow() const
{
    model::AgentState state;
    state.record = recordNow();
    if (picture_)
        state.admin = override_->effective(picture_->policy).adminOf(agentId_);
    state.drain = drain_->progress();
    if (engine_) {
        state.load.decoding = parts_.load.decoding();
        state.load.pendingPrefillTokens = parts_.load.pendingPrefillTokens();
        state.load.acceptsWork = parts_.load.acceptsWork();
        state.load.lastTokenAgeMs = engine_->lastTokenAgeMs();
        state.load.lastProbeAgeMs = engine_->lastProbeAgeMs();
    }
    state.scaling = scaling_->progress();
    if (!engine_ && snapshot_)
        state.members = members_->views(*snapshot_);
    state.storeAway = storeState_.kind == state::MirrorState::Kind::Away
        || storeState_.kind == state::MirrorState::Kind::Refused;
    if (state.storeAway) {
        state.storeAwaySinceUnixMs = std::chrono::duration_cast<std::chrono::milliseconds>(
                                         storeState_.since.time_since_epoch())
                                         .count();
        state.snapshotAgeMs = watch_->ageMs();
    }
    return state;
}

model::LoadReport ControlSide::withAges(model::LoadReport report) const
{
    if (engine_) {
        report.lastTokenAgeMs = engine_->lastTokenAgeMs();
        report.lastProbeAgeMs = engine_->lastProbeAgeMs();
    }
    return report;
}

std::optional<control::Demand> ControlSide::demandOf(const std::string& pool) const
{
    if (!picture_)
        return std::nullopt;
    std::vector<std::string> agents;
    for (const auto& [id, record] : picture_->agents) {
        if (record.pool == pool)
            agents.push_back(id);
    }
    return demand_.of(agents, parts_.clock.monotonic());
}

MemberMeters ControlSide::memberMeters() const
{
    MemberMeters meters;
    if (!snapshot_)
        return meters;
    meters.members = members_->views(*snapshot_);
    const auto now = parts_.clock.monotonic().time_since_epoch().count();
    for (const proxy::PoolPlan& pool : snapshot_->pools)
        meters.budgets.push_back({pool.name, pool.budget->left(now)});
    meters.trialsTotal = members_->trials().trialsTotal();
    meters.trialsGoodTotal = members_->trials().trialsGoodTotal();
    return meters;
}

std::vector<model::AgentRecord> ControlSide::peers() const
{
    std::vector<model::AgentRecord> peers;
    if (!picture_)
        return peers;
    for (const auto& [id, record] : picture_->agents) {
        if (picture_->isPresent(id) && id != agentId_)
            peers.push_back(record);
    }
    return peers;
}

void ControlSide::probeNow(const std::string& agent, control::CommandService::Passing passing,
                           state::Done<model::ProbeReport> done)
{
    if (agent == agentId_ && engine_) {
        return engine_->generateNow([agent, done = std::move(done)](const auto& trial) {
            done(reportOf(agent, trial));
        });
    }
    const bool isKnown = picture_ && picture_->agents.contains(agent);
    if (passing == control::CommandService::Passing::Refused || agent == agentId_ || !isKnown)
        return done(base::Error(base::Code::NotFound,
                                agent == agentId_ ? agent + " is a gateway and has no engine"
                                                  : "there is no agent '" + agent + "' here",
                                base::Origin::Client));
    agentCalls_->probeNow(picture_->agents.at(agent),
                     [this, agent, done = std::move(done)](const auto& report) {
                         if (report && report->result == model::ProbeReport::Result::Token)
                             members_->tokenSeen(agent);
                         done(report);
                     });
}

void ControlSide::listOpen(const std::string& agent, telemetry::TelemetryService::Passing passing,
                           state::Done<model::OpenExchangeList> done)
{
    if (agent == agentId_) {
        auto answer = [&thread = parts_.thread, agent, done](model::OpenExchangeList list) {
            list.agent = agent;
            thread.post([done, list = std::move(list)] { done(list); });
        };
        if (!parts_.dataPlane.listOpen(std::move(answer)))
            done(base::Error(base::Code::ResourceExhausted, agent + " is too busy to list them",
                             base::Origin::Local, base::Retry::Safe));
        return;
    }
    const bool mayPass = passing == telemetry::TelemetryService::Passing::Allowed;
    if (!mayPass || !picture_ || !picture_->agents.contains(agent))
        return done(base::Error(base::Code::NotFound, "there is no agent '" + agent + "' here",
                                base::Origin::Client));
    agentCalls_->listOpen(picture_->agents.at(agent), std::move(done));
}

std::optional<control::AgentFacts> ControlSide::factsOf(const std::string& agent) const
{
    if (agent == agentId_) {
        control::AgentFacts facts;
        facts.state = stateNow();
        if (engine_)
            facts.state.load = withAges(parts_.load.report());
        return facts;
    }
    if (!picture_)
        return std::nullopt;
    const auto record = picture_->agents.find(agent);
    if (record == picture_->agents.end())
        return std::nullopt;
    control::AgentFacts facts;
    facts.state.record = record->second;
    if (const auto reported = members_->reportOf(agent)) {
        facts.state.load = reported->report;
        facts.ageMs = reported->ageMs;
        // Its own word is newer than its registration, which follows it through the store.
        if (reported->report.acceptsWork && !model::mayServe(record->second.health.state))
            facts.state.record.health.state = model::Health::Ready;
    }
    return facts;
}

void ControlSide::tellEvent(const model::Event& event)
{
    recorder::EventNote note;
    note.kind = event.kind;
    note.object = event.object;
    note.text = event.text;
    note.severity = event.severity;
    tell(std::move(note));
}

} // namespace signalbox::process
