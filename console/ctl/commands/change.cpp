// SPDX-License-Identifier: GPL-3.0-or-later
// The path of every change: preview, ask, apply, follow. Scripts take the same path without asking.
#include "console/ctl/commands/change_report.h"
#include "console/ctl/commands/commands.h"
#include "console/ctl/commands/follow.h"
#include "console/ctl/commands/settle.h"
#include "console/ctl/preview_text.h"
#include "console/ctl/safe_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace signalbox::ctl {

namespace {

using Verb = ChangeOptions::Verb;

model::Edit routeEditOf(const ChangeOptions& change)
{
    model::RouteEdit edit;
    edit.verb = change.verb == Verb::Failover ? model::Verb::Failover
        : change.verb == Verb::Failback       ? model::Verb::Failback
                                              : model::Verb::SetWeights;
    edit.route = change.route;
    edit.toPool = change.pool;
    edit.targets = change.weights;
    for (const std::string& agent : change.agents)
        edit.members.push_back({agent, model::Admin::Drain, 0});
    return edit;
}

model::Edit scaleEditOf(const ChangeOptions& change)
{
    model::ScaleEdit edit;
    edit.pool = change.pool;
    edit.desired = change.desired;
    for (const std::string& agent : change.agents)
        edit.changes.push_back({agent, model::Admin::Drain, 0});
    return edit;
}

model::Edit editOf(const ChangeOptions& change, std::int64_t nowUnixMs)
{
    if (!change.route.empty())
        return routeEditOf(change);
    if (change.verb == Verb::Scale)
        return scaleEditOf(change);
    model::AdminEdit edit;
    edit.verb = change.verb == Verb::Drain ? model::Verb::Drain : model::Verb::Undrain;
    edit.pool = change.pool;
    for (const std::string& agent : change.agents) {
        model::AdminChange one;
        one.agent = agent;
        one.admin = change.verb == Verb::Drain ? model::Admin::Drain : model::Admin::Run;
        one.deadlineUnixMs = change.deadlineMs > 0 ? nowUnixMs + change.deadlineMs : 0;
        edit.changes.push_back(std::move(one));
    }
    return edit;
}

// A deadline belongs to each agent, so a pool with one is named agent by agent.
base::Status nameAgentsOf(Desk& desk, ChangeOptions& change)
{
    if (!change.route.empty() || change.pool.empty() || change.deadlineMs == 0)
        return {};
    SB_CHECK(desk.fleet.watch(desk.options.timeout));
    for (const AgentFacts& agent : desk.fleet.picture().agents) {
        if (agent.state.record.pool == change.pool)
            change.agents.push_back(agent.state.record.id.str());
    }
    if (change.agents.empty())
        return base::Error(base::Code::NotFound, "no agent is in pool " + change.pool);
    return {};
}

base::Result<model::Preview> ask(Desk& desk, const ChangeOptions& change)
{
    if (change.verb == Verb::Undo)
        return desk.fleet.previewUndo(change.auditNumber);
    ChangeOptions named = change;
    SB_CHECK(nameAgentsOf(desk, named));
    return desk.fleet.preview(editOf(named, desk.fleet.nowUnixMs()));
}

std::string_view verbOf(const ChangeOptions& change)
{
    switch (change.verb) {
    case Verb::Drain: return "drain";
    case Verb::Undrain: return "undrain";
    case Verb::Failover: return "failover";
    case Verb::Failback: return "failback";
    case Verb::Weights: return "weights";
    case Verb::Scale: return "scale";
    case Verb::Undo: return "undo";
    }
    return "change";
}

// One change on its way through the desk. Runs once.
class Change {
public:
    explicit Change(Desk& desk)
        : desk_(desk)
        , wanted_(desk.options.change)
    {
    }

    ExitCode run();

private:
    bool isJson() const { return desk_.options.output == Output::Json; }
    void show(const model::Preview& preview);
    std::optional<ExitCode> settleRefusal(const model::Preview& preview);
    ExitCode applyOf(const model::Preview& preview);
    ExitCode conflictOf(const ApplyAnswer& answer);
    ExitCode followOf(const model::Preview& preview, const ApplyAnswer& answer);

