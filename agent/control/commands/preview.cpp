// SPDX-License-Identifier: Apache-2.0
#include "agent/control/commands/preview.h"

#include "agent/control/impact/pool_impact.h"
#include "agent/control/impact/route_impact.h"
#include "agent/control/impact/scale_plan.h"
#include "shared/base/limits.h"
#include "shared/base/names.h"
#include "shared/model/policy_edit.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace signalbox::control {

namespace {

using model::Admin;
using model::Policy;
using model::Verb;

constexpr std::int64_t kPlanLifeMs = 60'000;
constexpr std::int64_t kLongExchangeMs = 5 * 60'000;

base::Error notFound(std::string_view what, const std::string& name,
                     const std::vector<std::string>& known)
{
    const auto near = base::nearestWord(name, known);
    return base::Error(base::Code::NotFound,
                       fmt::format("there is no {} '{}' in the fleet{}", what, name.substr(0, 64),
                                   near ? "; did you mean '" + *near + "'?" : ""),
                       base::Origin::Client);
}

template <typename Object>
std::vector<std::string> namesOf(const std::map<std::string, Object>& objects)
{
    std::vector<std::string> names;
    for (const auto& [name, object] : objects)
        names.push_back(name);
    return names;
}

// One preview in the making. Lives on: the calling thread.
class Previewing {
public:
    Previewing(const PreviewInputs& inputs, Undoing undoing)
        : inputs_(inputs), undoing_(undoing), before_(inputs.policy->policy)
    {
    }

    base::Result<Previewed> run(model::Edit edit)
    {
        SB_TRY(edit, std::visit([this](auto one) { return completed(std::move(one)); },
                                std::move(edit)));
        SB_TRY(after_, model::applyEdit(before_, edit, ""));
        SB_CHECK(std::visit([this](const auto& one) { return checkMembers(one); }, edit));
        if (const auto problems = model::validate(after_); !problems.empty()) {
            return base::Error(base::Code::FailedPrecondition,
                               fmt::format("policy would not be valid: {}",
                                           fmt::join(problems, "; ")),
                               base::Origin::Client);
        }
        changed_ = model::agentsChangedBy(before_, edit);
        alterEveryone_ = std::holds_alternative<model::RouteEdit>(edit);
        preview_.inverse = model::inverseOf(before_, edit);
        preview_.diff = model::diffOf(before_, after_);
        preview_.agents = altered();
        std::visit([this](const auto& one) { addSupervisor(one); }, edit);
        warnAboutHistory();
        std::visit([this](const auto& one) { warnAbout(one); }, edit);
        std::visit([this](const auto& one) { weigh(one); }, edit);
        tellRefusal();
        makePlan(std::move(edit));
        if (preview_.warnings.size() > limits::kWarningsShown) {
            const std::size_t more = preview_.warnings.size() - limits::kWarningsShown + 1;
            preview_.warnings.resize(limits::kWarningsShown - 1);
            preview_.warnings.push_back(fmt::format("and {} more warnings", more));
        }
        return Previewed{std::move(preview_), fmt::format("{}", fmt::join(poolsAtRisk_, ","))};
    }

private:
    // A pool that was named becomes its agents; the verb says their state; all must be there.
    base::Result<model::Edit> completed(model::AdminEdit edit) const
    {
        if (!edit.pool.empty() && !before_.pools.contains(edit.pool))
            return notFound("pool", edit.pool, namesOf(before_.pools));
        if (!edit.pool.empty() && edit.changes.empty()) {
            SB_TRY(edit.changes, changesOf(edit));
        }
        if (edit.changes.size() > limits::kChangesPerCommand) {
            return base::Error(base::Code::ResourceExhausted,
                               fmt::format("{} agents in one command; the most is {}: do it in "
                                           "parts",
                                           edit.changes.size(), limits::kChangesPerCommand),
                               base::Origin::Client);
        }
        for (model::AdminChange& change : edit.changes) {
            if (edit.verb != Verb::SetAdmin)
                change.admin = edit.verb == Verb::Drain ? Admin::Drain : Admin::Run;
            if (change.admin != Admin::Drain)
                change.deadlineUnixMs = 0;
            if (!isKnown(change.agent))
                return notFound("agent", change.agent, namesOf(inputs_.fleet->agents));
        }
        return model::Edit(std::move(edit));
    }

