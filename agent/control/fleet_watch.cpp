// SPDX-License-Identifier: Apache-2.0
#include "agent/control/fleet_watch.h"

#include "shared/base/limits.h"
#include "shared/base/log.h"
#include "shared/model/policy_edit.h"
#include "shared/wire/store_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace signalbox::control {

namespace {

using namespace std::chrono_literals;
using Kind = state::MirrorState::Kind;

// A lease of 10 s, the wait before a lost store is asked again, and the spread of everybody who
// registers anew: whoever is alive is back well before this.
constexpr auto kDepartedHold = 30s;
// Agents change in bursts (a store that comes back): one picture for all of them.
constexpr auto kAgentsSettle = 20ms;

int badness(Kind kind)
{
    switch (kind) {
    case Kind::Current: return 0;
    case Kind::Listing: return 1;
    case Kind::Away: return 2;
    case Kind::Refused: return 3;
    }
    return 3;
}

base::Revision newestOf(const PolicyReading& reading)
{
    base::Revision newest = 0;
    for (const auto& [key, revision] : reading.revisions)
        newest = std::max(newest, revision);
    return newest;
}

std::optional<state::MirrorBaseline> baselineOf(const std::optional<SavedFleet>& saved)
{
    // A fleet without policy has nothing that another world could take away.
    if (!saved || saved->picture.policy.revision == 0)
        return std::nullopt;
    return state::MirrorBaseline{saved->clusterId, saved->storeRevision};
}

} // namespace

FleetWatch::FleetWatch(state::StateStore& store, base::Executor& executor, const base::Clock& clock,
                       StoreKeys keys, Handlers handlers)
    : stateStore_(store), executor_(executor), clock_(clock), keys_(std::move(keys)),
      handlers_(std::move(handlers)),
      unaudited_(store, executor, keys_,
                 [this](base::Revision revision, const std::vector<std::string>& changed) {
                     tell(model::Severity::Warning, "unaudited_change", changed.front(),
                          fmt::format("revision {} of the store changed {} past every command: "
                                      "applied, but without an audit record",
                                      revision, fmt::join(changed, ", ")));
                 })
{
    store_.since = clock_.wall();
}

void FleetWatch::start(std::optional<SavedFleet> saved)
{
    using Empty = state::PrefixMirror::EmptyList;
    const auto baseline = baselineOf(saved);
    if (saved) {
        policy_ = std::move(saved->picture.policy);
        agents_ = std::move(saved->picture.agents);
        confirmedUnixMs_ = saved->savedUnixMs;
        savedRevision_ = saved->storeRevision;
        verdict_.applied = policy_.revision;
        publish();
        handlers_.onVerdict(verdict_);
    }
    policyMirror_ = mirror(keys_.policyPrefix(), Empty::Refuse, baseline,
                           [this](const auto& update) { onPolicy(update); });
    // Every lease may have ended at once; who is really gone is decided here, not by the list.
    agentsMirror_ = mirror(keys_.agentsPrefix(), Empty::Accept, baseline,
                           [this](const auto& update) { onAgents(update); });
    policyMirror_->start();
    agentsMirror_->start();
}

FleetWatch::Mirror FleetWatch::mirror(std::string prefix, state::PrefixMirror::EmptyList emptyList,
                                      std::optional<state::MirrorBaseline> baseline,
                                      std::function<void(const state::MirrorUpdate&)> onUpdate)
{
    state::PrefixMirror::Options options;
    options.prefix = std::move(prefix);
    options.emptyList = emptyList;
    options.baseline = baseline;
    state::PrefixMirror::Handlers handlers;
    handlers.onUpdate = std::move(onUpdate);
    handlers.onState = [this](const state::MirrorState&) { onStoreState(); };
    return std::make_unique<state::PrefixMirror>(stateStore_, executor_, clock_,
                                                 std::move(options), std::move(handlers));
}

void FleetWatch::acceptWorld()
{
    policyMirror_->acceptWorld();
    agentsMirror_->acceptWorld();
}

std::int64_t FleetWatch::ageMs() const
{
    if (store_.kind == Kind::Current || confirmedUnixMs_ == 0)
        return 0;
    return std::max<std::int64_t>(nowUnixMs() - confirmedUnixMs_, 0);
}

