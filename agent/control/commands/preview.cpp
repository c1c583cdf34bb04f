// SPDX-License-Identifier: Apache-2.0
#include "agent/control/commands/preview.h"

#include "shared/base/names.h"
#include "shared/model/policy_edit.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace signalbox::control {

namespace {

using namespace std::chrono_literals;
using model::Policy;

constexpr auto kPlanLife = 60s;
constexpr double kReferenceSteps = 8; // algorithms.md §1.3, n_ref

std::int64_t unixMs(base::Wall wall)
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(wall.time_since_epoch()).count();
}

base::Error notFound(std::string_view what, const std::string& name,
                     const std::vector<std::string>& known)
{
    const auto near = base::nearestWord(name, known);
    return base::Error(base::Code::NotFound,
                       fmt::format("there is no {} '{}'{}", what, name,
                                   near ? "; did you mean '" + *near + "'?" : ""),
                       base::Origin::Client);
}

bool isReady(const model::AgentRecord& record, const Policy& policy)
{
    return model::mayServe(record.health.state)
        && model::takesNewWork(policy.adminOf(record.id.str()));
}

// The sum of what a pool's members have to do, to be shared by those that stay.
struct PoolWork {
    std::uint32_t members = 0;
    std::uint32_t reported = 0;
    double pendingTokens = 0;
    double decoding = 0;
    double rate = 0; // tokens/s, summed
    double crowding = 0; // ms per stream and step, summed

    void add(const model::LoadReport& report)
    {
        ++reported;
        pendingTokens += static_cast<double>(report.pendingPrefillTokens);
        decoding += report.decoding;
        rate += report.prefillTokensPerSecond;
        crowding += report.decodeMsPerSequence;
    }
    // Mean estimate of a request that comes now, when `members` share the work (algorithms.md
    // §1.3); -1 where an engine's rate is not known.
    double ttftMs(std::uint32_t shared) const
    {
        if (shared == 0 || reported == 0 || rate <= 0)
            return -1;
        const double own = rate / reported;
        return pendingTokens / shared / own * 1'000
            + decoding / shared * (crowding / reported) * kReferenceSteps;
    }
};

} // namespace

base::Result<model::Preview> Previewer::preview(model::Edit edit, std::uint64_t undoes) const
{
    const Policy& before = watch_.picture()->policy;
    SB_TRY(model::AdminEdit admin, complete(std::get<model::AdminEdit>(edit)));
    edit = std::move(admin);
    SB_TRY(const Policy after, model::applyEdit(before, edit, "preview"));
    model::Preview preview;
    preview.inverse = model::inverseOf(before, edit);
    preview.diff = model::diffOf(before, after);
    preview.agents = model::agentsOf(edit);
    preview.plan.edit = std::move(edit);
    preview.plan.baseRevision = before.revision;
    preview.plan.undoes = undoes;
    preview.plan.expiresUnixMs = unixMs(clock_.wall() + kPlanLife);
    addReads(before, after, preview.plan);
    addSurvivors(before, after, preview);
    judge(after, preview);
    signer_.sign(preview.plan);
    return preview;
}

// A pool that was named becomes its agents; what is named must be there.
base::Result<model::AdminEdit> Previewer::complete(model::AdminEdit edit) const
{
    const FleetPicture& fleet = *watch_.picture();
    if (!edit.pool.empty() && !fleet.policy.pools.contains(edit.pool)) {
        std::vector<std::string> known;
        for (const auto& [name, pool] : fleet.policy.pools)
            known.push_back(name);
        return notFound("pool", edit.pool, known);
    }
    if (!edit.pool.empty() && edit.changes.empty()) {
        const model::Admin admin
            = edit.verb == model::Verb::Undrain ? model::Admin::Run : model::Admin::Drain;
        for (const auto& [id, record] : fleet.agents) {
            if (record.pool == edit.pool)
                edit.changes.push_back({id, admin, 0});
        }
    }
    for (const model::AdminChange& change : edit.changes)
        SB_CHECK(checkAgent(change.agent));
    return edit;
}

base::Status Previewer::checkAgent(const std::string& agent) const
{
    const FleetPicture& fleet = *watch_.picture();
    // An agent that is gone but still drained may be undrained.
    if (fleet.agents.contains(agent) || fleet.policy.admin.contains(agent))
        return {};
    std::vector<std::string> known;
    for (const auto& [id, record] : fleet.agents)
        known.push_back(id);
    return notFound("agent", agent, known);
}

void Previewer::addReads(const Policy& before, const Policy& after, model::Plan& plan) const
{
    plan.reads.push_back(
        {keys_.relative(keys_.policyHead()), watch_.revisionOf(keys_.policyHead())});
    for (const model::PolicyObject& object : model::changedObjects(before, after)) {
        const std::string key = keys_.policy(object.kind, object.name);
        plan.reads.push_back({keys_.relative(key), watch_.revisionOf(key)});
    }
}

void Previewer::addSurvivors(const Policy& before, const Policy& after,
                             model::Preview& preview) const
{
    std::set<std::string> pools;
    for (const std::string& agent : preview.agents) {
        const auto found = watch_.picture()->agents.find(agent);
        if (found != watch_.picture()->agents.end() && !found->second.pool.empty())
            pools.insert(found->second.pool);
    }
    for (const std::string& name : pools) {
        const auto pool = after.pools.find(name);
        if (pool != after.pools.end())
            preview.survivors.push_back(survivorsOf(pool->second, before, after));
    }
}

model::SurvivorLoad Previewer::survivorsOf(const model::Pool& pool, const Policy& before,
                                           const Policy& after) const
{
    model::SurvivorLoad load;
    load.pool = pool.name;
    load.utilisationBefore = load.utilisationAfter = -1; // needs history; said, not guessed
    load.readyBefore = load.readyAfter = static_cast<std::uint32_t>(pool.members.size());
    PoolWork work;
    for (const auto& [id, record] : watch_.picture()->agents) {
        if (record.pool != pool.name)
            continue;
        const bool wasReady = isReady(record, before);
        const bool staysReady = isReady(record, after);
        load.readyBefore += wasReady ? 1 : 0;
        load.readyAfter += staysReady ? 1 : 0;
        const auto report = loadOf_(id);
        if (!report)
            continue;
        if (wasReady)
            work.add(*report);
        if (wasReady && !staysReady)
            load.inFlightMoved += report->decoding + report->queued;
    }
    load.ttftBeforeMs = work.ttftMs(load.readyBefore);
    load.ttftAfterMs = work.ttftMs(load.readyAfter);
    return load;
}

void Previewer::judge(const Policy& after, model::Preview& preview) const
{
    if (preview.diff.empty())
        preview.warnings.push_back("nothing changes: it is already so");
    for (const model::SurvivorLoad& load : preview.survivors) {
        if (load.readyAfter >= load.readyBefore)
            continue;
        const std::uint32_t floor = after.pools.at(load.pool).readyFloor;
        if (load.readyAfter < floor) {
            preview.refusal = fmt::format("pool {} would have {} ready of {} now; its floor is {}. "
                                          "Apply needs the pool's name "
                                          "as an override",
                                          load.pool, load.readyAfter, load.readyBefore, floor);
        } else if (load.readyAfter == 1) {
            preview.warnings.push_back(fmt::format(
                "pool {} is left with one ready instance and no redundancy", load.pool));
        }
    }
}

} // namespace signalbox::control
