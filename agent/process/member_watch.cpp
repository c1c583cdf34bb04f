// SPDX-License-Identifier: Apache-2.0
#include "agent/process/member_watch.h"

#include "shared/base/log.h"

#include "agent/upstream/load_balancer.h"

namespace signalbox::process {

namespace {

using upstream::Ticks;

Ticks ticksOf(base::Monotonic moment)
{
    return moment.time_since_epoch().count();
}

std::int64_t millisecondsOf(Ticks ticks)
{
    return ticks / 1'000'000;
}

std::int64_t wallOffsetMs(const base::Clock& clock)
{
    const auto wall = std::chrono::duration_cast<std::chrono::milliseconds>(
        clock.wall().time_since_epoch());
    return wall.count() - millisecondsOf(ticksOf(clock.monotonic()));
}

health::MemberProber::Options proberOptions(const MemberWatch::Parts& parts,
                                            health::MemberVerdictSink& sink)
{
    health::HealthSettings settings;
    settings.probeInterval = parts.config.health.probeInterval;
    settings.probeTimeout = parts.config.health.probeTimeout;
    settings.downAfter = parts.config.health.downAfter;
    settings.upAfter = parts.config.health.upAfter;
    return {.executor = parts.executor,
            .clock = parts.clock,
            .makeFetcher = parts.makeFetcher,
            .settings = settings,
            .overrides = {},
            .sink = sink};
}

telemetry::LoadWatch::Parts loadParts(const MemberWatch::Parts& parts, telemetry::LoadSink& sink)
{
    return {.sink = sink,
            .executor = parts.executor,
            .clock = parts.clock,
            .security = {},
            .ownName = parts.agentId};
}

} // namespace

MemberWatch::MemberWatch(Parts parts)
    : parts_(std::move(parts)), wallOffsetMs_(wallOffsetMs(parts_.clock)),
      prober_(proberOptions(parts_, *this)),
      trials_({.clock = parts_.clock,
               .makeFetcher = parts_.makeFetcher,
               .ownName = parts_.agentId}),
      loadWatch_(loadParts(parts_, *this))
{
}

void MemberWatch::follow(const proxy::ProxySnapshot& snapshot,
                         const control::FleetPicture& picture)
{
    std::vector<health::MemberTarget> targets;
    std::map<std::string, std::string> controlAddresses;
    serveOf_.clear();
    agentAt_.clear();
    for (const proxy::PoolPlan& pool : snapshot.pools) {
        const auto described = picture.policy.pools.find(pool.name);
        for (const upstream::Member& member : pool.members) {
            if (member.kind == upstream::MemberKind::Agent) {
                targets.push_back({member.address, nullptr});
                serveOf_[member.id] = member.address;
                agentAt_[member.address] = member.id;
                const auto record = picture.agents.find(member.id);
                if (record != picture.agents.end() && !record->second.addresses.control.empty())
                    controlAddresses[member.id] = record->second.addresses.control;
                continue;
            }
            // The engine beside this agent has a monitor of its own.
            if (snapshot.localEngine && snapshot.localEngine->address == member.address)
                continue;
            for (const model::StaticMember& listed : described->second.members) {
                if (listed.url == "http://" + member.address)
                    targets.push_back({member.address, parts_.profileOf(listed.profile)});
            }
        }
    }
    addStandbys(picture, controlAddresses);
    prober_.setTargets(targets);
    followTrials(snapshot, picture.policy);
    loadWatch_.setPeers(controlAddresses);
    const auto isGone = [&](const auto& entry) { return !controlAddresses.contains(entry.first); };
    std::erase_if(heard_, isGone);
    std::erase_if(tokenSeenAt_, isGone);
}

// The engine beside this agent has a monitor of its own, which is not asked by a breaker.
void MemberWatch::followTrials(const proxy::ProxySnapshot& snapshot, const model::Policy& policy)
{
    std::map<std::size_t, std::string> askedFor; // pool -> a model that clients ask it for
    for (const proxy::RoutePlan& route : snapshot.routes) {
        for (const proxy::WeightedPool& target : route.targets)
            askedFor.emplace(target.pool, route.model);
        for (const std::size_t pool : route.fallbacks)
            askedFor.emplace(pool, route.model);
        for (const std::size_t pool : route.largerContext)
            askedFor.emplace(pool, route.model);
    }
    std::vector<health::TrialTarget> targets;
    for (std::size_t i = 0; i < snapshot.pools.size(); ++i) {
        const proxy::PoolPlan& pool = snapshot.pools[i];
        const auto described = policy.pools.find(pool.name);
        for (const upstream::Member& member : pool.members) {
            health::TrialTarget target{member.cell, member.address, member.model, nullptr};
            if (target.model.empty())
                target.model = askedFor[i];
            if (member.kind == upstream::MemberKind::Engine) {
                const std::string profile = described == policy.pools.end()
                    ? ""
                    : described->second.profileAt("http://" + member.address);
                target.profile = parts_.profileOf(profile.empty() ? "openai" : profile);
            }
            targets.push_back(std::move(target));
        }
    }
    trials_.setTargets(std::move(targets));
}

// They get no requests; what they report is the proof that they could.
void MemberWatch::addStandbys(const control::FleetPicture& picture,
                              std::map<std::string, std::string>& controlAddresses) const
{
    for (const auto& [id, record] : picture.agents) {
        const bool isStandby = picture.policy.adminOf(id) == model::Admin::Standby
            && id != parts_.agentId && !record.pool.empty();
        if (isStandby && picture.isPresent(id) && !record.addresses.control.empty())
            controlAddresses[id] = record.addresses.control;
    }
}

void MemberWatch::onLoad(const std::string& agent, const model::LoadReport& report,
                         base::Monotonic receivedAt)
{
    heard_[agent] = {report, receivedAt};
    parts_.demand.take(agent, report.served, receivedAt);
    const auto address = serveOf_.find(agent);
    if (address == serveOf_.end())
        return;
    for (const auto& cell : parts_.registry.cellsAt(address->second))
        cell->take(report, ticksOf(receivedAt));
}

void MemberWatch::onLoadLost(const std::string& agent, const std::string&)
{
    heard_.erase(agent);
    tokenSeenAt_.erase(agent);
    parts_.demand.forget(agent);
    const auto address = serveOf_.find(agent);
    if (address == serveOf_.end())
        return;
    for (const auto& cell : parts_.registry.cellsAt(address->second))
        cell->forgetReports();
}

void MemberWatch::onProbe(const std::string& address, const health::MemberVerdict& verdict)
{
    const auto reachability
        = verdict.isReachable ? upstream::Reachability::Up : upstream::Reachability::Down;
    const auto serves = model::mayServe(verdict.health.state) ? upstream::MemberCell::Serves::Yes
                                                              : upstream::MemberCell::Serves::No;
    for (const auto& cell : parts_.registry.cellsAt(address))
        cell->takeProbe(reachability, serves, ticksOf(parts_.clock.monotonic()));
}

void MemberWatch::onFlip(const std::string& address, const health::MemberVerdict&,
                         const health::MemberVerdict& now)
{
    log::info("process", now.isReachable ? "member_reachable" : "member_unreachable", "address",
              address, "why", now.health.reason);
}

std::optional<MemberWatch::Reported> MemberWatch::reportOf(const std::string& agent) const
{
    const auto heard = heard_.find(agent);
    if (heard == heard_.end())
        return std::nullopt;
    const Ticks now = ticksOf(parts_.clock.monotonic());
    Reported reported{heard->second.report,
                      millisecondsOf(now - ticksOf(heard->second.receivedAt))};
    const auto seen = tokenSeenAt_.find(agent);
    if (seen == tokenSeenAt_.end())
        return reported;
    // Ages in a report are of its own moment.
    const std::int64_t age = millisecondsOf(now - ticksOf(seen->second)) - reported.ageMs;
    const auto seenAgeMs = static_cast<std::uint64_t>(std::max<std::int64_t>(age, 1));
    std::uint64_t& known = reported.report.lastTokenAgeMs;
    known = known == 0 ? seenAgeMs : std::min(known, seenAgeMs);
    return reported;
}

void MemberWatch::tokenSeen(const std::string& agent)
{
    if (heard_.contains(agent))
        tokenSeenAt_[agent] = parts_.clock.monotonic();
}

// By the offset of one moment: a reason's since is the same number each time it is told.
std::int64_t MemberWatch::unixMsOf(Ticks moment) const
{
    return moment == 0 ? 0 : millisecondsOf(moment) + wallOffsetMs_;
}

std::vector<model::MemberView> MemberWatch::views(const proxy::ProxySnapshot& snapshot) const
{
    std::vector<model::MemberView> views;
    upstream::PickContext context;
    context.now = ticksOf(parts_.clock.monotonic());
    upstream::Survey survey;
    for (const proxy::PoolPlan& pool : snapshot.pools) {
        upstream::survey(pool.members, context, survey);
        for (std::size_t i = 0; i < pool.members.size(); ++i) {
            const upstream::Member& member = pool.members[i];
            model::MemberView view;
            view.pool = pool.name;
            view.address = member.address;
            view.agent = member.kind == upstream::MemberKind::Agent ? member.id : "";
            view.model = member.model;
            view.reachable = member.cell->reachability() != upstream::Reachability::Down;
            view.suspect = member.cell->isSuspect();
            view.breaker = member.cell->breaker().state();
            const upstream::Exclusion exclusion = survey.candidates[i].exclusion;
            view.reason = upstream::describe(exclusion, member);
            view.sinceUnixMs = unixMsOf(upstream::sinceOf(exclusion, member));
            view.tripsTotal = member.cell->breaker().tripsTotal();
            view.inFlight = member.cell->inFlight();
            view.requestsTotal = member.cell->requestsTotal();
            view.failuresTotal = member.cell->failuresTotal();
            const upstream::Ticks reported = member.cell->reportedAt();
            view.reportAgeMs = reported == 0 ? -1 : (context.now - reported) / 1'000'000;
            views.push_back(std::move(view));
        }
    }
    return views;
}

} // namespace signalbox::process
