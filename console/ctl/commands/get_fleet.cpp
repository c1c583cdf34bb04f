// SPDX-License-Identifier: GPL-3.0-or-later
// The three readings of the fleet as it is: everything, by pool, by agent.
#include "console/ctl/commands/commands.h"
#include "console/ctl/commands/scaling_text.h"
#include "console/ctl/fleet_tables.h"
#include "console/ctl/model_json.h"
#include "console/ctl/safe_text.h"
#include "console/ctl/units.h"

namespace signalbox::ctl {

namespace {

void writeHead(JsonWriter& json, const Picture& picture)
{
    json.beginObject().field("fleet", picture.fleet);
    writeMoment(json, "at", picture.nowUnixMs);
}

void writeAgents(JsonWriter& json, const Picture& picture)
{
    json.key("agents").beginArray();
    for (const AgentFacts& agent : picture.agents)
        writeAgent(json, agent);
    json.endArray();
}

void writePools(JsonWriter& json, const std::vector<PoolLine>& pools)
{
    json.key("pools").beginArray();
    for (const PoolLine& pool : pools)
        writePool(json, pool);
    json.endArray();
}

void showConcerns(Desk& desk, const Picture& picture)
{
    for (const Cell& line : concernLines(picture))
        desk.terminal.print(toned(safeText(line.text), line.tone, desk.terminal.colour()));
}

void showScaling(Desk& desk, const Picture& picture)
{
    for (const AgentFacts& agent : picture.agents) {
        if (!agent.state.scaling.empty())
            desk.terminal.print("\ninstances started by " + safeText(agent.state.record.id.str()));
        for (const model::ScaleProgress& progress : agent.state.scaling) {
            for (const std::string& line : scalingLines(progress))
                desk.terminal.print(line);
        }
    }
}

void showStoreAway(Desk& desk, const PolicyAnswer& answer)
{
    if (answer.storeAwaySinceUnixMs > 0)
        desk.terminal.complain("! the store does not answer since "
                               + isoText(answer.storeAwaySinceUnixMs)
                               + ": this is the last good snapshot");
}

} // namespace

ExitCode runGetFleet(Desk& desk)
{
    if (const base::Status status = desk.fleet.watch(desk.options.timeout); !status)
        return fail(desk, "look at the fleet", status.error());
    const base::Result<PolicyAnswer> policy = desk.fleet.policy();
    if (!policy)
        return fail(desk, "read the policy", policy.error());
    const Picture picture = desk.fleet.picture();
    const std::vector<PoolLine> pools = poolsOf(picture, policy->policy);
    if (desk.options.output == Output::Json) {
        JsonWriter json;
        writeHead(json, picture);
        writeLink(json, picture.link);
        writeSummary(json, summaryOf(picture));
        writePools(json, pools);
        writeAgents(json, picture);
        desk.terminal.print(json.endObject().str());
        return ExitCode::Done;
    }
    desk.terminal.print("fleet " + safeText(picture.fleet) + ", asked "
                        + safeText(picture.link.address));
    for (const std::string& line : summaryLines(summaryOf(picture), picture.nowUnixMs))
        desk.terminal.print(line);
    desk.terminal.print("");
    show(desk, poolTable(pools), "no pools");
    for (const Table& table : {gatewayTable(picture), instanceTable(picture)}) {
        if (table.empty())
            continue;
        desk.terminal.print("");
        show(desk, table, "");
    }
    showScaling(desk, picture);
    showConcerns(desk, picture);
    return ExitCode::Done;
}

ExitCode runGetPools(Desk& desk)
{
    if (const base::Status status = desk.fleet.watch(desk.options.timeout); !status)
        return fail(desk, "look at the fleet", status.error());
    const base::Result<PolicyAnswer> policy = desk.fleet.policy();
    if (!policy)
        return fail(desk, "read the policy", policy.error());
    const Picture picture = desk.fleet.picture();
    const std::vector<PoolLine> pools = poolsOf(picture, policy->policy);
    if (desk.options.output == Output::Json) {
        JsonWriter json;
        writeHead(json, picture);
        writePools(json, pools);
        desk.terminal.print(json.endObject().str());
        return ExitCode::Done;
    }
    showStoreAway(desk, *policy);
    show(desk, poolTable(pools), "no pools: the policy names none and no agent is in one");
    return ExitCode::Done;
}

ExitCode runGetAgents(Desk& desk)
{
    if (const base::Status status = desk.fleet.watch(desk.options.timeout); !status)
        return fail(desk, "look at the fleet", status.error());
    const Picture picture = desk.fleet.picture();
    if (desk.options.output == Output::Json) {
        JsonWriter json;
        writeHead(json, picture);
        writeAgents(json, picture);
        desk.terminal.print(json.endObject().str());
        return ExitCode::Done;
    }
    show(desk, agentTable(picture), "no agents");
    showConcerns(desk, picture);
    return ExitCode::Done;
}

} // namespace signalbox::ctl
