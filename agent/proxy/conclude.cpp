// SPDX-License-Identifier: Apache-2.0
#include "agent/proxy/conclude.h"

#include "agent/proxy/core_proxy.h"

#include <algorithm>

namespace signalbox::proxy {

void conclude(CoreProxy& core, Exchange& exchange)
{
    ExchangeRecord& record = exchange.record;
    record.endedAt = exchange.now();
    CoreStatistics& statistics = core.statistics();
    // Probes and model lists are no exchanges of the fleet.
    if (methodOf(exchange.api) == http::Method::Get && record.outcome == Outcome::Completed)
        return;
    statistics.outcomes[static_cast<std::size_t>(record.outcome)].add();
    if (record.outcome == Outcome::Completed) {
        statistics.endToEnd.record(std::chrono::nanoseconds(record.endedAt - record.receivedAt));
        statistics.promptTokens.add(record.promptTokens);
    }
    // Events were counted as they passed; usage may know of more: an event can hold several.
    record.completionTokens = std::max(record.completionTokens, exchange.tokensCounted);
    statistics.completionTokens.add(record.completionTokens - exchange.tokensCounted);
    record.requestId = std::move(exchange.requestId);
    if (exchange.route != nullptr)
        record.route = exchange.route->name;
    core.sink().record(record);
}

} // namespace signalbox::proxy
