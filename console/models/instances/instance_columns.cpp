// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/instances/instance_columns.h"

#include "console/models/instances/agent_words.h"
#include "console/models/words.h"
#include "console/text/numbers.h"
#include "console/text/plain_text.h"

#include <QCoreApplication>

#include <array>
#include <cmath>
#include <optional>

namespace signalbox::models {

using fleet::Reading;

namespace {

constexpr const char* kContext = "InstanceColumns";
constexpr Reading kNoReading = Reading::kCount;

// One line a column, in the order of InstanceColumn.
constexpr std::array<ColumnFacts, kInstanceColumns> kFacts{{
    {"marked", "", QT_TRANSLATE_NOOP("InstanceColumns", "Marked for an action (x)"),
     CellKind::Check, 32, kNoReading},
    {"alarm", "", QT_TRANSLATE_NOOP("InstanceColumns", "Worst alarm that stands"), CellKind::Badge,
     36, kNoReading},
    {"name", QT_TRANSLATE_NOOP("InstanceColumns", "Name"), "", CellKind::Name, 144, kNoReading},
    {"admin", QT_TRANSLATE_NOOP("InstanceColumns", "Admin"),
     QT_TRANSLATE_NOOP("InstanceColumns", "What people want of it"), CellKind::Admin, 100,
     kNoReading},
    {"health", QT_TRANSLATE_NOOP("InstanceColumns", "Health"),
     QT_TRANSLATE_NOOP("InstanceColumns", "Verdict about the engine"), CellKind::Word, 72,
     kNoReading},
    {"reason", QT_TRANSLATE_NOOP("InstanceColumns", "Reason"),
     QT_TRANSLATE_NOOP("InstanceColumns", "Why it is not as on a quiet day"), CellKind::Text, 200,
     kNoReading},
    {"age_s", QT_TRANSLATE_NOOP("InstanceColumns", "Age\ns"),
     QT_TRANSLATE_NOOP("InstanceColumns", "Age of the newest fact about it"), CellKind::Age, 64,
     kNoReading},
    {"in_flight", QT_TRANSLATE_NOOP("InstanceColumns", "In\nflight"),
     QT_TRANSLATE_NOOP("InstanceColumns", "Requests it works on"), CellKind::Figure, 60,
     Reading::InFlight},
    {"queue_p95_ms", QT_TRANSLATE_NOOP("InstanceColumns", "Queue\np95\nms"),
     QT_TRANSLATE_NOOP("InstanceColumns", "Wait in the engine's queue"), CellKind::Figure, 60,
     Reading::QueueP95Ms},
    {"ttft_p95_ms", QT_TRANSLATE_NOOP("InstanceColumns", "TTFT\np95\nms"),
     QT_TRANSLATE_NOOP("InstanceColumns", "Time to first token"), CellKind::Figure, 60,
     Reading::TtftP95Ms},
    {"ttft_15_min", QT_TRANSLATE_NOOP("InstanceColumns", "TTFT\n15 min"),
     QT_TRANSLATE_NOOP("InstanceColumns", "Time to first token, p95, over 15 min"), CellKind::Trend,
     96, kNoReading},
    {"inter_token_p95_ms", QT_TRANSLATE_NOOP("InstanceColumns", "Inter-\ntoken\nms"),
     QT_TRANSLATE_NOOP("InstanceColumns", "Between two tokens of a stream, p95"), CellKind::Figure,
     56, Reading::GapP95Ms},
    {"output_tokens_per_s", QT_TRANSLATE_NOOP("InstanceColumns", "Out\ntok/s"),
     QT_TRANSLATE_NOOP("InstanceColumns", "Tokens generated a second"), CellKind::Figure, 64,
     Reading::OutputTokensPerSecond},
    {"kv_percent", QT_TRANSLATE_NOOP("InstanceColumns", "KV\n%"),
     QT_TRANSLATE_NOOP("InstanceColumns", "KV cache in use"), CellKind::Figure, 48,
     Reading::KvShare},
    {"prefix_hit_percent", QT_TRANSLATE_NOOP("InstanceColumns", "Prefix\nhit\n%"),
     QT_TRANSLATE_NOOP("InstanceColumns", "Prompt tokens found in the prefix cache"),
     CellKind::Figure, 56, Reading::PrefixHitShare},
    {"errors_per_s", QT_TRANSLATE_NOOP("InstanceColumns", "Errors\n/s"),
     QT_TRANSLATE_NOOP("InstanceColumns", "Failed requests a second"), CellKind::Figure, 60,
     Reading::ErrorsPerSecond},
    {"weight", QT_TRANSLATE_NOOP("InstanceColumns", "Weight"),
     QT_TRANSLATE_NOOP("InstanceColumns", "Weight of its pool in the routes that name it"),
     CellKind::Figure, 60, kNoReading},
    {"place", QT_TRANSLATE_NOOP("InstanceColumns", "Host, zone"), "", CellKind::Text, 124,
     kNoReading},
    {"pool", QT_TRANSLATE_NOOP("InstanceColumns", "Pool"), "", CellKind::Text, 120, kNoReading},
    {"zone", QT_TRANSLATE_NOOP("InstanceColumns", "Zone"), "", CellKind::Text, 80, kNoReading},
    {"host", QT_TRANSLATE_NOOP("InstanceColumns", "Host"), "", CellKind::Text, 120, kNoReading},
    {"engine", QT_TRANSLATE_NOOP("InstanceColumns", "Engine"),
     QT_TRANSLATE_NOOP("InstanceColumns", "Profile of the engine and the version that it says"),
     CellKind::Text, 132, kNoReading},
    {"model", QT_TRANSLATE_NOOP("InstanceColumns", "Model"),
     QT_TRANSLATE_NOOP("InstanceColumns", "As the engine lists it"), CellKind::Text, 180,
     kNoReading},
    {"agent_version", QT_TRANSLATE_NOOP("InstanceColumns", "Agent"),
     QT_TRANSLATE_NOOP("InstanceColumns", "Version of the agent"), CellKind::Text, 72, kNoReading},
    {"revision", QT_TRANSLATE_NOOP("InstanceColumns", "Revision"),
     QT_TRANSLATE_NOOP("InstanceColumns", "Of the policy that it runs"), CellKind::Figure, 80,
     kNoReading},
    {"uptime_s", QT_TRANSLATE_NOOP("InstanceColumns", "Up"),
     QT_TRANSLATE_NOOP("InstanceColumns", "Since the agent started"), CellKind::Figure, 92,
     kNoReading},
    {"address", QT_TRANSLATE_NOOP("InstanceColumns", "Serves at"), "", CellKind::Text, 150,
     kNoReading},
    {"engine_waiting", QT_TRANSLATE_NOOP("InstanceColumns", "Waiting"),
     QT_TRANSLATE_NOOP("InstanceColumns", "Requests in the engine's queue"), CellKind::Figure, 72,
     Reading::Waiting},
    {"decoding", QT_TRANSLATE_NOOP("InstanceColumns", "Decod-\ning"),
     QT_TRANSLATE_NOOP("InstanceColumns", "Streams past their first token"), CellKind::Figure, 64,
     kNoReading},
    {"pending_prefill_tokens", QT_TRANSLATE_NOOP("InstanceColumns", "Prefill\npending\ntok"),
     QT_TRANSLATE_NOOP("InstanceColumns", "Prompt tokens admitted without a first token yet"),
     CellKind::Figure, 72, kNoReading},
    {"requests_per_s", QT_TRANSLATE_NOOP("InstanceColumns", "Requests\n/s"), "", CellKind::Figure,
     76, Reading::RequestsPerSecond},
    {"prompt_tokens_per_s", QT_TRANSLATE_NOOP("InstanceColumns", "In\ntok/s"),
     QT_TRANSLATE_NOOP("InstanceColumns", "Prompt tokens a second"), CellKind::Figure, 64,
     Reading::PromptTokensPerSecond},
    {"ttft_p50_ms", QT_TRANSLATE_NOOP("InstanceColumns", "TTFT\np50\nms"),
     QT_TRANSLATE_NOOP("InstanceColumns", "Time to first token"), CellKind::Figure, 60,
     Reading::TtftP50Ms},
    {"end_to_end_p95_ms", QT_TRANSLATE_NOOP("InstanceColumns", "End to end\np95\nms"),
     QT_TRANSLATE_NOOP("InstanceColumns", "From request to last token"), CellKind::Figure, 84,
     Reading::EndToEndP95Ms},
    {"retries_per_s", QT_TRANSLATE_NOOP("InstanceColumns", "Retries\n/s"), "", CellKind::Figure,
     64, Reading::RetriesPerSecond},
    {"agent_cpu_cores", QT_TRANSLATE_NOOP("InstanceColumns", "Agent\nCPU\ncores"),
     QT_TRANSLATE_NOOP("InstanceColumns", "Of the agent itself"), CellKind::Figure, 64,
     Reading::CpuCores},
}};

using Column = InstanceColumn;
constexpr std::array kTriage{
    Column::Mark, Column::Badge, Column::Name, Column::Admin, Column::Health, Column::Reason,
    Column::Age, Column::InFlight, Column::Queue, Column::Ttft, Column::TtftTrend, Column::Gap,
    Column::Output, Column::Kv, Column::PrefixHit, Column::Errors, Column::Weight, Column::Place};
constexpr std::array kCapacity{
    Column::Mark, Column::Badge, Column::Name, Column::Admin, Column::Health, Column::Reason,
    Column::InFlight, Column::Waiting, Column::Decoding, Column::PendingPrefill, Column::Queue,
    Column::Kv, Column::PrefixHit, Column::Requests, Column::Prompt, Column::Output, Column::Weight,
    Column::Cpu};
constexpr std::array kLatency{
    Column::Mark, Column::Badge, Column::Name, Column::Health, Column::Reason, Column::InFlight,
    Column::Queue, Column::TtftP50, Column::Ttft, Column::TtftTrend, Column::Gap, Column::EndToEnd,
    Column::Errors, Column::Retries};
constexpr std::array kInventory{
    Column::Mark, Column::Badge, Column::Name, Column::Admin, Column::Health, Column::Pool,
    Column::Zone, Column::Host, Column::Engine, Column::Model, Column::AgentVersion,
    Column::Revision, Column::Uptime, Column::Address};
constexpr std::array kFoldOrder{
    Column::TtftTrend, Column::PrefixHit, Column::Cpu, Column::Retries, Column::AgentVersion,
    Column::Address, Column::Gap, Column::Place, Column::PendingPrefill, Column::Host};

// Latencies: whole from ten up, so that columns stay quiet.
QString millisecondsFigure(float ms)
{
    return ms >= 10 ? text::countText(std::llround(ms)) : QString::number(ms, 'f', 1);
}

QString orDash(const std::string& peerText)
{
    return peerText.empty() ? text::notApplicableText() : text::plainText(peerText);
}

std::optional<QString> textOf(const fleet::Agent& agent, Column column, const CellContext& context)
{
    const model::AgentRecord& record = agent.record();
    switch (column) {
    case Column::Badge: return alarmWord(agent.priority, agent.ack);
    case Column::Name: return text::plainText(agent.id);
    case Column::Admin: return adminWord(agent.admin());
    case Column::Health:
        return agent.isGone() ? QCoreApplication::translate(kContext, "gone")
                              : healthWord(agent.health());
    case Column::Reason: return reasonText(agent, context.nowUnixMs);
    case Column::Place: return placeText(agent);
    case Column::Pool: return orDash(record.pool);
    case Column::Zone: return orDash(record.zone);
    case Column::Host: return hostText(agent);
    case Column::Engine: return engineText(agent);
    case Column::Model: return modelText(agent);
    case Column::AgentVersion: return orDash(record.version);
    case Column::Address: return orDash(record.addresses.serve);
    default: return std::nullopt;
    }
}

// Numbers beside the readings; nothing where they are not known or do not apply.
std::optional<double> numberOf(const fleet::Agent& agent, Column column,
                               const CellContext& context)
{
    const model::AgentRecord& record = agent.record();
    switch (column) {
    case Column::Age: return static_cast<double>(agent.ageMs) / 1'000;
    case Column::Weight: {
        const auto found = context.weights.find(record.pool);
        return found == context.weights.end() ? std::nullopt
                                              : std::optional<double>(found->second.high);
    }
    case Column::Revision: return static_cast<double>(record.appliedRevision);
    case Column::Uptime:
        return record.startedUnixMs <= 0 || agent.isGone()
            ? std::nullopt
            : std::optional(static_cast<double>(context.nowUnixMs - record.startedUnixMs) / 1'000);
    case Column::Decoding: return agent.state().load.decoding;
    case Column::PendingPrefill:
        return static_cast<double>(agent.state().load.pendingPrefillTokens);
    default: break;
    }
    const Reading reading = factsOf(column).reading;
    if (reading == kNoReading || std::isnan(agent.readings[reading]))
        return std::nullopt;
    const double value = agent.readings[reading];
    return column == Column::Kv || column == Column::PrefixHit ? 100 * value : value;
}

QString weightText(const fleet::Agent& agent, const CellContext& context)
{
    const auto found = context.weights.find(agent.record().pool);
    if (found == context.weights.end())
        return text::notApplicableText();
    const WeightRange& range = found->second;
    const QString high = text::countText(range.high);
    return range.low == range.high ? high : text::rangeText(text::countText(range.low), high);
}

// An agent that is not heard any more has no figure of now.
bool isSilent(const fleet::Agent& agent)
{
    return agent.isGone() || agent.freshness == model::Freshness::Disconnected;
}

} // namespace

PoolWeights weightsOf(const model::Policy& policy)
{
    PoolWeights weights;
    for (const auto& [name, route] : policy.routes) {
        for (const model::RouteTarget& target : route.targets) {
            const auto [entry, isNew]
                = weights.try_emplace(target.pool, WeightRange{target.weight, target.weight});
            if (!isNew) {
                entry->second.low = std::min(entry->second.low, target.weight);
                entry->second.high = std::max(entry->second.high, target.weight);
            }
        }
    }
    return weights;
}

const ColumnFacts& factsOf(InstanceColumn column)
{
    return kFacts[static_cast<std::size_t>(column)];
}

QString titleOf(InstanceColumn column)
{
    if (column == Column::Mark)
        return QCoreApplication::translate(kContext, "Marked");
    if (column == Column::Badge)
        return QCoreApplication::translate(kContext, "Alarm");
    QString title = QCoreApplication::translate(kContext, factsOf(column).title);
    title.replace(QLatin1String("-\n"), QLatin1String("-"));
    return title.replace(QLatin1Char('\n'), QLatin1Char(' '));
}

QString explanationOf(InstanceColumn column)
{
    const char* explanation = factsOf(column).explanation;
    return *explanation ? QCoreApplication::translate(kContext, explanation) : titleOf(column);
}

std::span<const InstanceColumn> columnsOf(ColumnSet set)
{
    switch (set) {
    case ColumnSet::Triage: return kTriage;
    case ColumnSet::Capacity: return kCapacity;
    case ColumnSet::Latency: return kLatency;
    case ColumnSet::Inventory: return kInventory;
    }
    return kTriage;
}

std::span<const InstanceColumn> foldOrder()
{
    return kFoldOrder;
}

const char* keyOf(ColumnSet set)
{
    switch (set) {
    case ColumnSet::Triage: return "triage";
    case ColumnSet::Capacity: return "capacity";
    case ColumnSet::Latency: return "latency";
    case ColumnSet::Inventory: return "inventory";
    }
    return "triage";
}

bool isFigure(InstanceColumn column)
{
    const CellKind kind = factsOf(column).kind;
    return kind == CellKind::Figure || kind == CellKind::Age;
}

QString figureText(InstanceColumn column, float value)
{
    if (std::isnan(value))
        return text::notApplicableText();
    switch (column) {
    case Column::Queue:
    case Column::Ttft:
    case Column::TtftP50:
    case Column::EndToEnd:
    case Column::Gap: return millisecondsFigure(value);
    case Column::Kv:
    case Column::PrefixHit: return QString::number(std::lround(100 * value));
    case Column::InFlight:
    case Column::Waiting: return text::countText(std::llround(value));
    case Column::Output:
    case Column::Prompt:
        return value == 0 ? text::countText(0) : text::rateText(value);
    default: return text::rateText(value);
    }
}

QString cellText(const fleet::Agent& agent, InstanceColumn column, const CellContext& context)
{
    if (const std::optional<QString> words = textOf(agent, column, context))
        return *words;
    if (column == Column::Mark || column == Column::TtftTrend)
        return {};
    if (column == Column::Weight)
        return weightText(agent, context);
    if (column == Column::Age && agent.isGone())
        return text::notApplicableText();
    if (isSilent(agent) && column != Column::Age && column != Column::Revision)
        return text::notApplicableText();
    const std::optional<double> number = numberOf(agent, column, context);
    if (!number)
        return text::notApplicableText();
    switch (column) {
    case Column::Age:
        return *number < 100 ? QString::number(*number, 'f', 1)
                             : text::countText(std::llround(*number));
    case Column::Uptime:
        return text::durationText(static_cast<std::int64_t>(*number * 1'000));
    case Column::Decoding:
    case Column::PendingPrefill: return text::countText(std::llround(*number));
    case Column::Revision: return QString::number(static_cast<qlonglong>(*number));
    default: return figureText(column, agent.readings[factsOf(column).reading]);
    }
}

QVariant cellValue(const fleet::Agent& agent, InstanceColumn column, const CellContext& context)
{
    if (const std::optional<QString> words = textOf(agent, column, context))
        return *words;
    const std::optional<double> number = numberOf(agent, column, context);
    return number ? QVariant(*number) : QVariant();
}

} // namespace signalbox::models