void FleetWatch::onPolicy(const state::MirrorUpdate& update)
{
    PolicyReader reader(keys_);
    for (const auto& [name, key] : policyMirror_->keys())
        reader.add(key);
    PolicyReading reading = reader.finish();
    // At the first list everything is new; only a picture from disk says what was known before.
    if (hasListedPolicy_ || savedRevision_ != 0)
        unaudited_.look(update, hasListedPolicy_ ? 0 : savedRevision_, reading.headAuditNumber);
    hasListedPolicy_ = true;
    for (const std::string& key : reading.unknownKeys)
        log::warn("control", "policy_key_unknown", "key", key);
    if (reading.problems.empty())
        takePolicy(std::move(reading));
    else
        reject(reading);
}

void FleetWatch::takePolicy(PolicyReading reading)
{
    if (verdict_.rejected != 0)
        tell(model::Severity::Info, "policy_accepted", "policy",
             fmt::format("policy is valid again at revision {}", reading.policy.revision));
    const PolicyVerdict verdict{reading.policy.revision, 0, ""};
    policy_ = std::move(reading.policy);
    publish();
    if (std::exchange(verdict_, verdict) != verdict)
        handlers_.onVerdict(verdict_);
}

void FleetWatch::reject(const PolicyReading& reading)
{
    PolicyVerdict verdict{policy_.revision, newestOf(reading),
                          fmt::format("{}", fmt::join(reading.problems, "; "))};
    if (verdict.rejectedReason.size() > limits::kReasonBytes) {
        const std::string more = fmt::format("... ({} problems)", reading.problems.size());
        verdict.rejectedReason.resize(limits::kReasonBytes - more.size());
        verdict.rejectedReason += more;
    }
    if (verdict == verdict_)
        return;
    verdict_ = std::move(verdict);
    tell(
        model::Severity::Critical, "policy_rejected", "policy",
        fmt::format("policy at revision {} is not valid and was not taken over; revision {} stays: "
                    "{}",
                    verdict_.rejected, verdict_.applied, verdict_.rejectedReason));
    handlers_.onVerdict(verdict_);
}

void FleetWatch::onAgents(const state::MirrorUpdate& update)
{
    for (const state::Event& event : update.events) {
        if (event.kind == state::Event::Kind::Put)
            takeRecord(event.now);
        else
            depart(event.now.key.substr(keys_.agentsPrefix().size()));
    }
    if (std::exchange(hasListedAgents_, true))
        return publishSoon();
    std::vector<std::string> missing; // known from disk, and not in the store
    for (const auto& [id, record] : agents_) {
        if (agentsMirror_->find(keys_.agent(id)) == nullptr)
            missing.push_back(id);
    }
    for (const std::string& id : missing)
        depart(id);
    publish();
}

void FleetWatch::takeRecord(const state::KeyValue& key)
{
    const std::string id = key.key.substr(keys_.agentsPrefix().size());
    auto record = wire::agentFromJson(key.value);
    if (!record || record->id.str() != id) {
        log::warn("control", "agent_record_unreadable", "agent", id, "why",
                  record ? "it calls itself " + record->id.str() : record.error().text());
        return;
    }
    if (!agents_.contains(id) && agents_.size() >= limits::kListItems) {
        log::warn("control", "agent_ignored", "agent", id, "why", "too many agents", "most",
                  limits::kListItems);
        return;
    }
    agents_.insert_or_assign(id, std::move(*record));
    departed_.erase(id);
    departedUnixMs_.erase(id);
}

// Whoever leaves on purpose says so in his record first; the others are believed to be alive for a
// while, because a store that was away has forgotten everybody at once.
void FleetWatch::depart(const std::string& agent)
{
    const auto found = agents_.find(agent);
    if (found == agents_.end())
        return;
    if (!model::mayServe(found->second.health.state)) {
        log::info("control", "agent_left", "agent", agent);
        agents_.erase(found);
        departed_.erase(agent);
        departedUnixMs_.erase(agent);
        return;
    }
    log::info("control", "agent_departed", "agent", agent);
    departed_.emplace(agent, clock_.monotonic());
    departedUnixMs_.emplace(agent, nowUnixMs());
    if (!farewell_)
        farewell_ = executor_.after(kDepartedHold, [this] { sayFarewell(); });
}

