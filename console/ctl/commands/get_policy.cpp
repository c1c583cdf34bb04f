// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/ctl/commands/commands.h"
#include "console/ctl/model_json.h"
#include "console/ctl/units.h"
#include "shared/model/policy_edit.h"

#include <fmt/format.h>

namespace signalbox::ctl {

namespace {

std::string joined(const std::vector<std::string>& words, const char* whenEmpty)
{
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : ", ") + word;
    return text.empty() ? whenEmpty : text;
}

Table routeTable(const model::Policy& policy)
{
    Table table({{"ROUTE", Align::Left, 24, 1},
                 {"MODEL", Align::Left, 40, 0},
                 {"ALIASES", Align::Left, 40, 2},
                 {"POOLS", Align::Left, 60, 0},
                 {"FALLBACKS", Align::Left, 60, 0},
                 {"FAILED OVER FROM", Align::Left, 60, 0}});
    for (const auto& [name, route] : policy.routes) {
        std::vector<std::string> pools;
        for (const model::RouteTarget& target : route.targets)
            pools.push_back(fmt::format("{} ({})", target.pool, target.weight));
        table.add({{name},
                   {route.model},
                   {joined(route.aliases, "-")},
                   {joined(pools, "-")},
                   {joined(route.fallbacks, "-")},
                   {route.hasFailedOver() ? placementText(route.home) : "-",
                    Tone::Deliberate}});
    }
    return table;
}

Table policyPoolTable(const model::Policy& policy)
{
    Table table({{"POOL", Align::Left, 24, 0},
                 {"MODEL ITS ENGINES KNOW", Align::Left, 40, 1},
                 {"FLOOR", Align::Right, 6, 0},
                 {"MEMBERS WITHOUT AGENT", Align::Left, 80, 2}});
    for (const auto& [name, pool] : policy.pools) {
        std::vector<std::string> members;
        for (const model::StaticMember& member : pool.members)
            members.push_back(member.profile + " " + member.url);
        table.add({{name},
                   {pool.model.empty() ? "as asked" : pool.model},
                   {fmt::format("{}", pool.readyFloor)},
                   {joined(members, "-")}});
    }
    return table;
}

Table keyTable(const model::Policy& policy)
{
    Table table({{"KEY", Align::Left, 32, 0},
                 {"TENANT", Align::Left, 32, 0},
                 {"MODELS", Align::Left, 80, 0}});
    for (const auto& [id, key] : policy.keys)
        table.add({{id}, {key.tenant}, {joined(key.models, "every route")}});
    return table;
}

Table intentTable(const model::Policy& policy, std::int64_t nowUnixMs)
{
    Table table({{"AGENT", Align::Left, 24, 0},
                 {"ADMIN", Align::Left, 8, 0},
                 {"DEADLINE", Align::Left, 19, 0},
                 {"CAUSE", Align::Left, 256, 0}});
    for (const auto& [agent, intent] : policy.admin)
        table.add({{agent},
                   {std::string(nameOf(intent.admin)), Tone::Deliberate},
                   {momentText(intent.deadlineUnixMs, nowUnixMs)},
                   {intent.cause}});
    return table;
}

} // namespace

ExitCode runGetPolicy(Desk& desk)
{
    const base::Result<PolicyAnswer> answer = desk.fleet.policy();
    if (!answer)
        return fail(desk, "read the policy", answer.error());
    if (desk.options.output == Output::Json) {
        JsonWriter json;
        writePolicy(json, *answer);
        desk.terminal.print(json.str());
        return ExitCode::Done;
    }
    const model::Policy& policy = answer->policy;
    const bool isOpen = policy.access.mode == model::AccessMode::Open;
    desk.terminal.print(fmt::format("policy revision {}; access {}", policy.revision,
                                    isOpen ? "open: no key is asked for" : "by key"));
    if (answer->storeAwaySinceUnixMs > 0)
        desk.terminal.print("! the store does not answer since "
                            + isoText(answer->storeAwaySinceUnixMs)
                            + ": this is the last good snapshot");
    desk.terminal.print("");
    show(desk, routeTable(policy), "no routes");
    desk.terminal.print("");
    show(desk, policyPoolTable(policy), "no pools");
    if (!policy.keys.empty()) {
        desk.terminal.print("");
        show(desk, keyTable(policy), "");
    }
    desk.terminal.print("");
    show(desk, intentTable(policy, desk.fleet.nowUnixMs()), "every agent runs: nothing is drained");
    return ExitCode::Done;
}

} // namespace signalbox::ctl
