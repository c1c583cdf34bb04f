// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/engine_sim/fault.h"

#include "shared/base/limits.h"
#include "shared/base/names.h"

#include <simdjson.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace signalbox::engine_sim {

using base::Code;
using base::Error;
using base::Origin;
using base::Result;
using base::Status;

namespace {

constexpr std::chrono::seconds kFreezeDefault{10};
constexpr double kSecondsMax = 3600;

// A crash is either of the engine, now, or within an answer.
bool isOfTheWholeEngine(const Fault& fault)
{
    return fault.kind <= FaultKind::Refuse && !(fault.kind == FaultKind::Crash && fault.after);
}

Error refuse(std::string why)
{
    return Error(Code::InvalidArgument, std::move(why), Origin::Client);
}

Result<FaultKind> kindOf(std::string_view name)
{
    std::vector<std::string> known;
    for (const FaultName& entry : kFaultNames) {
        if (entry.name == name)
            return entry.kind;
        known.emplace_back(entry.name);
    }
    const auto nearest = base::nearestWord(name, known);
    return refuse(fmt::format("unknown kind '{}'{}", name,
                              nearest ? fmt::format("; nearest is '{}'", *nearest) : ""));
}

Result<double> numberOf(std::string_view key, const simdjson::dom::element& value)
{
    double number = 0;
    if (value.get(number) != simdjson::SUCCESS || !std::isfinite(number) || number < 0)
        return refuse(fmt::format("'{}' is not a number of at least 0", key));
    return number;
}

Result<std::string> textOf(const simdjson::dom::element& value)
{
    std::string_view text;
    if (value.get(text) == simdjson::SUCCESS)
        return std::string(text);
    SB_TRY(const double number, numberOf("retry_after", value));
    return fmt::format("{:g}", number);
}

Status readField(std::string_view key, const simdjson::dom::element& value, Fault& fault)
{
    static const std::vector<std::string> kKnown{"kind",     "count",  "for_s",       "after",
                                                 "delay_ms", "factor", "retry_after", "contains"};
    if (key == "kind") {
        std::string_view name;
        if (value.get(name) != simdjson::SUCCESS)
            return refuse("'kind' is not a text");
        SB_TRY(fault.kind, kindOf(name));
        return {};
    }
    if (key == "contains") {
        std::string_view text;
        if (value.get(text) != simdjson::SUCCESS)
            return refuse("'contains' is not a text");
        fault.contains = text;
        return {};
    }
    if (key == "retry_after") {
        SB_TRY(fault.retryAfter, textOf(value));
        return {};
    }
    if (std::find(kKnown.begin(), kKnown.end(), key) == kKnown.end()) {
        const auto nearest = base::nearestWord(key, kKnown);
        return refuse(fmt::format("unknown key '{}'{}", key,
                                  nearest ? fmt::format("; nearest is '{}'", *nearest) : ""));
    }
    SB_TRY(const double number, numberOf(key, value));
    if (key == "count")
        fault.count = static_cast<std::uint64_t>(number);
    else if (key == "after")
        fault.after = static_cast<std::size_t>(number);
    else if (key == "factor")
        fault.factor = std::max(number, 1e-3);
    else if (key == "delay_ms")
        fault.delay = std::chrono::milliseconds(
            static_cast<std::int64_t>(std::min(number, kSecondsMax * 1000)));
    else
        fault.lasts = std::chrono::nanoseconds(
            static_cast<std::int64_t>(std::min(number, kSecondsMax) * 1e9));
    return {};
}

} // namespace

std::string_view nameOf(FaultKind kind)
{
    for (const FaultName& entry : kFaultNames) {
        if (entry.kind == kind)
            return entry.name;
    }
    return "unknown";
}

Result<Fault> parseFault(std::string_view json)
{
    simdjson::dom::parser parser;
    simdjson::dom::object object;
    if (parser.parse(json.data(), json.size()).get(object) != simdjson::SUCCESS)
        return refuse("the body is not a JSON object");
    Fault fault;
    bool hasKind = false;
    for (const auto& [key, value] : object) {
        SB_CHECK(readField(key, value, fault));
        hasKind = hasKind || key == "kind";
    }
    if (!hasKind)
        return refuse("'kind' is missing");
    if (fault.kind == FaultKind::Freeze && !fault.lasts)
        fault.lasts = kFreezeDefault; // a frozen engine cannot be told to go on
    if (!isOfTheWholeEngine(fault) && !fault.count && !fault.lasts)
        fault.count = 1;
    return fault;
}

void FaultPlan::arm(Fault fault)
{
    dropExpired();
    if (armed_.size() >= limits::kSimFaultsArmed)
        armed_.erase(armed_.begin());
    Armed entry{std::move(fault), std::nullopt, false};
    if (entry.fault.lasts)
        entry.until = clock_.monotonic() + *entry.fault.lasts;
    armed_.push_back(std::move(entry));
}

void FaultPlan::clear()
{
    armed_.clear();
}

std::optional<Fault> FaultPlan::take(const FaultTarget& request)
{
    dropExpired();
    for (auto it = armed_.begin(); it != armed_.end(); ++it) {
        Fault& fault = it->fault;
        if (isOfTheWholeEngine(fault))
            continue;
        if (fault.kind == FaultKind::PrefillRejected && !request.isContinuation)
            continue;
        if (request.body.find(fault.contains) == std::string_view::npos)
            continue;
        countStrike(fault.kind);
        Fault taken = fault;
        if (fault.count && --*fault.count == 0)
            armed_.erase(it);
        return taken;
    }
    return std::nullopt;
}

std::optional<Fault> FaultPlan::standing(FaultKind kind)
{
    dropExpired();
    for (Armed& entry : armed_) {
        if (entry.fault.kind != kind || !isOfTheWholeEngine(entry.fault))
            continue;
        if (!std::exchange(entry.hasStruck, true))
            countStrike(kind);
        return entry.fault;
    }
    return std::nullopt;
}

std::vector<std::string_view> FaultPlan::armed()
{
    dropExpired();
    std::vector<std::string_view> names;
    for (const Armed& entry : armed_)
        names.push_back(nameOf(entry.fault.kind));
    return names;
}

void FaultPlan::dropExpired()
{
    const auto now = clock_.monotonic();
    std::erase_if(armed_, [now](const Armed& entry) {
        return (entry.until && *entry.until <= now) || entry.fault.count == std::uint64_t{0};
    });
}

} // namespace signalbox::engine_sim