    // The pool of a failover is named, and its members that are left out are drained.
    base::Result<model::Edit> completed(model::RouteEdit edit) const
    {
        const auto route = before_.routes.find(edit.route);
        if (route == before_.routes.end())
            return notFound("route", edit.route, namesOf(before_.routes));
        for (const model::RouteTarget& target : edit.targets) {
            if (!before_.pools.contains(target.pool))
                return notFound("pool", target.pool, namesOf(before_.pools));
        }
        if (edit.restore)
            return model::Edit(std::move(edit));
        const bool isFailover = edit.verb == Verb::Failover;
        if (isFailover && edit.toPool.empty() && !route->second.fallbacks.empty())
            edit.toPool = route->second.fallbacks.front();
        if (isFailover && !edit.toPool.empty() && !before_.pools.contains(edit.toPool))
            return notFound("pool", edit.toPool, namesOf(before_.pools));
        for (model::AdminChange& member : edit.members) {
            if (!isKnown(member.agent))
                return notFound("agent", member.agent, namesOf(inputs_.fleet->agents));
            member.admin = Admin::Drain;
            member.deadlineUnixMs = 0;
        }
        return model::Edit(std::move(edit));
    }

    base::Result<model::Edit> completed(model::ScaleEdit edit) const
    {
        if (!before_.pools.contains(edit.pool))
            return notFound("pool", edit.pool, namesOf(before_.pools));
        SB_TRY(edit, completedScale(inputs_, std::move(edit)));
        return model::Edit(std::move(edit));
    }

    static base::Status checkMembers(const model::AdminEdit&) { return {}; }
    static base::Status checkMembers(const model::ScaleEdit&) { return {}; } // checked above

    // Only who would get the route's requests can be left out.
    base::Status checkMembers(const model::RouteEdit& edit) const
    {
        if (edit.restore)
            return {};
        if (edit.members.size() > limits::kChangesPerCommand) {
            return base::Error(base::Code::ResourceExhausted,
                               fmt::format("{} agents are left out; the most is {}",
                                           edit.members.size(), limits::kChangesPerCommand),
                               base::Origin::Client);
        }
        for (const model::AdminChange& member : edit.members) {
            const auto record = inputs_.fleet->agents.find(member.agent);
            const bool isOfTarget = record != inputs_.fleet->agents.end()
                && after_.routes.at(edit.route).targetOf(record->second.pool) != nullptr;
            if (!isOfTarget)
                return base::Error(base::Code::InvalidArgument,
                                   fmt::format("{} is in no pool that route {} goes to: there is "
                                               "nothing to leave it out of",
                                               member.agent, edit.route),
                                   base::Origin::Client);
        }
        return {};
    }

    base::Result<std::vector<model::AdminChange>> changesOf(const model::AdminEdit& edit) const
    {
        if (edit.verb == Verb::SetAdmin) {
            return base::Error(base::Code::InvalidArgument,
                               "a state for a whole pool needs the agents and their state",
                               base::Origin::Client);
        }
        std::vector<model::AdminChange> changes;
        for (const auto& [id, record] : inputs_.fleet->agents) {
            if (record.pool == edit.pool)
                changes.push_back({id, Admin::Run, 0});
        }
        if (changes.empty()) {
            return base::Error(base::Code::FailedPrecondition,
                               fmt::format("pool '{}' has no agent: engines without an agent "
                                           "cannot be drained, only left out of the pool",
                                           edit.pool),
                               base::Origin::Client);
        }
        return changes;
    }

    // An agent that is gone but still drained may be undrained.
    bool isKnown(const std::string& agent) const
    {
        return inputs_.fleet->agents.contains(agent) || before_.admin.contains(agent);
    }

    // The agents themselves, and whoever sends requests: it stops, or begins, to send to them.
    std::vector<std::string> altered() const
    {
        std::vector<std::string> agents = changed_;
        if (preview_.diff.empty())
            return agents;
        const bool hasGateway = std::any_of(
            inputs_.fleet->agents.begin(), inputs_.fleet->agents.end(), [&](const auto& entry) {
                return isPresentGateway(entry.first, entry.second);
            });
        for (const auto& [id, record] : inputs_.fleet->agents) {
            const bool sends
                = hasGateway ? isPresentGateway(id, record) : alterEveryone_ && isPresent(id);
            if (sends && std::find(agents.begin(), agents.end(), id) == agents.end())
                agents.push_back(id);
        }
        return agents;
    }

    bool isPresent(const std::string& id) const { return inputs_.fleet->isPresent(id); }

    bool isPresentGateway(const std::string& id, const model::AgentRecord& record) const
    {
        return record.kind == model::AgentKind::Gateway && isPresent(id);
    }

    static void addSupervisor(const model::AdminEdit&) {}
    static void addSupervisor(const model::RouteEdit&) {}

    // Whoever starts and stops the instances does so because of this.
    void addSupervisor(const model::ScaleEdit& edit)
    {
        const std::string& on = before_.pools.at(edit.pool).scale->on;
        std::vector<std::string>& agents = preview_.agents;
        if (!preview_.diff.empty() && isPresent(on)
            && std::find(agents.begin(), agents.end(), on) == agents.end())
            agents.push_back(on);
    }

