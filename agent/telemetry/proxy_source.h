// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/proxy/meters/proxy_statistics.h"
#include "agent/telemetry/series_table.h"
#include "shared/base/clock.h"

#include <cstdint>
#include <functional>
#include <vector>

namespace signalbox::telemetry {

// What the proxy shows at one moment.
struct ProxyMoment {
    proxy::StatisticsTotals totals; // since start, over all cores
    std::uint32_t inFlight = 0; // exchanges open
};

// The proxy's columns, made of its totals: rates and latencies since the sample before, and the
// counters themselves. Latencies are NaN where nothing ended in the interval.
// Lives on: control. Owned by agent/process.
class ProxySource {
public:
    ProxySource(std::function<ProxyMoment()> read, const base::Clock& clock);

    static std::vector<SeriesColumn> columns();
    std::vector<double> sample();

private:
    std::function<ProxyMoment()> read_;
    const base::Clock& clock_;
    proxy::StatisticsTotals before_;
    base::Monotonic readAt_{};
    bool hasBefore_ = false;
};

} // namespace signalbox::telemetry
