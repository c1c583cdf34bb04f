// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/ctl/commands/change_report.h"

#include "console/ctl/commands/scaling_text.h"
#include "console/ctl/model_json.h"
#include "console/ctl/units.h"
#include "shared/model/policy_edit.h"

#include <fmt/format.h>

#include <algorithm>

namespace signalbox::ctl {

namespace {

void writeFollowed(JsonWriter& json, const Followed& followed)
{
    json.key("followed").beginObject();
    json.field("goal", followed.isScale          ? "scaled"
                           : followed.drained.empty() ? "applied"
                                                      : "drained");
    json.key("reached").truth(followed.code == ExitCode::Done);
    json.field("problem", followed.problem).key("convergence");
    writeConvergence(json, followed.convergence);
    json.key("agents").beginArray();
    for (const AgentFacts& agent : followed.agents)
        writeAgent(json, agent);
    json.endArray().key("scaling");
    if (followed.scaling)
        writeScaling(json, *followed.scaling);
    else
        json.null();
    json.endObject();
}

std::string reportJson(const ChangeReport& report)
{
    JsonWriter json;
    json.beginObject().field("outcome", report.outcome);
    json.field("revision", report.revision);
    json.field("audit_number", static_cast<std::int64_t>(report.auditNumber)).key("preview");
    writePreview(json, report.preview);
    if (report.followed)
        writeFollowed(json, *report.followed);
    else
        json.key("followed").null();
    return json.endObject().str();
}

bool isNamed(const model::Edit& edit, const AgentFacts& agent)
{
    const std::vector<std::string> named = model::agentsOf(edit);
    return std::find(named.begin(), named.end(), agent.state.record.id.str()) != named.end();
}

void printFollowed(Desk& desk, const ChangeReport& report)
{
    const Followed& followed = *report.followed;
    if (followed.scaling) {
        for (const std::string& line : scalingLines(*followed.scaling))
            desk.terminal.print(line);
    }
    for (const AgentFacts& agent : followed.agents) {
        if (!isNamed(report.preview.plan.edit, agent))
            continue; // it only routes around the others, or starts and stops them
        const std::string id = safeText(agent.state.record.id.str());
        const model::DrainProgress& drain = agent.state.drain;
        if (followed.drained.empty())
            desk.terminal.print(id + " " + std::string(nameOf(agent.state.admin)));
        else if (drain.phase == model::DrainPhase::Drained)
            desk.terminal.print(id + " drained: safe to stop");
        else
            desk.terminal.print(fmt::format("{} not drained: {} left, longest {}", id,
                                            drain.remaining, durationText(drain.longestMs)));
    }
    if (followed.code == ExitCode::Done)
        return;
    desk.terminal.complain("signalboxctl: " + safeText(followed.problem));
    desk.terminal.complain(fmt::format("  the change stays in place; `signalboxctl undo {}` takes "
                                       "it back, `signalboxctl watch` looks on",
                                       report.auditNumber));
}

} // namespace

std::string previewJson(const model::Preview& preview)
{
    JsonWriter json;
    writePreview(json, preview);
    return json.str();
}

ExitCode print(Desk& desk, const ChangeReport& report)
{
    if (desk.options.output == Output::Json)
        desk.terminal.print(reportJson(report));
    else if (report.outcome == "unchanged")
        desk.terminal.print("nothing to apply");
    else if (report.outcome == "refused")
        desk.terminal.complain("signalboxctl: nothing was applied; --override NAME with the name "
                               "of the pool or agent applies it all the same");
    else if (report.followed)
        printFollowed(desk, report);
    return report.code;
}

} // namespace signalbox::ctl
