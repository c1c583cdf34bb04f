// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// The words of state. They are the product's own and are shown as they are written here.
namespace signalbox::model {

// Verdict about an engine. Sleeping and loading are not failures.
enum class Health : std::uint8_t {
    Unknown, // nobody has judged yet
    Starting, // the process was started and does not answer yet
    Loading, // it answers and says that it loads its model
    Ready,
    Degraded, // serves, but worse than it should
    Sleeping, // unloaded on purpose; wakes when asked
    Wedged, // answers probes, but no token has moved for too long
    Failed, // refused, dead, or it says so itself
};

// What people want of an agent.
enum class Admin : std::uint8_t { Run, Warm, Drain, Maint, Off, Standby, Canary };

// How old what we know is: live < 3 s, late < 10 s, stale < 30 s.
enum class Freshness : std::uint8_t { Live, Late, Stale, Disconnected };

// Progress of a drain, beside Admin. Drained = no request is open: safe to stop.
enum class DrainPhase : std::uint8_t { None, Draining, Drained };

// Closed = traffic flows; a trip opens it.
enum class Breaker : std::uint8_t { Closed, Open, HalfOpen };

struct Verdict {
    Health state = Health::Unknown;
    std::string reason; // one lower-case line; empty when ready
    std::int64_t sinceUnixMs = 0; // when this state began, by the judge's clock
    bool operator==(const Verdict&) const = default;
};

std::string_view nameOf(Health health);
std::string_view nameOf(Admin admin);
std::string_view nameOf(Freshness freshness);
std::string_view nameOf(DrainPhase phase);
std::string_view nameOf(Breaker breaker);
std::optional<Admin> adminFromName(std::string_view name);
std::optional<Health> healthFromName(std::string_view name);

// New exchanges may be sent: ready or degraded.
bool mayServe(Health health);
// New exchanges are wanted: run, warm or canary (standby serves only when its route fails over).
bool takesNewWork(Admin admin);
// ageMs = time since the newest fact about the agent was received.
Freshness freshnessOf(std::int64_t ageMs);

} // namespace signalbox::model
