// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/proxy/proxy_snapshot.h"
#include "agent/upstream/member_registry.h"
#include "shared/model/fleet.h"
#include "shared/model/policy.h"

#include <functional>
#include <map>
#include <optional>
#include <string>

namespace signalbox::control {

// What an engine profile says about its engines and connections to them.
struct ConnectionFacts {
    std::chrono::milliseconds idleMax{4'000};
    std::uint32_t requestsPerConnectionMax = 0; // 0 = no limit
    std::shared_ptr<const upstream::EngineTraits> traits; // null = not known
};

struct LocalEngine {
    std::string address; // host:port
    std::string profile;
};

struct SnapshotInputs {
    const model::Policy* policy = nullptr;
    const std::map<std::string, model::AgentRecord>* agents = nullptr; // by id
    std::string selfId;
    std::string zone; // of this agent
    std::optional<LocalEngine> engine; // none for a gateway
    std::function<ConnectionFacts(const std::string& profile)> factsOf;
    proxy::ExchangeSettings settings;
    std::int64_t startedUnixSeconds = 0; // "created" of the models that are listed
};

// Policy and membership compiled into what the phases read: pure but for the registry, which hands
// out the cells that outlive snapshots. Lives on: control.
// Health is not read here: it changes faster than policy and lives in the members' cells.
proxy::ProxySnapshotPtr buildSnapshot(const SnapshotInputs& inputs,
                                      upstream::MemberRegistry& registry);

} // namespace signalbox::control
