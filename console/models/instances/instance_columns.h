// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/fleet/agent.h"

#include <QString>
#include <QVariant>

#include <cstdint>
#include <map>
#include <span>
#include <string>

// Columns of the table of instances: what each is called, how wide, and what an agent has in it.
namespace signalbox::models {

enum class InstanceColumn : std::uint8_t {
    Mark, Badge, Name, Admin, Health, Reason, Age, InFlight, Queue, Ttft, TtftTrend, Gap, Output,
    Kv, PrefixHit, Errors, Weight, Place, Pool, Zone, Host, Engine, Model, AgentVersion, Revision,
    Uptime, Address, Waiting, Decoding, PendingPrefill, Requests, Prompt, TtftP50, EndToEnd,
    Retries, Cpu, kCount,
};
inline constexpr int kInstanceColumns = static_cast<int>(InstanceColumn::kCount);

enum class ColumnSet : std::uint8_t { Triage, Capacity, Latency, Inventory };
inline constexpr int kColumnSets = 4;

// How a cell is drawn.
enum class CellKind : std::uint8_t { Check, Badge, Name, Admin, Word, Text, Figure, Age, Trend };

struct ColumnFacts {
    const char* key; // in exports and deep links
    const char* title; // lines are split by \n
    const char* explanation;
    CellKind kind;
    int width; // logical pixels
    fleet::Reading reading; // kCount: none
};

// What share a pool has in the routes that name it; low and high differ when routes do.
struct WeightRange {
    std::uint32_t low = 0;
    std::uint32_t high = 0;
};
using PoolWeights = std::map<std::string, WeightRange>;
PoolWeights weightsOf(const model::Policy& policy);

struct CellContext {
    const PoolWeights& weights;
    std::int64_t nowUnixMs = 0;
};

const ColumnFacts& factsOf(InstanceColumn column);
QString titleOf(InstanceColumn column); // on one line
QString explanationOf(InstanceColumn column);
std::span<const InstanceColumn> columnsOf(ColumnSet set);
// Those that a narrow window leaves out, the first first.
std::span<const InstanceColumn> foldOrder();
const char* keyOf(ColumnSet set);
bool isFigure(InstanceColumn column);

QString cellText(const fleet::Agent& agent, InstanceColumn column, const CellContext& context);
// The value as it is, for exports and sorting: a number, a text, or nothing where it is not known.
QVariant cellValue(const fleet::Agent& agent, InstanceColumn column, const CellContext& context);
// A sum's figure; "-" in columns that do not add up to anything.
QString figureText(InstanceColumn column, float value);

} // namespace signalbox::models
