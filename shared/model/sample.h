// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

// Facts in time: a series is the track of one number; a sample is that number at a moment.
namespace signalbox::model {

enum class SeriesKind : std::uint8_t { Gauge, Counter };

// Identity of a track. Canonical names carry their unit ("ttft_p95_ms"); labels are few and
// bounded.
struct SeriesKey {
    std::string name;
    std::vector<std::pair<std::string, std::string>> labels; // sorted by name
    SeriesKind kind = SeriesKind::Gauge;
    auto operator<=>(const SeriesKey&) const = default;
};

// All series of one agent at one moment; columns follow the agent's dictionary.
// A value that is not known is NaN: a gap is a gap, never interpolated.
struct SampleRow {
    std::uint64_t sequence = 0;
    std::int64_t unixMs = 0;
    std::vector<double> values;
};

enum class Severity : std::uint8_t { Info, Warning, Critical };

// A thing that happened. Never thinned, never merged.
struct Event {
    std::uint64_t sequence = 0; // of the agent
    std::int64_t unixMs = 0;
    std::string agent;
    std::string kind; // stable: health_changed, member_ejected, policy_applied, ...
    std::string object; // what it is about
    std::string text; // one sentence for a person
    Severity severity = Severity::Info;
    bool operator==(const Event&) const = default;
};

} // namespace signalbox::model
