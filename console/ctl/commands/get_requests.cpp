// SPDX-License-Identifier: GPL-3.0-or-later
// The requests that are open on agents right now, oldest first.
#include "console/ctl/commands/commands.h"
#include "console/ctl/json_writer.h"
#include "console/ctl/safe_text.h"
#include "console/ctl/table.h"
#include "console/ctl/units.h"

#include <fmt/format.h>

namespace signalbox::ctl {

namespace {

std::string orUnknown(const std::string& text)
{
    return text.empty() ? std::string(kUnknown) : text;
}

// A stream that gives nothing is what people look for here.
Tone toneOf(const model::OpenExchange& exchange)
{
    constexpr std::int64_t kQuietMs = 5'000;
    return exchange.sinceTokenMs > kQuietMs ? Tone::Warn : Tone::Plain;
}

Table requestTable(const model::OpenExchangeList& list)
{
    Table table({{"REQUEST", Align::Left, 40, 0},
                 {"MODEL", Align::Left, 24, 1},
                 {"KEY", Align::Left, 16, 4},
                 {"ENDPOINT", Align::Left, 24, 2},
                 {"PHASE", Align::Left, 10, 0},
                 {"AGE", Align::Right, 8, 0},
                 {"QUIET", Align::Right, 8, 0},
                 {"PROMPT", Align::Right, 8, 3},
                 {"TOKENS", Align::Right, 8, 0},
                 {"TRIES", Align::Right, 5, 5}});
    for (const model::OpenExchange& exchange : list.exchanges) {
        table.add({{exchange.requestId},
                   {orUnknown(exchange.model)},
                   {orUnknown(exchange.caller)},
                   {orUnknown(exchange.endpoint)},
                   {std::string(nameOf(exchange.phase))},
                   {shortDuration(exchange.ageMs)},
                   {exchange.sinceTokenMs < 0 ? std::string(kUnknown)
                                              : shortDuration(exchange.sinceTokenMs),
                    toneOf(exchange)},
                   {countText(static_cast<double>(exchange.promptTokens))},
                   {countText(static_cast<double>(exchange.tokens))},
                   {std::to_string(exchange.attempts)}});
    }
    return table;
}

void writeExchange(JsonWriter& json, const model::OpenExchange& exchange)
{
    json.beginObject().field("request_id", exchange.requestId).field("model", exchange.model);
    json.field("route", exchange.route).field("caller", exchange.caller);
    json.field("endpoint", exchange.endpoint).field("phase", nameOf(exchange.phase));
    json.field("age_ms", exchange.ageMs).field("since_token_ms", exchange.sinceTokenMs);
    json.field("prompt_tokens", static_cast<std::int64_t>(exchange.promptTokens));
    json.field("tokens", static_cast<std::int64_t>(exchange.tokens));
    json.field("attempts", static_cast<std::int64_t>(exchange.attempts)).endObject();
}

void writeList(JsonWriter& json, const model::OpenExchangeList& list)
{
    json.beginObject().field("agent", list.agent);
    json.field("total", static_cast<std::int64_t>(list.total)).key("requests").beginArray();
    for (const model::OpenExchange& exchange : list.exchanges)
        writeExchange(json, exchange);
    json.endArray().endObject();
}

void printList(Desk& desk, const model::OpenExchangeList& list)
{
    desk.terminal.print(fmt::format("{}: {} open", safeText(list.agent), list.total));
    show(desk, requestTable(list), "nothing is open there");
    const std::size_t left = list.total - std::min<std::size_t>(list.total, list.exchanges.size());
    if (left > 0)
        desk.terminal.print(fmt::format("and {} that began later", left));
}

} // namespace

ExitCode runGetRequests(Desk& desk)
{
    JsonWriter json;
    json.beginObject().key("agents").beginArray();
    for (const std::string& agent : desk.options.change.agents) {
        const base::Result<model::OpenExchangeList> list = desk.fleet.openExchanges(agent);
        if (!list)
            return fail(desk, "list the requests on " + agent, list.error());
        if (desk.options.output == Output::Json)
            writeList(json, *list);
        else
            printList(desk, *list);
    }
    if (desk.options.output == Output::Json)
        desk.terminal.print(json.endArray().endObject().str());
    return ExitCode::Done;
}

} // namespace signalbox::ctl
