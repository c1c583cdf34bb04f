// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/ctl/commands/follow.h"

#include "console/ctl/commands/scaling_text.h"
#include "console/ctl/fleet_numbers.h"
#include "console/ctl/units.h"

#include <fmt/format.h>

#include <algorithm>

namespace signalbox::ctl {

namespace {

constexpr std::chrono::milliseconds kLook{250};
constexpr std::int64_t kAskAgainMs = 1000;
constexpr std::int64_t kPlainProgressMs = 5000; // where lines cannot be rewritten

std::set<std::string> caseDrains(const model::AdminEdit& edit)
{
    std::set<std::string> agents;
    for (const model::AdminChange& change : edit.changes) {
        if (change.admin == model::Admin::Drain)
            agents.insert(change.agent);
    }
    return agents;
}

// Who is left out has no work to wait for; what runs elsewhere ends where it is.
std::set<std::string> caseDrains(const model::RouteEdit&)
{
    return {};
}

// Its victims leave; see Follower.
std::set<std::string> caseDrains(const model::ScaleEdit&)
{
    return {};
}

std::set<std::string> drainedBy(const model::Edit& edit)
{
    return std::visit([](const auto& one) { return caseDrains(one); }, edit);
}

class Follower {
public:
    Follower(Desk& desk, const model::Preview& preview, base::Revision revision)
        : desk_(desk)
        , agents_(preview.agents)
        , revision_(revision)
        , startUnixMs_(desk.fleet.nowUnixMs())
    {
        seen_.drained = drainedBy(preview.plan.edit);
        if (const auto* scale = std::get_if<model::ScaleEdit>(&preview.plan.edit))
            followScale(*scale);
    }

    Followed run();

private:
    // Victims leave, and who comes back may have left: the scaler's word tells of them.
    void followScale(const model::ScaleEdit& edit)
    {
        scale_ = edit;
        seen_.isScale = true;
        for (const model::AdminChange& change : edit.changes)
            std::erase(agents_, change.agent);
    }
    bool isScaled() const
    {
        return !scale_ || (seen_.scaling && ctl::isReached(*seen_.scaling, scale_->desired));
    }
    void look();
    bool isReached() const;
    bool isApplied(const AgentFacts& agent) const
    {
        return agent.state.record.appliedRevision >= revision_;
    }
    bool isDrained(const AgentFacts& agent) const
    {
        return isApplied(agent) && agent.state.drain.phase == model::DrainPhase::Drained;
    }
    std::string line() const;
    std::string agentText(const AgentFacts& agent) const;
    void showProgress();
    Followed end(ExitCode code, std::string problem);

    Desk& desk_;
    std::vector<std::string> agents_;
    base::Revision revision_;
    std::optional<model::ScaleEdit> scale_;
    std::int64_t startUnixMs_;
    std::int64_t askedUnixMs_ = 0;
    std::int64_t shownUnixMs_ = 0;
    std::int64_t nowUnixMs_ = 0;
    Link link_;
    Followed seen_;
};

void Follower::look()
{
    const Picture picture = desk_.fleet.picture();
    nowUnixMs_ = picture.nowUnixMs;
    link_ = picture.link;
    seen_.agents.clear();
    for (const AgentFacts& agent : picture.agents) {
        if (std::find(agents_.begin(), agents_.end(), agent.state.record.id.str()) != agents_.end())
            seen_.agents.push_back(agent);
    }
    if (scale_)
        seen_.scaling = scalingOf(picture, scale_->pool);
    if (nowUnixMs_ - askedUnixMs_ < kAskAgainMs)
        return;
    askedUnixMs_ = nowUnixMs_;
    // An agent that cannot be asked just now is seen in the next look; the link says why.
    if (auto convergence = desk_.fleet.convergence(revision_, agents_))
        seen_.convergence = std::move(*convergence);
}

bool Follower::isReached() const
{
    if (seen_.agents.size() < agents_.size() || !isScaled())
        return false;
    return std::all_of(seen_.agents.begin(), seen_.agents.end(), [this](const AgentFacts& agent) {
        const bool mustDrain = seen_.drained.contains(agent.state.record.id.str());
        return mustDrain ? isDrained(agent) : isApplied(agent);
    });
}

std::string Follower::agentText(const AgentFacts& agent) const
{
    const std::string id = safeText(agent.state.record.id.str());
    if (!agent.goneReason.empty())
        return id + " left the fleet";
    if (!isApplied(agent))
        return fmt::format("{} behind (at {}, heard {} ago)", id,
                           agent.state.record.appliedRevision, shortDuration(agent.ageMs));
    if (isDrained(agent))
        return id + " drained";
    if (agent.state.drain.phase == model::DrainPhase::Draining)
        return fmt::format("{} {} left, longest {}", id, agent.state.drain.remaining,
                           shortDuration(agent.state.drain.longestMs));
    return seen_.drained.contains(id) ? id + " " + std::string(nameOf(agent.state.admin))
                                      : id + " follows";
}

std::string Follower::line() const
{
    const model::Convergence& convergence = seen_.convergence;
    std::string text = fmt::format("applied by {} of {}", convergence.alteredApplied,
                                   std::max<std::size_t>(convergence.alteredTotal, agents_.size()));
    if (convergence.wholeTotal > 0)
        text += fmt::format(" (fleet {} of {})", convergence.wholeApplied, convergence.wholeTotal);
    if (seen_.scaling)
        text += "  |  " + scalingText(*seen_.scaling);
    for (const AgentFacts& agent : seen_.agents)
        text += "  |  " + agentText(agent);
    if (link_.state == LinkState::Lost)
        text += "  |  connection lost: " + safeText(link_.problem);
    return text;
}

void Follower::showProgress()
{
    if (desk_.options.output == Output::Json)
        return;
    if (!desk_.terminal.isInteractive()) {
        if (nowUnixMs_ - shownUnixMs_ < kPlainProgressMs)
            return;
        shownUnixMs_ = nowUnixMs_;
    }
    desk_.terminal.progress(line());
}

Followed Follower::end(ExitCode code, std::string problem)
{
    desk_.terminal.endProgress();
    seen_.code = code;
    seen_.problem = std::move(problem);
    return std::move(seen_);
}

Followed Follower::run()
{
    if (const base::Status status = desk_.fleet.watch(desk_.options.timeout); !status)
        return end(exitCodeOf(status.error()), "cannot be followed: " + status.error().text());
    while (true) {
        look();
        showProgress();
        if (isReached())
            return end(ExitCode::Done, "");
        const auto left
            = std::find_if(seen_.agents.begin(), seen_.agents.end(),
                           [](const AgentFacts& agent) { return !agent.goneReason.empty(); });
        if (left != seen_.agents.end())
            return end(ExitCode::Failed,
                       left->state.record.id.str()
                           + " left the fleet before that: " + left->goneReason);
        const std::int64_t waitMs = desk_.options.change.waitMs;
        if (waitMs > 0 && nowUnixMs_ - startUnixMs_ >= waitMs)
            return end(ExitCode::TimedOut, "not seen through within " + durationText(waitMs));
        desk_.terminal.waitForKey(kLook);
        if (desk_.terminal.interrupted())
            return end(ExitCode::Interrupted, "interrupted");
    }
}

} // namespace

Followed follow(Desk& desk, const model::Preview& preview, base::Revision revision)
{
    return Follower(desk, preview, revision).run();
}

} // namespace signalbox::ctl
