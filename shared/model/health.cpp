// SPDX-License-Identifier: Apache-2.0
#include "shared/model/health.h"

#include <array>
#include <utility>

namespace signalbox::model {

namespace {

constexpr std::array kHealthNames{
    std::pair{Health::Unknown, std::string_view{"unknown"}},
    std::pair{Health::Starting, std::string_view{"starting"}},
    std::pair{Health::Loading, std::string_view{"loading"}},
    std::pair{Health::Ready, std::string_view{"ready"}},
    std::pair{Health::Degraded, std::string_view{"degraded"}},
    std::pair{Health::Sleeping, std::string_view{"sleeping"}},
    std::pair{Health::Wedged, std::string_view{"wedged"}},
    std::pair{Health::Failed, std::string_view{"failed"}},
};

constexpr std::array kAdminNames{
    std::pair{Admin::Run, std::string_view{"run"}},
    std::pair{Admin::Warm, std::string_view{"warm"}},
    std::pair{Admin::Drain, std::string_view{"drain"}},
    std::pair{Admin::Maint, std::string_view{"maint"}},
    std::pair{Admin::Off, std::string_view{"off"}},
    std::pair{Admin::Standby, std::string_view{"standby"}},
    std::pair{Admin::Canary, std::string_view{"canary"}},
};

template <typename Table, typename Value>
std::string_view nameIn(const Table& table, Value value)
{
    for (const auto& [known, name] : table) {
        if (known == value)
            return name;
    }
    return "unknown";
}

template <typename Value, typename Table>
std::optional<Value> valueIn(const Table& table, std::string_view wanted)
{
    for (const auto& [known, name] : table) {
        if (name == wanted)
            return known;
    }
    return std::nullopt;
}

constexpr std::int64_t kLiveBelowMs = 3'000;
constexpr std::int64_t kLateBelowMs = 10'000;
constexpr std::int64_t kStaleBelowMs = 30'000;

} // namespace

std::string_view nameOf(Health health)
{
    return nameIn(kHealthNames, health);
}

std::string_view nameOf(Admin admin)
{
    return nameIn(kAdminNames, admin);
}

std::string_view nameOf(Freshness freshness)
{
    switch (freshness) {
    case Freshness::Live: return "live";
    case Freshness::Late: return "late";
    case Freshness::Stale: return "stale";
    case Freshness::Disconnected: return "disconnected";
    }
    return "disconnected";
}

std::string_view nameOf(DrainPhase phase)
{
    switch (phase) {
    case DrainPhase::None: return "none";
    case DrainPhase::Draining: return "draining";
    case DrainPhase::Drained: return "drained";
    }
    return "none";
}

std::string_view nameOf(Breaker breaker)
{
    switch (breaker) {
    case Breaker::Closed: return "closed";
    case Breaker::Open: return "open";
    case Breaker::HalfOpen: return "half_open";
    }
    return "closed";
}

std::optional<Admin> adminFromName(std::string_view name)
{
    return valueIn<Admin>(kAdminNames, name);
}

std::optional<Health> healthFromName(std::string_view name)
{
    return valueIn<Health>(kHealthNames, name);
}

bool mayServe(Health health)
{
    return health == Health::Ready || health == Health::Degraded;
}

bool takesNewWork(Admin admin)
{
    return admin == Admin::Run || admin == Admin::Warm || admin == Admin::Canary;
}

Freshness freshnessOf(std::int64_t ageMs)
{
    if (ageMs < kLiveBelowMs)
        return Freshness::Live;
    if (ageMs < kLateBelowMs)
        return Freshness::Late;
    return ageMs < kStaleBelowMs ? Freshness::Stale : Freshness::Disconnected;
}

} // namespace signalbox::model