    void makePlan(model::Edit edit)
    {
        model::Plan& plan = preview_.plan;
        plan.edit = std::move(edit);
        plan.baseRevision = before_.revision;
        plan.undoes = undoing_.number;
        plan.expiresUnixMs = inputs_.nowUnixMs + kPlanLifeMs;
        for (const model::PolicyObject& object : model::changedObjects(before_, after_)) {
            const std::string key
                = fmt::format("policy/{}/{}", model::nameOf(object.kind), object.name);
            plan.reads.push_back({key, inputs_.policy->revisionOf(key)});
        }
    }

    void warn(std::string text) { preview_.warnings.push_back(std::move(text)); }

    void warnAboutHistory()
    {
        if (undoing_.number != 0 && undoing_.revision != 0
            && before_.revision != undoing_.revision)
            warn(fmt::format("policy has moved since command {}: from revision {} to {}",
                             undoing_.number, undoing_.revision, before_.revision));
    }

    void warnAbout(const model::AdminEdit& edit)
    {
        for (const model::AdminChange& change : edit.changes) {
            if (std::find(changed_.begin(), changed_.end(), change.agent) == changed_.end())
                warn(fmt::format("{} is in {} already: nothing changes for it", change.agent,
                                 model::nameOf(change.admin)));
            else
                warnAboutChange(change);
        }
    }

    void warnAbout(const model::RouteEdit& edit)
    {
        for (const model::AdminChange& member : edit.members)
            warnAboutChange(member);
    }

    void warnAbout(const model::ScaleEdit& edit)
    {
        for (std::string& warning : scaleWarnings(inputs_, edit))
            warn(std::move(warning));
    }

    void warnAboutChange(const model::AdminChange& change)
    {
        if (!inputs_.fleet->isPresent(change.agent))
            warn(fmt::format("{} is not registered now: it follows when it is back",
                             change.agent));
        const bool isPast
            = change.deadlineUnixMs != 0 && change.deadlineUnixMs <= inputs_.nowUnixMs;
        if (isPast)
            warn(fmt::format("the deadline of {} has passed already", change.agent));
        const auto facts = inputs_.live->factsOf(change.agent);
        const std::int64_t longest = facts ? facts->state.drain.longestMs : 0;
        if (model::takesNewWork(change.admin) || longest < kLongExchangeMs)
            return;
        warn(fmt::format("{} has an exchange open for {} already; a drain waits for it {}",
                         change.agent, model::spanText(longest),
                         change.deadlineUnixMs == 0 ? "without end" : "and may pass its deadline"));
    }

    void weigh(const model::AdminEdit&)
    {
        std::set<std::string> pools;
        for (const std::string& agent : changed_) {
            const auto found = inputs_.fleet->agents.find(agent);
            if (found != inputs_.fleet->agents.end() && !found->second.pool.empty())
                pools.insert(found->second.pool);
        }
        for (const std::string& name : pools)
            weighPool(name, 0);
    }

    void weigh(const model::ScaleEdit& edit)
    {
        if (std::string refusal = scaleRefusal(inputs_, edit); !refusal.empty()) {
            refusals_.push_back(std::move(refusal));
            poolsAtRisk_.push_back(edit.pool);
        }
        weighPool(edit.pool, startedBy(inputs_, edit));
    }

    void weighPool(const std::string& name, std::uint32_t started)
    {
        PoolImpact impact = impactOn(name, inputs_, after_, started);
        preview_.survivors.push_back(impact.load);
        for (std::string& warning : impact.warnings)
            warn(std::move(warning));
        if (impact.refusal.empty())
            return;
        refusals_.push_back(std::move(impact.refusal));
        if (std::find(poolsAtRisk_.begin(), poolsAtRisk_.end(), name) == poolsAtRisk_.end())
            poolsAtRisk_.push_back(name);
    }

    void weigh(const model::RouteEdit& edit)
    {
        RouteImpact impact = impactOfRoute(edit.route, inputs_, after_);
        preview_.survivors = std::move(impact.loads);
        preview_.proofs = std::move(impact.proofs);
        for (std::string& warning : impact.warnings)
            warn(std::move(warning));
        refusals_ = std::move(impact.refusals);
        poolsAtRisk_ = std::move(impact.poolsAtRisk);
    }

    void tellRefusal()
    {
        if (refusals_.empty())
            return;
        preview_.overrideName = fmt::format("{}", fmt::join(poolsAtRisk_, ","));
        preview_.refusal = fmt::format("{}. To do it all the same, type '{}'",
                                       fmt::join(refusals_, "; "), preview_.overrideName);
    }

    const PreviewInputs& inputs_;
    const Undoing undoing_;
    const Policy& before_;
    Policy after_;
    std::vector<std::string> changed_;
    bool alterEveryone_ = false; // where there is no gateway, each agent routes
    std::vector<std::string> poolsAtRisk_;
    std::vector<std::string> refusals_;
    model::Preview preview_;
};

} // namespace

base::Result<Previewed> previewOf(const PreviewInputs& inputs, model::Edit edit, Undoing undoing)
{
    return Previewing(inputs, undoing).run(std::move(edit));
}

} // namespace signalbox::control
