// SPDX-License-Identifier: Apache-2.0
#include "agent/control/impact/scale_plan.h"

#include "shared/base/limits.h"
#include "shared/model/policy_edit.h"
#include "shared/model/scale_template.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

namespace signalbox::control {

namespace {

using model::Admin;
using model::AdminChange;
using model::PoolScale;

base::Error invalid(std::string text)
{
    return base::Error(base::Code::InvalidArgument, std::move(text), base::Origin::Client);
}

std::string counted(std::uint64_t count, std::string_view one)
{
    return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

// One scale in the making. Lives on: the calling thread.
class Scaling {
public:
    Scaling(const PreviewInputs& inputs, const model::ScaleEdit& edit)
        : inputs_(inputs), edit_(edit), policy_(inputs.policy->policy),
          scale_(policy_.pools.at(edit.pool).scale)
    {
    }

    const std::optional<PoolScale>& scale() const { return scale_; }
    bool isIn() const { return edit_.desired < scale_->desired; }
    bool isOut() const { return edit_.desired > scale_->desired; }

    // Its instances that are in the fleet, the best victims first.
    std::vector<std::string> candidates() const
    {
        std::vector<const model::AgentRecord*> records;
        for (const auto& [id, record] : inputs_.fleet->agents) {
            if (isOurs(record) && inputs_.fleet->isPresent(id))
                records.push_back(&record);
        }
        const auto rank = [this](const model::AgentRecord* record) {
            const std::string& id = record->id.str();
            const bool isServing = model::takesNewWork(policy_.adminOf(id));
            return std::tuple(isServing, openAt(id), -record->startedUnixMs, id);
        };
        std::sort(records.begin(), records.end(),
                  [&](const auto* a, const auto* b) { return rank(a) < rank(b); });
        std::vector<std::string> ids;
        for (const model::AgentRecord* record : records)
            ids.push_back(record->id.str());
        return ids;
    }

    bool isOurs(const model::AgentRecord& record) const
    {
        return record.pool == edit_.pool && record.startedBy == scale_->on;
    }

    std::uint32_t openAt(const std::string& agent) const
    {
        const auto facts = inputs_.live->factsOf(agent);
        return facts ? openOn(facts->state) : 0;
    }

    // Instances that are not in the fleet yet serve nobody: they go first and need no drain.
    std::size_t victimsNeeded(std::size_t present) const
    {
        const std::size_t stay
            = edit_.desired > scale_->others ? edit_.desired - scale_->others : 0;
        return present > stay ? present - stay : 0;
    }

    std::vector<AdminChange> returning() const
    {
        std::vector<AdminChange> changes;
        for (std::uint32_t at = 1; at <= 2 * limits::kScaledPairs; ++at) {
            const std::string id = model::pairId(edit_.pool, scale_->others + at);
            const auto agent = inputs_.fleet->agents.find(id);
            const bool isForeign = agent != inputs_.fleet->agents.end() && !isOurs(agent->second);
            if (policy_.adminOf(id) == Admin::Drain && !isForeign)
                changes.push_back({id, Admin::Run, 0});
        }
        return changes;
    }

private:
    const PreviewInputs& inputs_;
    const model::ScaleEdit& edit_;
    const model::Policy& policy_;
    const std::optional<PoolScale>& scale_;
};

base::Status checkVictims(const PreviewInputs& inputs, const model::ScaleEdit& edit,
                          const Scaling& scaling)
{
    std::size_t victims = 0;
    for (const AdminChange& change : edit.changes) {
        if (change.admin != Admin::Drain)
            continue;
        ++victims;
        const auto agent = inputs.fleet->agents.find(change.agent);
        if (agent == inputs.fleet->agents.end() || !scaling.isOurs(agent->second))
            return invalid(fmt::format("'{}' cannot be a victim: it is no instance that the scaler "
                                       "of pool '{}' started",
                                       change.agent.substr(0, 63), edit.pool));
    }
    const std::size_t most = scaling.isIn() ? scaling.scale()->desired - edit.desired : 0;
    if (victims > most)
        return invalid(fmt::format("{} are named, and from {} to {} instances {} go",
                                   counted(victims, "victim"), scaling.scale()->desired,
                                   edit.desired, most));
    return {};
}

std::string memoryText(std::uint64_t bytes)
{
    return fmt::format("{:.1f} GiB", static_cast<double>(bytes) / (1024.0 * 1024.0 * 1024.0));
}

void warnAboutStarts(const PreviewInputs& inputs, const model::ScaleEdit& edit,
                     const Scaling& scaling, std::vector<std::string>& warnings)
{
    const std::uint32_t started = startedBy(inputs, edit);
    const auto facts = inputs.live->start ? inputs.live->start(edit.pool) : std::nullopt;
    std::string text = fmt::format("{} started by {}; nothing changes until they are ready",
                                   started == 1 ? "1 instance is" : fmt::format("{} instances are",
                                                                               started),
                                   scaling.scale()->on);
    if (facts && facts->lastStartMs > 0)
        text += fmt::format(" (the last one took {:.1f} s)",
                            static_cast<double>(facts->lastStartMs) / 1000);
    warnings.push_back(std::move(text));
    if (facts && facts->cpus > 0 && facts->memoryBytes > 0)
        warnings.push_back(fmt::format("the machine of {} has {} and {} of {} memory free for all "
                                       "of them",
                                       scaling.scale()->on, counted(facts->cpus, "CPU"),
                                       memoryText(facts->memoryFreeBytes),
                                       memoryText(facts->memoryBytes)));
}

void warnAboutVictims(const model::ScaleEdit& edit, const Scaling& scaling,
                      std::vector<std::string>& warnings)
{
    std::vector<std::string> victims;
    for (const AdminChange& change : edit.changes) {
        if (change.admin == Admin::Drain)
            victims.push_back(fmt::format("{} ({} open)", change.agent,
                                          scaling.openAt(change.agent)));
    }
    if (victims.empty())
        warnings.emplace_back("no victim serves requests: what goes is not ready yet");
    else
        warnings.push_back(fmt::format("victims: {}; they are drained first, and what is open "
                                       "after {} is cut",
                                       fmt::join(victims, ", "),
                                       model::spanText(scaling.scale()->drainDeadlineMs)));
}

} // namespace

base::Result<model::ScaleEdit> completedScale(const PreviewInputs& inputs, model::ScaleEdit edit)
{
    const model::ScaleEdit asked = edit;
    const Scaling scaling(inputs, asked);
    if (!scaling.scale())
        return edit; // which applying it refuses, with the reason
    SB_CHECK(checkVictims(inputs, edit, scaling));
    if (scaling.isOut() && edit.changes.empty())
        edit.changes = scaling.returning();
    const std::vector<std::string> candidates = scaling.candidates();
    const std::size_t needed = scaling.isIn() ? scaling.victimsNeeded(candidates.size()) : 0;
    for (const std::string& agent : candidates) {
        const bool isNamed
            = std::any_of(edit.changes.begin(), edit.changes.end(),
                          [&](const AdminChange& change) { return change.agent == agent; });
        if (edit.changes.size() < needed && !isNamed)
            edit.changes.push_back({agent, Admin::Drain, 0});
    }
    for (AdminChange& change : edit.changes) {
        if (change.admin == Admin::Drain && change.deadlineUnixMs == 0)
            change.deadlineUnixMs = inputs.nowUnixMs + scaling.scale()->drainDeadlineMs;
    }
    return edit;
}

std::uint32_t startedBy(const PreviewInputs& inputs, const model::ScaleEdit& edit)
{
    const Scaling scaling(inputs, edit);
    if (!scaling.scale() || !scaling.isOut())
        return 0;
    const auto back = static_cast<std::uint32_t>(
        std::count_if(edit.changes.begin(), edit.changes.end(), [&](const AdminChange& change) {
            return change.admin == Admin::Run && inputs.fleet->isPresent(change.agent);
        }));
    const std::uint32_t more = edit.desired - scaling.scale()->desired;
    return more > back ? more - back : 0;
}

std::vector<std::string> scaleWarnings(const PreviewInputs& inputs, const model::ScaleEdit& edit)
{
    std::vector<std::string> warnings;
    const Scaling scaling(inputs, edit);
    if (!scaling.scale())
        return warnings;
    if (scaling.isOut())
        warnAboutStarts(inputs, edit, scaling, warnings);
    else if (scaling.isIn())
        warnAboutVictims(edit, scaling, warnings);
    std::uint32_t others = 0;
    for (const auto& [id, record] : inputs.fleet->agents)
        others += record.pool == edit.pool && !scaling.isOurs(record) ? 1U : 0U;
    if (others != scaling.scale()->others)
        warnings.push_back(fmt::format("policy counts {} that others start in pool {}, and {} {} "
                                       "there",
                                       counted(scaling.scale()->others, "instance"), edit.pool,
                                       others, others == 1 ? "is" : "are"));
    return warnings;
}

std::string scaleRefusal(const PreviewInputs& inputs, const model::ScaleEdit& edit)
{
    const Scaling scaling(inputs, edit);
    if (!scaling.scale() || !scaling.isOut())
        return {};
    const std::string& on = scaling.scale()->on;
    if (!inputs.fleet->isPresent(on))
        return fmt::format("{}, which starts the instances of pool {}, is not in the fleet", on,
                           edit.pool);
    if (!inputs.fleet->agents.at(on).startsProcesses)
        return fmt::format("{} starts no instances: scaling.process.enabled is off in its "
                           "configuration",
                           on);
    return {};
}

} // namespace signalbox::control
