// SPDX-License-Identifier: Apache-2.0
#include "agent/proxy/conclude.h"

#include "agent/proxy/core_proxy.h"

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
    statistics.completionTokens.add(record.completionTokens);
    record.requestId = std::move(exchange.requestId);
    if (exchange.route != nullptr)
        record.route = exchange.route->name;
    core.sink().record(record);
}

} // namespace signalbox::proxy
