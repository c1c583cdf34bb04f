// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/ids.h"
#include "shared/base/limits.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

// The local knobs of one agent, as plain values. The defaults stand here and nowhere else; names,
// units, bounds and sentences stand in the table of agent_settings.cpp.
namespace signalbox::process {

// Where one listener waits: "127.0.0.1:8800", "[::1]:8800", port 0 = any free one, "" = off.
struct ListenerConfig {
    std::string address;
    bool insecure = false; // allow an address that other machines reach, without TLS
    bool isOn() const { return !address.empty(); }
    bool operator==(const ListenerConfig&) const = default;
};

struct ListenConfig {
    ListenerConfig serve{.address = "127.0.0.1:8800"};
    ListenerConfig control{.address = "127.0.0.1:8801"};
    ListenerConfig observe{.address = "127.0.0.1:8802"};
    ListenerConfig store{.address = "127.0.0.1:8803"}; // off unless the store is embedded
    bool operator==(const ListenConfig&) const = default;
};

enum class StoreKind : std::uint8_t { Embedded, Etcd };

struct StoreConfig {
    StoreKind kind = StoreKind::Embedded;
    std::vector<std::string> endpoints; // "host:port" each; only with etcd
    bool insecure = false; // allow endpoints on other machines, without TLS
    bool operator==(const StoreConfig&) const = default;
};

struct EngineConfig {
    std::string url; // http://host:port
    std::string profile = "auto"; // auto = ask the engine what it is
    bool operator==(const EngineConfig&) const = default;
};

// The model instance beside this agent. An empty pool = this agent is a gateway.
struct InstanceConfig {
    std::string pool;
    EngineConfig engine;
    std::string startedBy; // the agent whose scaler started this one; empty = none did
    bool isPresent() const { return !pool.empty(); }
    bool operator==(const InstanceConfig&) const = default;
};

struct HttpConfig {
    std::size_t requestBodyBytes = limits::kRequestBodyBytes;
    std::chrono::milliseconds headDeadline = limits::kHeadDeadline;
    std::chrono::milliseconds bodyDeadline = limits::kBodyDeadline;
    std::chrono::milliseconds keepAliveIdle = limits::kKeepAliveIdle;
    std::size_t connectionsMax = limits::kConnectionsPerProcess;
    std::size_t connectionsPerSourceMax = limits::kConnectionsPerSource;
    bool operator==(const HttpConfig&) const = default;
};

struct ProxyConfig {
    std::chrono::milliseconds requestDeadline = std::chrono::seconds(600);
    std::chrono::milliseconds firstTokenFloor = std::chrono::seconds(10);
    std::chrono::milliseconds stallFloor = std::chrono::seconds(5);
    std::uint32_t attemptsMax = 3;
    std::chrono::milliseconds drainDeadline = std::chrono::seconds(600); // on SIGTERM
    bool operator==(const ProxyConfig&) const = default;
};

// A profile's own values stand unless the key is given: see AgentConfig::isGiven.
struct HealthConfig {
    std::chrono::milliseconds probeInterval = std::chrono::seconds(1);
    std::chrono::milliseconds probeTimeout = std::chrono::milliseconds(800);
    std::uint32_t downAfter = 2;
    std::uint32_t upAfter = 3;
    std::chrono::milliseconds wedgedFloor = std::chrono::seconds(6);
    bool operator==(const HealthConfig&) const = default;
};

struct TelemetryConfig {
    std::chrono::milliseconds interval = std::chrono::seconds(1);
    bool operator==(const TelemetryConfig&) const = default;
};

// What this agent may start on its own machine when policy asks it to.
struct ScalingConfig {
    bool processEnabled = false;
    std::vector<std::string> programs; // whole paths; no other program is ever started
    bool operator==(const ScalingConfig&) const = default;
};

// Lives on: any thread (a value). Made by loadConfig(); everything in it has been validated.
struct AgentConfig {
    base::AgentId id; // from the host name when not given
    std::string fleet = "local";
    std::string zone;
    std::string dataDir; // absolute; from the environment when not given
    std::string logLevel = "info";
    std::uint32_t cores = 0; // 0 = one a CPU that this process may use
    ListenConfig listen;
    StoreConfig store;
    InstanceConfig instance;
    std::string policySeed; // file with the first policy of an empty store; empty = none
    std::string profilesDir; // the user's own engine profiles; empty = none
    std::string readyFile; // JSON with the bound addresses, once serving; empty = none
    HttpConfig http;
    ProxyConfig proxy;
    HealthConfig health;
    TelemetryConfig telemetry;
    ScalingConfig scaling;

    std::set<std::string> given; // keys that the file or the environment set, "health.up_after"
    bool isGiven(const std::string& key) const { return given.contains(key); }
    bool isGateway() const { return !instance.isPresent(); }
    bool operator==(const AgentConfig&) const = default;
};

// Every key with its default, unit, bounds and sentence: a YAML file that loads as it stands.
std::string describeDefaults();

} // namespace signalbox::process
