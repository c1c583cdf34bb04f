// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/ctl/commands/commands.h"
#include "console/ctl/commands/settle.h"
#include "console/ctl/json_writer.h"
#include "console/ctl/model_json.h"
#include "console/ctl/units.h"

#include <fmt/format.h>

#include <algorithm>

namespace signalbox::ctl {

namespace {

base::Result<AgentFacts> find(Desk& desk, const std::string& id)
{
    SB_CHECK(desk.fleet.watch(desk.options.timeout));
    const Picture picture = desk.fleet.picture();
    const auto found
        = std::find_if(picture.agents.begin(), picture.agents.end(),
                       [&](const AgentFacts& agent) { return agent.state.record.id.str() == id; });
    if (found == picture.agents.end())
        return base::Error(base::Code::NotFound, "no agent " + id + " is known");
    if (found->state.record.addresses.control.empty())
        return base::Error(base::Code::FailedPrecondition, id + " offers no control address");
    return *found;
}

// What cannot be previewed without the store is said in words.
void show(Desk& desk, const AgentFacts& agent, bool drains)
{
    if (desk.options.output == Output::Json)
        return;
    const std::string id = safeText(agent.state.record.id.str());
    desk.terminal.print(fmt::format("{} {} by hand", drains ? "drain" : "undrain", id));
    if (drains)
        desk.terminal.print(fmt::format("  asks {} itself; it ends after an hour, by `signalboxctl "
                                        "undrain {} --by-hand`, or when a command changes its "
                                        "policy",
                                        id, id));
    desk.terminal.print("  kept at the agent, and told to the audit once the store answers");
}

void tell(Desk& desk, const std::string& id, std::int64_t untilUnixMs)
{
    if (desk.options.output == Output::Json) {
        JsonWriter json;
        json.beginObject().field("agent", id);
        writeMoment(json, "until", untilUnixMs);
        desk.terminal.print(json.endObject().str());
    } else if (untilUnixMs == 0) {
        desk.terminal.print(safeText(id) + " follows policy again");
    } else {
        desk.terminal.print(fmt::format("{} drains until {}; `signalboxctl watch --agent {}` looks "
                                        "on",
                                        safeText(id),
                                        momentText(untilUnixMs, desk.fleet.nowUnixMs()),
                                        safeText(id)));
    }
}

} // namespace

ExitCode runByHand(Desk& desk)
{
    ChangeOptions wanted = desk.options.change;
    const bool drains = wanted.verb == ChangeOptions::Verb::Drain;
    const base::Result<AgentFacts> agent = find(desk, wanted.agents.front());
    if (!agent)
        return fail(desk, "find the agent", agent.error());
    show(desk, *agent, drains);
    if (const auto code = settleCause(desk, wanted))
        return *code;
    if (const auto code = settleAnswer(desk, wanted, "Do it? [y/N] "))
        return *code;
    model::ApplyOptions options;
    options.operatorName = desk.options.operatorName;
    options.cause = wanted.cause;
    options.requestId = wanted.requestId.empty() ? newRequestId() : wanted.requestId;
    const auto until = desk.fleet.overrideLocally(
        *agent, drains ? model::Admin::Drain : model::Admin::Run, options);
    if (!until)
        return fail(desk, "override by hand", until.error());
    tell(desk, agent->state.record.id.str(), *until);
    return ExitCode::Done;
}

} // namespace signalbox::ctl