void FleetWatch::sayFarewell()
{
    const base::Monotonic now = clock_.monotonic();
    farewell_.reset();
    base::Monotonic next = base::Monotonic::max();
    for (auto it = departed_.begin(); it != departed_.end();) {
        // A store that is away now could not have told that he is back.
        if (store_.kind != Kind::Current)
            it->second = now;
        if (now - it->second >= kDepartedHold) {
            log::info("control", "agent_forgotten", "agent", it->first);
            agents_.erase(it->first);
            departedUnixMs_.erase(it->first);
            it = departed_.erase(it);
            continue;
        }
        next = std::min(next, it->second + kDepartedHold);
        ++it;
    }
    if (!departed_.empty())
        farewell_ = executor_.after(next - now, [this] { sayFarewell(); });
    publish();
}

void FleetWatch::publishSoon()
{
    if (settle_)
        return;
    settle_ = executor_.after(kAgentsSettle, [this] { publish(); });
}

void FleetWatch::publish()
{
    settle_.reset();
    auto picture = std::make_shared<FleetPicture>();
    picture->policy = policy_;
    picture->agents = agents_;
    picture->departedSinceUnixMs = departedUnixMs_;
    if (hasListedPolicy_ && *picture == *picture_)
        return;
    picture_ = std::move(picture);
    handlers_.onPicture(picture_);
    if (!hasListedPolicy_ || !hasListedAgents_ || !handlers_.onKeep)
        return;
    SavedFleet saved;
    saved.picture.policy = policy_;
    saved.picture.agents = agents_;
    saved.savedUnixMs = nowUnixMs();
    saved.clusterId = policyMirror_->world().clusterId;
    saved.storeRevision = policyMirror_->world().revision;
    handlers_.onKeep(std::move(saved));
}

void FleetWatch::onStoreState()
{
    // Both mirrors exist by then: nothing runs before start() has returned.
    const state::MirrorState& policy = policyMirror_->state();
    const state::MirrorState& agents = agentsMirror_->state();
    const bool agentsAreWorse = badness(agents.kind) > badness(policy.kind);
    const state::MirrorState& worse = agentsAreWorse ? agents : policy;
    store_.why = worse.why;
    if (worse.kind == store_.kind)
        return;
    const state::MirrorState before = store_;
    store_.kind = worse.kind;
    store_.since = clock_.wall();
    if (before.kind == Kind::Current)
        confirmedUnixMs_ = nowUnixMs();
    const auto ago = std::chrono::duration_cast<std::chrono::milliseconds>(store_.since
                                                                           - before.since);
    switch (store_.kind) {
    case Kind::Away:
        tell(model::Severity::Warning, "store_away", "store",
             fmt::format("the store does not answer ({}); traffic goes on at revision {}",
                         store_.why, policy_.revision));
        break;
    case Kind::Refused:
        tell(model::Severity::Critical, "store_refused", "store",
             fmt::format("the store is not the one known here ({}); nothing was taken over, "
                         "revision {} stays until somebody accepts the store as it is",
                         store_.why, policy_.revision));
        break;
    case Kind::Current:
        if (before.kind != Kind::Listing)
            tell(model::Severity::Info, "store_back", "store",
                 fmt::format("the store answers again after {}", model::spanText(ago.count())));
        break;
    case Kind::Listing: break;
    }
    handlers_.onStore(store_);
}

void FleetWatch::tell(model::Severity severity, std::string kind, std::string object,
                      std::string text)
{
    log::write(severity == model::Severity::Info ? log::Level::Info : log::Level::Warn, "control",
               kind, {{"object", object}, {"text", text}});
    model::Event event;
    event.unixMs = nowUnixMs();
    event.kind = std::move(kind);
    event.object = std::move(object);
    event.text = std::move(text);
    event.severity = severity;
    handlers_.onEvent(std::move(event));
}

std::int64_t FleetWatch::nowUnixMs() const
{
    return base::unixMs(clock_.wall());
}

} // namespace signalbox::control