    Desk& desk_;
    ChangeOptions wanted_;
    ChangeReport report_;
};

ExitCode Change::run()
{
    base::Result<model::Preview> preview = ask(desk_, wanted_);
    if (!preview)
        return fail(desk_, "preview", preview.error());
    report_.preview = *preview;
    show(*preview);
    if (preview->diff.empty()) {
        report_.outcome = "unchanged";
        return print(desk_, report_);
    }
    if (const auto code = settleRefusal(*preview))
        return *code;
    if (const auto code = settleCause(desk_, wanted_))
        return *code;
    if (const auto code = settleAnswer(desk_, wanted_, "Apply? [y/N] "))
        return *code;
    return applyOf(*preview);
}

void Change::show(const model::Preview& preview)
{
    if (isJson())
        return;
    for (const std::string& line : previewLines(preview, desk_.fleet.nowUnixMs()))
        desk_.terminal.print(line);
}

// A refusal is overridden by typing the name it protects, never by a plain yes.
std::optional<ExitCode> Change::settleRefusal(const model::Preview& preview)
{
    if (preview.refusal.empty() || !wanted_.overrideName.empty())
        return std::nullopt;
    const bool mayAsk = wanted_.answer == Answer::Ask && desk_.terminal.canAsk() && !isJson();
    if (mayAsk) {
        wanted_.overrideName = desk_.terminal.ask(
            "To apply it all the same, type the name of the pool or agent (empty = leave): ");
        if (desk_.terminal.interrupted())
            return ExitCode::Interrupted;
    }
    if (!wanted_.overrideName.empty())
        return std::nullopt;
    report_.outcome = "refused";
    report_.code = ExitCode::Refused;
    return print(desk_, report_);
}

ExitCode Change::applyOf(const model::Preview& preview)
{
    model::ApplyOptions options;
    options.operatorName = desk_.options.operatorName;
    options.cause = wanted_.cause;
    options.requestId = wanted_.requestId.empty() ? newRequestId() : wanted_.requestId;
    options.overrideName = wanted_.overrideName;
    const base::Result<ApplyAnswer> answer = desk_.fleet.apply(preview.plan, options);
    if (!answer)
        return fail(desk_, "apply", answer.error());
    if (answer->outcome == ApplyAnswer::Outcome::Conflict)
        return conflictOf(*answer);
    report_.outcome
        = answer->outcome == ApplyAnswer::Outcome::Applied ? "applied" : "already_applied";
    report_.revision = answer->revision;
    report_.auditNumber = answer->auditNumber;
    if (!isJson())
        desk_.terminal.print(
            fmt::format("{} at policy revision {}, audit record {}; `signalboxctl "
                        "undo {}` takes it back",
                        report_.outcome == "applied" ? "applied" : "was applied before",
                        answer->revision, answer->auditNumber, answer->auditNumber));
    if (wanted_.follow == Follow::No)
        return print(desk_, report_);
    return followOf(preview, *answer);
}

ExitCode Change::conflictOf(const ApplyAnswer& answer)
{
    report_.outcome = "conflict";
    report_.code = ExitCode::Conflict;
    report_.preview = answer.fresh;
    if (!isJson()) {
        desk_.terminal.print("CONFLICT: somebody changed it since the preview; nothing was "
                             "written. As it is now:");
        show(answer.fresh);
    }
    return print(desk_, report_);
}

ExitCode Change::followOf(const model::Preview& preview, const ApplyAnswer& answer)
{
    report_.followed = follow(desk_, preview, answer.revision);
    report_.code = report_.followed->code;
    return print(desk_, report_);
}

} // namespace

ExitCode runPreview(Desk& desk)
{
    const base::Result<model::Preview> preview = ask(desk, desk.options.change);
    if (!preview)
        return fail(desk, "preview " + std::string(verbOf(desk.options.change)), preview.error());
    if (desk.options.output == Output::Json)
        desk.terminal.print(previewJson(*preview));
    else
        for (const std::string& line : previewLines(*preview, desk.fleet.nowUnixMs()))
            desk.terminal.print(line);
    return preview->refusal.empty() ? ExitCode::Done : ExitCode::Refused;
}

ExitCode runApply(Desk& desk)
{
    return Change(desk).run();
}

ExitCode runChange(Desk& desk)
{
    return Change(desk).run();
}

} // namespace signalbox::ctl
