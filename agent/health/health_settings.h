// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/engine/engine_profile.h"

#include <chrono>
#include <cstdint>
#include <optional>

namespace signalbox::health {

// How an engine is judged: product.md §12 (Probes), then what the profile needs, then what the
// agent's configuration was given by hand.
struct HealthSettings {
    std::chrono::milliseconds probeInterval{1'000}; // +-10 %
    std::chrono::milliseconds probeTimeout{800};
    std::uint32_t downAfter = 2; // bad probes in a row
    std::uint32_t upAfter = 3; // good probes in a row, after a failure
    std::chrono::milliseconds startWithin{900'000}; // "starting" lasts no longer
    std::chrono::milliseconds wedgedFloor{6'000};
    std::chrono::milliseconds deepInterval{30'000}; // idle for this long: generate one token
    std::chrono::milliseconds deepTimeout{10'000};
    std::chrono::milliseconds scrapeInterval{1'000};
};

// Knobs that were set by hand; they win over the profile.
struct HealthOverrides {
    std::optional<std::chrono::milliseconds> probeInterval;
    std::optional<std::chrono::milliseconds> probeTimeout;
};

inline HealthSettings settingsFor(const engine::EngineProfile& profile, HealthSettings settings,
                                  const HealthOverrides& overrides)
{
    const auto& probe = profile.probe;
    settings.probeInterval
        = overrides.probeInterval.value_or(probe.interval.value_or(settings.probeInterval));
    settings.probeTimeout
        = overrides.probeTimeout.value_or(probe.timeout.value_or(settings.probeTimeout));
    settings.startWithin = probe.startWithin;
    return settings;
}

} // namespace signalbox::health
