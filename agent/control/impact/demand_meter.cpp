// SPDX-License-Identifier: Apache-2.0
#include "agent/control/impact/demand_meter.h"

#include <algorithm>
#include <chrono>

namespace signalbox::control {

namespace {

std::int64_t secondOf(base::Monotonic moment)
{
    return std::chrono::duration_cast<std::chrono::seconds>(moment.time_since_epoch()).count();
}

bool hasBegunAnew(const model::ServedTotals& before, const model::ServedTotals& now)
{
    return now.requests < before.requests || now.promptTokens < before.promptTokens
        || now.outputTokens < before.outputTokens;
}

// Variance to mean of the counts of arrivals; 1 where there are none.
double dispersionOf(std::span<const double> arrivals)
{
    double sum = 0;
    for (const double count : arrivals)
        sum += count;
    const double mean = sum / static_cast<double>(arrivals.size());
    if (mean <= 0)
        return 1;
    double squares = 0;
    for (const double count : arrivals)
        squares += (count - mean) * (count - mean);
    return squares / static_cast<double>(arrivals.size()) / mean;
}

} // namespace

std::size_t DemandMeter::slotOf(std::int64_t second)
{
    return static_cast<std::size_t>(second) % kKept;
}

void DemandMeter::take(const std::string& agent, const model::ServedTotals& totals,
                       base::Monotonic at)
{
    const std::int64_t second = secondOf(at);
    Marks& marks = agents_[agent];
    if (marks.newest > second)
        return;
    if (marks.newest < 0 || hasBegunAnew(marks.ring[slotOf(marks.newest)].totals, totals)) {
        marks = {};
        marks.first = second;
    }
    marks.ring[slotOf(second)] = {second, totals};
    marks.newest = second;
}

// A second in which it said nothing is like the one before.
model::ServedTotals DemandMeter::at(const Marks& marks, std::int64_t second)
{
    for (std::int64_t s = std::min(second, marks.newest); s >= marks.first; --s) {
        const Mark& mark = marks.ring[slotOf(s)];
        if (mark.second == s)
            return mark.totals;
    }
    return marks.ring[slotOf(marks.newest)].totals;
}

std::optional<Demand> DemandMeter::of(std::span<const std::string> agents,
                                      base::Monotonic now) const
{
    // The second that lasts is not counted yet.
    const std::int64_t last = secondOf(now) - 1;
    std::int64_t first = last - kSeconds;
    std::vector<const Marks*> known;
    for (const std::string& agent : agents) {
        const auto found = agents_.find(agent);
        if (found == agents_.end())
            continue;
        known.push_back(&found->second);
        first = std::max(first, found->second.first);
    }
    if (known.empty() || last - first < kLeastSeconds)
        return std::nullopt;

    model::ServedTotals asked;
    std::vector<double> arrivals(static_cast<std::size_t>(last - first), 0);
    for (const Marks* marks : known) {
        const model::ServedTotals from = at(*marks, first);
        const model::ServedTotals to = at(*marks, last);
        asked.requests += to.requests - from.requests;
        asked.promptTokens += to.promptTokens - from.promptTokens;
        asked.outputTokens += to.outputTokens - from.outputTokens;
        std::uint64_t before = from.requests;
        for (std::int64_t second = first + 1; second <= last; ++second) {
            const std::uint64_t after = at(*marks, second).requests;
            arrivals[static_cast<std::size_t>(second - first - 1)]
                += static_cast<double>(after - before);
            before = after;
        }
    }
    const double requests = static_cast<double>(asked.requests);
    Demand demand;
    demand.requestsPerSecond = requests / static_cast<double>(last - first);
    demand.promptTokens = requests > 0 ? static_cast<double>(asked.promptTokens) / requests : 0;
    demand.outputTokens = requests > 0 ? static_cast<double>(asked.outputTokens) / requests : 0;
    demand.dispersion = dispersionOf(arrivals);
    return demand;
}

} // namespace signalbox::control
