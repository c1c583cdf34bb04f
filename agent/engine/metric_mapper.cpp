// SPDX-License-Identifier: Apache-2.0
#include "agent/engine/metric_mapper.h"

#include "shared/base/limits.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

namespace signalbox::engine {

namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
constexpr double kValueMost = 1e18; // beyond it a double no longer counts one by one
constexpr std::string_view kBoundLabel = "le";

// FNV-1a: label sets are told apart, not defended; a collision harms only the engine's own figures.
class SetHash {
public:
    void add(std::string_view text)
    {
        for (const char c : text)
            hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
        hash_ = (hash_ ^ 0xffU) * 0x100000001b3ULL; // so that "ab","c" is not "a","bc"
    }
    std::uint64_t value() const { return hash_; }

private:
    std::uint64_t hash_ = 0xcbf29ce484222325ULL;
};

std::string_view labelOf(const MetricLine& line, std::string_view name)
{
    for (const MetricLabel& label : line.labels) {
        if (label.name == name)
            return label.value;
    }
    return {};
}

bool isWanted(const MetricRule& rule, const MetricLine& line)
{
    for (const auto& [name, value] : rule.where) {
        if (labelOf(line, name) != value)
            return false;
    }
    for (const auto& [name, value] : rule.unless) {
        if (labelOf(line, name) == value)
            return false;
    }
    return true;
}

std::optional<double> boundOf(const MetricLine& line)
{
    std::string_view text = labelOf(line, kBoundLabel);
    if (text.starts_with('+'))
        text.remove_prefix(1);
    double bound = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), bound);
    if (failure != std::errc() || end != text.data() + text.size() || std::isnan(bound))
        return std::nullopt;
    return bound;
}

} // namespace

MetricMapper::MetricMapper(const MetricsSource& source) : rules_(source.rules)
{
    for (const MetricRule& rule : rules_) {
        const bool isLatency = infoOf(rule.series).kind == SeriesKind::Latency;
        for (const std::string& name : rule.from) {
            const std::size_t slot = addSlot(rule);
            if (!isLatency) {
                addUse(name, slot, Part::Value);
                continue;
            }
            addUse(name + "_bucket", slot, Part::Bucket);
            addUse(name + "_sum", slot, Part::Sum);
            addUse(name + "_count", slot, Part::Count);
        }
        for (const std::string& name : rule.plus) {
            const std::size_t slot = addSlot(rule);
            slots_[slot].isPlus = true;
            addUse(name, slot, Part::Value);
        }
        if (!rule.sum.empty()) {
            const std::size_t slot = addSlot(rule);
            addUse(rule.sum, slot, Part::Sum);
            addUse(rule.count, slot, Part::Count);
        }
    }
}

void MetricMapper::begin()
{
    ++page_;
    for (Slot& slot : slots_) {
        slot.isSeen = false;
        slot.gauge = 0;
        slot.gain = 0;
        slot.window.clear();
    }
}

bool MetricMapper::wants(std::string_view name)
{
    return uses_.find(name) != uses_.end();
}

void MetricMapper::take(const MetricLine& line)
{
    const auto uses = uses_.find(line.name);
    if (uses == uses_.end())
        return;
    for (const Use use : uses->second) {
        Slot& slot = slots_[use.slot];
        if (!isWanted(*slot.rule, line))
            continue;
        // A negative number is an engine's way to say that it does not know.
        if (!(line.value >= 0 && line.value <= kValueMost)) {
            ++droppedTotal_;
            continue;
        }
        if (infoOf(slot.series).kind == SeriesKind::Gauge)
            takeGauge(slot, line.value * slot.rule->scale);
        else
            takeCounter(slot, use, line);
    }
}

