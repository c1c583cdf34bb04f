// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/ids.h"
#include "shared/model/health.h"

#include <cstdint>
#include <string>
#include <vector>

// What exists and how it is, as plain values. Times are Unix milliseconds by the agent's clock.
namespace signalbox::model {

enum class AgentKind : std::uint8_t { Gateway, Instance };
std::string_view nameOf(AgentKind kind);

// Where an agent listens, each "host:port"; empty = not offered.
struct Addresses {
    std::string serve;
    std::string control;
    std::string observe;
    std::string store;
    bool operator==(const Addresses&) const = default;
};

// The model server beside an instance agent.
struct EngineFacts {
    std::string url; // http://host:port
    std::string profile; // name of the YAML profile: vllm, llama_cpp, ...
    std::string version; // as the engine says; empty = unknown
    std::vector<std::string> models; // as its /v1/models lists; informs, never refuses
    bool operator==(const EngineFacts&) const = default;
};

// What an agent writes about itself under its lease, on change only.
struct AgentRecord {
    base::AgentId id;
    AgentKind kind = AgentKind::Instance;
    std::string pool; // instance agents only
    std::string zone;
    Addresses addresses;
    EngineFacts engine;
    std::string version; // of the agent
    std::string bootId; // new at each start of the agent
    std::int64_t startedUnixMs = 0;
    Verdict health;
    base::Revision appliedRevision = 0; // of policy/head
    base::Revision rejectedRevision = 0; // newest revision that did not validate; 0 = none
    std::string rejectedReason;
    std::string planPublicKey; // Ed25519, 64 hex digits: proves the plans this agent signs
    std::string startedBy; // the agent that started and stops this one; empty = none does
    bool startsProcesses = false; // it may be the `on` of a pool's scale
    bool operator==(const AgentRecord&) const = default;
};

struct DrainProgress {
    DrainPhase phase = DrainPhase::None;
    std::uint32_t remaining = 0; // open exchanges
    std::int64_t longestMs = 0; // age of the oldest open exchange
    std::int64_t sinceUnixMs = 0; // when the drain reached this agent
    bool operator==(const DrainProgress&) const = default;
};

// Exact counters of the agent beside a replica, the input of the estimated time to first token.
// What an engine was asked for since its agent began; differences give its demand.
struct ServedTotals {
    std::uint64_t requests = 0;
    std::uint64_t promptTokens = 0; // estimates: bytes stand for tokens until usage is known
    std::uint64_t outputTokens = 0;
    bool operator==(const ServedTotals&) const = default;
};

struct LoadReport {
    std::uint64_t sequence = 0; // grows by one a report; 0 = never reported
    std::uint64_t pendingPrefillTokens = 0; // admitted, first token not seen yet
    std::uint32_t decoding = 0; // streams past their first token
    std::uint32_t queued = 0; // accepted here, not yet sent to the engine
    float prefillTokensPerSecond = 0; // measured; 0 = not known yet
    float decodeMsPerSequence = 0; // crowding: ms a step grows per decoding stream; 0 = not known
    bool acceptsWork = false; // healthy and not draining
    std::uint64_t lastTokenAgeMs = 0; // of the engine's newest token, at least 1; 0 = none known
    std::uint64_t lastProbeAgeMs = 0; // of its newest answer to a probe, in the same way
    ServedTotals served;
    bool operator==(const LoadReport&) const = default;
};

// How one gateway sees one member of a pool.
struct MemberView {
    std::string pool;
    std::string address; // host:port
    std::string agent; // id, empty for an engine without an agent
    std::string model; // name asked for there
    Breaker breaker = Breaker::Closed;
    bool reachable = true; // from this gateway
    bool suspect = false;
    std::string reason; // why it gets no traffic; empty = it may
    std::int64_t sinceUnixMs = 0; // of that reason; 0 = not known
    std::uint64_t tripsTotal = 0; // times that its breaker has opened
    std::uint32_t inFlight = 0;
    std::uint64_t requestsTotal = 0;
    std::uint64_t failuresTotal = 0;
    std::int64_t reportAgeMs = -1; // -1 = no report
    bool operator==(const MemberView&) const = default;
};

// An engine and its agent, started by a scaler, from their start to their end.
enum class PairState : std::uint8_t {
    Starting, // the processes run, the agent is not in the fleet yet
    Loading, // it is, and its engine is not ready yet
    Ready,
    BackingOff, // something ended; it is started again after a pause
    Draining, // it is to be stopped, and what is open there ends first
    Stopping,
};
std::string_view nameOf(PairState state);

struct PairProgress {
    std::string id; // of the agent; the engine has no other name
    PairState state = PairState::Starting;
    std::string reason; // what it waits for or why it ended; empty = as it should be
    std::int64_t sinceUnixMs = 0; // of the state
    std::uint32_t restarts = 0; // of the engine or the agent, since the pair exists
    std::int32_t enginePid = 0; // 0 = does not run
    std::int32_t agentPid = 0;
    std::string logPath; // folder of both logs, on the machine of the agent that tells this
    bool operator==(const PairProgress&) const = default;
};

// How far the agent that starts a pool's instances has come.
struct ScaleProgress {
    std::string pool;
    std::uint32_t desired = 0; // instances of the pool, as policy says
    std::uint32_t others = 0; // of those, what somebody else starts
    std::string problem; // why nothing can be started; empty = nothing is in the way
    std::int64_t lastStartMs = 0; // that the newest ready pair took to get there; 0 = none has
    std::vector<PairProgress> pairs; // by index
    bool operator==(const ScaleProgress&) const = default;

    std::uint32_t count(PairState state) const;
};

// Everything an agent tells about itself in telemetry, sent on change.
struct AgentState {
    AgentRecord record;
    Admin admin = Admin::Run;
    DrainProgress drain;
    LoadReport load;
    std::vector<MemberView> members; // gateways, and agents that are called directly
    std::vector<ScaleProgress> scaling; // pools whose instances this agent starts, by name
    bool storeAway = false;
    std::int64_t storeAwaySinceUnixMs = 0;
    std::int64_t snapshotAgeMs = 0; // age of the policy snapshot it runs on while the store is away
    bool operator==(const AgentState&) const = default;
};

} // namespace signalbox::model
