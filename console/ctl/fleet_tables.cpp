// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/ctl/fleet_tables.h"

#include "console/ctl/units.h"

#include <fmt/format.h>

#include <algorithm>

namespace signalbox::ctl {

namespace {

Tone toneOf(model::Health health)
{
    switch (health) {
    case model::Health::Failed:
    case model::Health::Wedged: return Tone::Act;
    case model::Health::Unknown:
    case model::Health::Starting:
    case model::Health::Loading:
    case model::Health::Degraded: return Tone::Warn;
    case model::Health::Sleeping: return Tone::Quiet;
    case model::Health::Ready: return Tone::Plain;
    }
    return Tone::Plain;
}

Cell freshnessCell(const AgentFacts& agent)
{
    switch (freshnessOf(agent)) {
    case model::Freshness::Live: return {freshnessText(agent), Tone::Quiet};
    case model::Freshness::Late:
    case model::Freshness::Stale: return {freshnessText(agent), Tone::Warn};
    case model::Freshness::Disconnected: return {freshnessText(agent), Tone::Act};
    }
    return {};
}

Cell stateCell(const AgentFacts& agent)
{
    const model::Health health = agent.state.record.health.state;
    return {std::string(nameOf(health)), toneOf(health)};
}

Cell adminCell(const AgentFacts& agent)
{
    const bool isPlain = agent.state.admin == model::Admin::Run
        && agent.state.drain.phase == model::DrainPhase::None;
    return {adminText(agent.state), isPlain ? Tone::Quiet : Tone::Deliberate};
}

std::string sinceText(const AgentFacts& agent, std::int64_t nowUnixMs)
{
    const std::int64_t since = agent.state.record.health.sinceUnixMs;
    return since <= 0 ? std::string(kUnknown)
                      : shortDuration(std::max<std::int64_t>(0, nowUnixMs - since));
}

Cell errorCell(std::optional<double> perSecond)
{
    return {countText(perSecond), perSecond.value_or(0) > 0 ? Tone::Warn : Tone::Plain};
}

Tone toneOf(model::Severity severity)
{
    switch (severity) {
    case model::Severity::Critical: return Tone::Act;
    case model::Severity::Warning: return Tone::Warn;
    case model::Severity::Info: return Tone::Plain;
    }
    return Tone::Plain;
}

std::string_view markOf(model::Severity severity)
{
    switch (severity) {
    case model::Severity::Critical: return "!!";
    case model::Severity::Warning: return "!";
    case model::Severity::Info: return "";
    }
    return "";
}

} // namespace

Table gatewayTable(const Picture& picture)
{
    Table table({{"GATEWAY", Align::Left, 24, 0},
                 {"STATE", Align::Left, 10, 0},
                 {"SINCE", Align::Right, 8, 6},
                 {"ADMIN", Align::Left, 21, 0},
                 {"FRESH", Align::Left, 18, 0},
                 {"REQ/S", Align::Right, 8, 0},
                 {"ERR/S", Align::Right, 8, 0},
                 {"RETRY/S", Align::Right, 8, 5},
                 {"RUN", Align::Right, 8, 0},
                 {"TTFT P50", Align::Right, 9, 4},
                 {"P95", Align::Right, 9, 0},
                 {"TOK/S", Align::Right, 8, 0}});
    for (const AgentFacts& agent : picture.agents) {
        if (agent.state.record.kind != model::AgentKind::Gateway)
            continue;
        const Numbers numbers = numbersOf(agent);
        table.add({{agent.state.record.id.str()},
                   stateCell(agent),
                   {sinceText(agent, picture.nowUnixMs)},
                   adminCell(agent),
                   freshnessCell(agent),
                   {countText(numbers.requestsPerSecond)},
                   errorCell(numbers.errorsPerSecond),
                   {countText(numbers.retriesPerSecond)},
                   {countText(numbers.inFlight)},
                   {millisecondsText(numbers.ttftP50Ms)},
                   {millisecondsText(numbers.ttftP95Ms)},
                   {countText(numbers.tokensPerSecond)}});
    }
    return table;
}

Table instanceTable(const Picture& picture)
{
    Table table({{"INSTANCE", Align::Left, 24, 0},
                 {"POOL", Align::Left, 16, 7},
                 {"STATE", Align::Left, 10, 0},
                 {"SINCE", Align::Right, 8, 6},
                 {"ADMIN", Align::Left, 21, 0},
                 {"FRESH", Align::Left, 18, 0},
                 {"RUN", Align::Right, 6, 0},
                 {"QUEUE", Align::Right, 6, 0},
                 {"TTFT P50", Align::Right, 9, 5},
                 {"P95", Align::Right, 9, 0},
                 {"TOK/S", Align::Right, 8, 0},
                 {"KV", Align::Right, 6, 0}});
    for (const AgentFacts& agent : picture.agents) {
        if (agent.state.record.kind != model::AgentKind::Instance)
            continue;
        const Numbers numbers = numbersOf(agent);
        table.add({{agent.state.record.id.str()},
                   {agent.state.record.pool},
                   stateCell(agent),
                   {sinceText(agent, picture.nowUnixMs)},
                   adminCell(agent),
                   freshnessCell(agent),
                   {countText(numbers.inFlight)},
                   {countText(numbers.queued)},
                   {millisecondsText(numbers.ttftP50Ms)},
                   {millisecondsText(numbers.ttftP95Ms)},
                   {countText(numbers.tokensPerSecond)},
                   {percentText(numbers.kvShare)}});
    }
    return table;
}

Table agentTable(const Picture& picture)
{
    Table table({{"AGENT", Align::Left, 24, 0},
                 {"KIND", Align::Left, 8, 3},
                 {"POOL", Align::Left, 16, 4},
                 {"STATE", Align::Left, 10, 0},
                 {"ADMIN", Align::Left, 21, 0},
                 {"FRESH", Align::Left, 18, 0},
                 {"SERVE", Align::Left, 24, 1},
                 {"ENGINE", Align::Left, 40, 2},
                 {"REVISION", Align::Right, 9, 5},
                 {"VERSION", Align::Left, 12, 6},
                 {"UP", Align::Right, 8, 7}});
    for (const AgentFacts& agent : picture.agents) {
        const model::AgentRecord& record = agent.state.record;
        const std::string engine = record.engine.url.empty()
            ? std::string(kUnknown)
            : record.engine.profile + " " + record.engine.url;
        const std::int64_t up
            = record.startedUnixMs > 0 ? picture.nowUnixMs - record.startedUnixMs : -1;
        table.add({{record.id.str()},
                   {std::string(nameOf(record.kind))},
                   {record.pool.empty() ? std::string(kUnknown) : record.pool},
                   stateCell(agent),
                   adminCell(agent),
                   freshnessCell(agent),
                   {record.addresses.serve},
                   {engine},
                   {fmt::format("{}", record.appliedRevision)},
                   {record.version},
                   {shortDuration(up)}});
    }
    return table;
}

Table poolTable(const std::vector<PoolLine>& pools)
{
    Table table({{"POOL", Align::Left, 24, 0},
                 {"MODEL", Align::Left, 32, 4},
                 {"READY", Align::Right, 7, 0},
                 {"FLOOR", Align::Right, 6, 3},
                 {"DRAINING", Align::Right, 8, 0},
                 {"RUN", Align::Right, 6, 0},
                 {"QUEUE", Align::Right, 6, 0},
                 {"P95", Align::Right, 9, 0},
                 {"TOK/S", Align::Right, 8, 0},
                 {"KV", Align::Right, 6, 2}});
    for (const PoolLine& pool : pools) {
        const std::size_t all = pool.members + pool.staticMembers;
        const bool belowFloor = pool.ready < pool.readyFloor;
        table.add(
            {{pool.name},
             {pool.model.empty() ? std::string(kUnknown) : pool.model},
             {fmt::format("{}{}/{}", belowFloor ? "!" : "", pool.ready, all),
              belowFloor ? Tone::Act : Tone::Plain},
             {fmt::format("{}", pool.readyFloor)},
             {fmt::format("{}", pool.draining), pool.draining > 0 ? Tone::Deliberate : Tone::Plain},
             {countText(pool.numbers.inFlight)},
             {countText(pool.numbers.queued)},
             {millisecondsText(pool.numbers.ttftP95Ms)},
             {countText(pool.numbers.tokensPerSecond)},
             {percentText(pool.numbers.kvShare)}});
    }
    return table;
}

Table auditTable(const std::vector<model::AuditRecord>& records, std::int64_t nowUnixMs)
{
    Table table({{"NO", Align::Right, 8, 0},
                 {"AT", Align::Left, 19, 0},
                 {"OPERATOR", Align::Left, 16, 0},
                 {"CHANGE", Align::Left, 48, 0},
                 {"REVISION", Align::Right, 9, 2},
                 {"UNDOES", Align::Right, 6, 1},
                 {"CAUSE", Align::Left, 256, 0}});
    for (const model::AuditRecord& record : records)
        table.add(
            {{fmt::format("{}", record.number)},
             {momentText(record.atUnixMs, nowUnixMs)},
             {record.operatorName},
             {editText(record.edit) + (record.overrideName.empty() ? "" : " (refusal overridden)"),
              record.overrideName.empty() ? Tone::Plain : Tone::Warn},
             {fmt::format("{}", record.revision)},
             {record.undoes == 0 ? std::string(kUnknown) : fmt::format("{}", record.undoes)},
             {record.cause}});
    return table;
}

Table eventTable(const std::vector<model::Event>& events, std::int64_t nowUnixMs)
{
    Table table({{"AT", Align::Left, 19, 0},
                 {"", Align::Left, 2, 0},
                 {"AGENT", Align::Left, 24, 0},
                 {"EVENT", Align::Left, 28, 1},
                 {"TEXT", Align::Left, 256, 0}});
    for (const model::Event& event : events)
        table.add({{momentText(event.unixMs, nowUnixMs), Tone::Quiet},
                   {std::string(markOf(event.severity)), toneOf(event.severity)},
                   {event.agent},
                   {event.kind},
                   {event.text, toneOf(event.severity)}});
    return table;
}

std::vector<std::string> summaryLines(const Summary& summary, std::int64_t nowUnixMs)
{
    const Numbers& numbers = summary.numbers;
    std::vector<std::string> lines;
    lines.push_back(
        fmt::format("requests {}/s  errors {}/s  in flight {}  TTFT p50 {} p95 {}{}  tokens {}/s",
                    countText(numbers.requestsPerSecond), countText(numbers.errorsPerSecond),
                    countText(numbers.inFlight), millisecondsText(numbers.ttftP50Ms),
                    millisecondsText(numbers.ttftP95Ms), summary.entries > 1 ? " (worst)" : "",
                    countText(numbers.tokensPerSecond)));
    std::string counts = fmt::format("instances {} of {} ready", summary.ready, summary.instances);
    if (summary.draining + summary.drained > 0)
        counts += fmt::format("  {} draining  {} drained", summary.draining, summary.drained);
    if (summary.notLive > 0)
        counts += fmt::format("  {} not live", summary.notLive);
    counts += fmt::format("  policy revision {}", summary.newestRevision);
    if (summary.behindRevision > 0)
        counts += fmt::format(" ({} behind)", summary.behindRevision);
    lines.push_back(std::move(counts));
    if (summary.storeAwaySinceUnixMs > 0)
        lines.push_back(
            "! store away for "
            + durationText(std::max<std::int64_t>(0, nowUnixMs - summary.storeAwaySinceUnixMs))
            + ": serving goes on, commands do not");
    return lines;
}

std::vector<Cell> concernLines(const Picture& picture)
{
    std::vector<Cell> lines;
    for (const AgentFacts& agent : picture.agents) {
        for (const std::string& concern : concernsOf(agent, picture.nowUnixMs)) {
            const Tone health = toneOf(agent.state.record.health.state);
            lines.push_back({"! " + agent.state.record.id.str() + "  " + concern,
                             health == Tone::Plain ? Tone::Warn : health});
        }
    }
    return lines;
}

namespace {

std::string caseText(const model::AdminEdit& admin)
{
    if (admin.changes.empty() && admin.pool.empty())
        return "first policy"; // the only record without a change to undo
    std::string text(nameOf(admin.verb));
    if (!admin.pool.empty())
        return text + " pool " + admin.pool;
    for (const model::AdminChange& change : admin.changes) {
        text += " " + change.agent;
        if (admin.verb == model::Verb::SetAdmin)
            text += "=" + std::string(nameOf(change.admin));
    }
    return text;
}

std::string caseText(const model::RouteEdit& edit)
{
    std::string text = std::string(nameOf(edit.verb)) + " " + edit.route;
    if (edit.verb == model::Verb::Failover && !edit.toPool.empty())
        text += " to " + edit.toPool;
    if (edit.verb == model::Verb::SetWeights) {
        for (const model::RouteTarget& target : edit.targets)
            text += " " + target.pool + "=" + std::to_string(target.weight);
    }
    return text;
}

std::string caseText(const model::ScaleEdit& edit)
{
    std::string text = fmt::format("scale {} to {}", edit.pool, edit.desired);
    for (const model::AdminChange& change : edit.changes)
        text += (change.admin == model::Admin::Drain ? " -" : " +") + change.agent;
    return text;
}

} // namespace

std::string editText(const model::Edit& edit)
{
    return std::visit([](const auto& one) { return caseText(one); }, edit);
}

} // namespace signalbox::ctl