EngineSample MetricMapper::finish()
{
    EngineSample sample;
    sample.series.fill(kUnknown);
    for (const SeriesInfo& info : canonicalSeries()) {
        const Slot* slot = chosen(info.id);
        double& value = sample.series[static_cast<std::size_t>(info.id)];
        if (slot != nullptr && info.kind == SeriesKind::Gauge)
            value = slot->gauge;
        if (slot != nullptr && info.kind == SeriesKind::Counter)
            value = totals_[static_cast<std::size_t>(info.id)] += gainOf(*slot);
    }
    double& ratio = sample.series[static_cast<std::size_t>(Series::PrefixHitRatio)];
    const double derived
        = hitRatio(sample.of(Series::PrefixQueriesTotal), sample.of(Series::PrefixHitsTotal));
    ratio = std::isnan(derived) ? ratio : derived;
    queriesBefore_ = sample.of(Series::PrefixQueriesTotal);
    hitsBefore_ = sample.of(Series::PrefixHitsTotal);

    for (const SeriesInfo& info : canonicalSeries()) {
        if (info.kind != SeriesKind::Latency) {
            sample.values.push_back(sample.of(info.id));
            continue;
        }
        const Slot* slot = chosen(info.id);
        const auto columns = slot != nullptr ? slot->window.columns() : LatencyWindow().columns();
        sample.values.insert(sample.values.end(), columns.begin(), columns.end());
    }
    return sample;
}

std::size_t MetricMapper::addSlot(const MetricRule& rule)
{
    slots_.push_back(Slot{.series = rule.series, .rule = &rule, .window = {}});
    return slots_.size() - 1;
}

void MetricMapper::addUse(const std::string& name, std::size_t slot, Part part)
{
    uses_[name].push_back(Use{slot, part});
}

void MetricMapper::takeGauge(Slot& slot, double value)
{
    const bool isLargest = slot.rule->combine == Combine::Max && slot.isSeen;
    slot.gauge = isLargest ? std::max(slot.gauge, value)
        : slot.rule->combine == Combine::Max ? value
                                             : slot.gauge + value;
    slot.isSeen = true;
}

void MetricMapper::takeCounter(Slot& slot, Use use, const MetricLine& line)
{
    const std::optional<double> bound
        = use.part == Part::Bucket ? boundOf(line) : std::optional<double>(0);
    if (!bound) {
        ++droppedTotal_;
        return;
    }
    const double delta = gained(use, line);
    const double scale = slot.rule->scale;
    slot.isSeen = true;
    if (use.part == Part::Value)
        slot.gain += delta * scale;
    if (page_ == 1)
        return; // what was counted before the first page is no interval
    if (use.part == Part::Bucket)
        slot.window.addBucket(*bound * scale, delta);
    if (use.part == Part::Sum)
        slot.window.addSum(delta * scale);
    if (use.part == Part::Count)
        slot.window.addCount(delta);
}

// A label set that is new began at 0, and one that fell began again: both gained all they show.
double MetricMapper::gained(Use use, const MetricLine& line)
{
    SetHash hash;
    hash.add(std::to_string(use.slot));
    hash.add(line.name);
    for (const MetricLabel& label : line.labels) {
        hash.add(label.name);
        hash.add(label.value);
    }
    const auto known = known_.find(hash.value());
    if (known != known_.end()) {
        const double before = std::exchange(known->second.value, line.value);
        known->second.page = page_;
        if (line.value >= before)
            return line.value - before;
        ++resetsTotal_;
        return line.value;
    }
    if (known_.size() >= limits::kMetricSeries)
        forgetVanished();
    if (known_.size() >= limits::kMetricSeries) {
        ++droppedTotal_;
        return 0;
    }
    known_.emplace(hash.value(), Known{line.value, page_});
    return line.value;
}

void MetricMapper::forgetVanished()
{
    std::erase_if(known_, [&](const auto& entry) { return entry.second.page != page_; });
}

const MetricMapper::Slot* MetricMapper::chosen(Series series) const
{
    const auto found = std::find_if(slots_.begin(), slots_.end(), [&](const Slot& slot) {
        return slot.series == series && slot.isSeen && !slot.isPlus;
    });
    return found == slots_.end() ? nullptr : &*found;
}

double MetricMapper::gainOf(const Slot& chosen) const
{
    double gain = chosen.gain;
    for (const Slot& other : slots_)
        gain += other.isPlus && other.rule == chosen.rule ? other.gain : 0;
    return gain;
}

double MetricMapper::hitRatio(double queries, double hits) const
{
    const double asked = queries - queriesBefore_;
    const double ratio = page_ > 1 && asked > 0 ? (hits - hitsBefore_) / asked : kUnknown;
    return ratio >= 0 && ratio <= 1 ? ratio : kUnknown;
}

} // namespace signalbox::engine
