// SPDX-License-Identifier: GPL-3.0-or-later
// Requests: which are open on agents right now, oldest first, and why one of the past went where it
// went.
#include "console/ctl/commands/commands.h"
#include "console/ctl/json_writer.h"
#include "console/ctl/safe_text.h"
#include "console/ctl/table.h"
#include "console/ctl/units.h"

#include <fmt/format.h>

namespace signalbox::ctl {

namespace {

// --- open ones ---

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

// --- one that has ended ---

constexpr double kMicrosecondsPerMs = 1'000;

std::string sinceStart(std::int64_t us)
{
    return us < 0 ? std::string(kUnknown) : fmt::format("{:.1f} ms", us / kMicrosecondsPerMs);
}

std::string statusText(int status)
{
    return status == 0 ? std::string(kUnknown) : fmt::format("{}", status);
}

void printHead(Desk& desk, const model::Decision& decision)
{
    Terminal& out = desk.terminal;
    out.print(fmt::format("{}  {}, status {}, at {}", safeText(decision.requestId),
                          safeText(decision.outcome), statusText(decision.status),
                          isoText(decision.receivedUnixMs)));
    if (!decision.reason.empty())
        out.print("  because: " + safeText(decision.reason));
    out.print(fmt::format("  entered at {}, route {}, revision {}; kept as: {}",
                          safeText(decision.agent), safeText(decision.route), decision.revision,
                          safeText(decision.kept)));
    out.print(fmt::format("  tokens: {} in the prompt, {} answered", decision.promptTokens,
                          decision.completionTokens));
    out.print(fmt::format("  first attempt after {}, first token after {}, ended after {}",
                          sinceStart(decision.admittedUs), sinceStart(decision.firstTokenUs),
                          sinceStart(decision.endedUs)));
}

void printAttempt(Desk& desk, std::size_t number, const model::DecisionAttempt& attempt)
{
    const bool isMade = !attempt.member.empty();
    desk.terminal.print(
        isMade ? fmt::format("attempt {}: {} in {}, by {}: {}, status {}, {} to {}", number,
                             safeText(attempt.member), safeText(attempt.pool),
                             safeText(attempt.rule), safeText(attempt.end),
                             statusText(attempt.status), sinceStart(attempt.beganUs),
                             sinceStart(attempt.endedUs))
               : fmt::format("choice {}: nobody in {}", number, safeText(attempt.pool)));
    if (attempt.panicked)
        desk.terminal.print("  ejection was ignored: too many were ejected, no further pool");
    for (const model::DecisionCandidate& candidate : attempt.candidates) {
        const std::string score = candidate.scoreMs < 0
            ? std::string(kUnknown)
            : fmt::format("{:.1f} ms", candidate.scoreMs);
        desk.terminal.print(fmt::format(
            "  {:<24} {:>12}  {}{}", safeText(candidate.member), score,
            candidate.member == attempt.member ? "chosen " : "", safeText(candidate.excluded)));
    }
    if (attempt.candidatesLeftOut > 0)
        desk.terminal.print(fmt::format("  and {} more", attempt.candidatesLeftOut));
}

std::optional<double> msOf(std::int64_t us)
{
    return us < 0 ? std::nullopt : std::optional(static_cast<double>(us) / kMicrosecondsPerMs);
}

void writeAttempt(JsonWriter& json, const model::DecisionAttempt& attempt)
{
    json.beginObject().field("pool", attempt.pool).field("member", attempt.member);
    json.field("rule", attempt.rule).field("end", attempt.end);
    json.field("status", std::int64_t{attempt.status});
    json.key("began_ms").number(msOf(attempt.beganUs));
    json.key("ended_ms").number(msOf(attempt.endedUs));
    json.key("ejection_ignored").truth(attempt.panicked);
    json.key("candidates").beginArray();
    for (const model::DecisionCandidate& candidate : attempt.candidates) {
        json.beginObject().field("member", candidate.member);
        json.key("score_ms").number(candidate.scoreMs < 0
                                        ? std::nullopt
                                        : std::optional<double>(candidate.scoreMs));
        json.field("excluded", candidate.excluded).endObject();
    }
    json.endArray().field("candidates_left_out", std::int64_t{attempt.candidatesLeftOut});
    json.endObject();
}

std::string jsonOf(const model::Decision& decision)
{
    JsonWriter json;
    json.beginObject().field("request_id", decision.requestId).field("agent", decision.agent);
    json.field("at", isoText(decision.receivedUnixMs)).field("kept", decision.kept);
    json.field("route", decision.route).field("outcome", decision.outcome);
    json.field("status", std::int64_t{decision.status}).field("reason", decision.reason);
    json.field("revision", decision.revision);
    json.field("prompt_tokens", static_cast<std::int64_t>(decision.promptTokens));
    json.field("completion_tokens", static_cast<std::int64_t>(decision.completionTokens));
    json.key("admitted_ms").number(msOf(decision.admittedUs));
    json.key("first_token_ms").number(msOf(decision.firstTokenUs));
    json.key("ended_ms").number(msOf(decision.endedUs));
    json.key("attempts").beginArray();
    for (const model::DecisionAttempt& attempt : decision.attempts)
        writeAttempt(json, attempt);
    return json.endArray().endObject().str();
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

ExitCode runExplain(Desk& desk)
{
    const auto decision = desk.fleet.findDecision(desk.options.requestId);
    if (!decision)
        return fail(desk, "explain " + desk.options.requestId, decision.error());
    if (desk.options.output == Output::Json) {
        desk.terminal.print(jsonOf(*decision));
        return ExitCode::Done;
    }
    printHead(desk, *decision);
    for (std::size_t i = 0; i < decision->attempts.size(); ++i)
        printAttempt(desk, i + 1, decision->attempts[i]);
    return ExitCode::Done;
}

} // namespace signalbox::ctl
