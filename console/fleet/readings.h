// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

namespace signalbox::fleet {

// The numbers of an agent that screens show, once a second. Each is a canonical series of the
// telemetry; NaN = not measured there, or not yet.
enum class Reading : std::uint8_t {
    InFlight, // requests
    Waiting, // requests inside the engine's queue
    QueueP95Ms,
    TtftP50Ms,
    TtftP95Ms,
    GapP95Ms, // between two tokens of a stream
    EndToEndP95Ms,
    RequestsPerSecond,
    ErrorsPerSecond,
    RetriesPerSecond,
    PromptTokensPerSecond,
    OutputTokensPerSecond,
    KvShare, // 0..1
    PrefixHitShare, // 0..1
    CpuCores, // of the agent itself
    AgentBytes, // anonymous memory of the agent itself
    HostCpuShare, // 0..1
    HostMemoryBytes,
    kCount,
};

inline constexpr std::size_t kReadings = static_cast<std::size_t>(Reading::kCount);
inline constexpr float kUnknown = std::numeric_limits<float>::quiet_NaN();

// One row of readings, by Reading.
struct Readings {
    std::array<float, kReadings> values = filled();
    float operator[](Reading reading) const { return values[static_cast<std::size_t>(reading)]; }
    float& operator[](Reading reading) { return values[static_cast<std::size_t>(reading)]; }

private:
    static constexpr std::array<float, kReadings> filled()
    {
        std::array<float, kReadings> all{};
        all.fill(kUnknown);
        return all;
    }
};

// Canonical name of the series, as telemetry has it.
std::string_view seriesOf(Reading reading);

} // namespace signalbox::fleet
