// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/ids.h"
#include "shared/base/result.h"
#include "shared/model/health.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

// Desired state: what people decided. Observed state lives in fleet.h; the two never mix.
// In the store each object is one key: policy/<kind>/<name>, kinds as in kindName().
namespace signalbox::model {

enum class PolicyKind : std::uint8_t { Access, Key, Pool, Route, Admin };
std::string_view nameOf(PolicyKind kind);

enum class AccessMode : std::uint8_t { Open, Keys };

// Who may ask. The one object of its kind is named "clients".
struct Access {
    AccessMode mode = AccessMode::Keys;
    bool operator==(const Access&) const = default;
};

// A client's key. The secret itself is nowhere: only its SHA-256, in lower hex.
struct ApiKey {
    std::string id;
    std::string tenant;
    std::string secretSha256;
    std::vector<std::string> models; // empty = every route
    bool operator==(const ApiKey&) const = default;
};

// An engine that has no agent beside it: address and profile are all that is known.
struct StaticMember {
    std::string url; // http://host:port
    std::string profile;
    bool operator==(const StaticMember&) const = default;
};

enum class ScalerKind : std::uint8_t { Process };
std::string_view nameOf(ScalerKind kind);

// How many instances a pool is to have, and how one is started: an engine and the agent beside it,
// both from a command without a shell. {port}, {id}, {index}, {pool}, {model} and {data} stand for
// what is known at the start, in the agent's command {config} too.
struct PoolScale {
    ScalerKind kind = ScalerKind::Process;
    std::string on; // id of the agent that starts them, on its own machine
    std::uint32_t desired = 0; // instances of the pool, the `others` among them
    std::uint32_t least = 0;
    std::uint32_t most = 8;
    std::uint32_t others = 0; // that somebody else starts: counted, never started or stopped here
    std::vector<std::string> engine;
    std::vector<std::string> agent; // empty = the supervising agent's own program
    std::int64_t startTimeoutMs = 600'000; // from the start to ready
    std::int64_t drainDeadlineMs = 600'000; // what is open after it is cut
    std::uint64_t logBytes = 8'388'608; // of each log, and as much of its predecessor
    bool operator==(const PoolScale&) const = default;

    std::uint32_t pairs() const { return desired > others ? desired - others : 0; }
};

// Members are the agents that register with this pool's name, and the static ones.
struct Pool {
    std::string name;
    std::string model; // name its engines know; empty = the name the client asked for
    std::vector<StaticMember> members;
    std::uint32_t readyFloor = 1; // a command that leaves fewer ready members is refused
    std::optional<PoolScale> scale; // nothing = nobody starts or stops its instances
    bool operator==(const Pool&) const = default;

    // Of the static member with that URL; empty: none of them.
    std::string profileAt(const std::string& url) const;
};

struct RouteTarget {
    std::string pool;
    std::uint32_t weight = 100; // share among the targets; 0 = none
    bool operator==(const RouteTarget&) const = default;
};

// Where a route sends its requests.
struct RoutePlacement {
    std::vector<RouteTarget> targets;
    std::vector<std::string> fallbacks;
    bool operator==(const RoutePlacement&) const = default;
};

// Model name or alias -> pools: the weighted targets first, then the fallbacks in order.
struct Route {
    std::string name; // object name in the store
    std::string model; // what clients ask for
    std::vector<std::string> aliases;
    std::vector<RouteTarget> targets;
    std::vector<std::string> fallbacks;
    RoutePlacement home = {}; // before a failover, for the way back; no targets = there was none
    std::vector<std::string> largerContext = {}; // asked when an engine says: prompt too long
    bool operator==(const Route&) const = default;

    bool hasFailedOver() const { return !home.targets.empty(); }
    const RouteTarget* targetOf(const std::string& pool) const; // nullptr: none of its targets
};

// What people want of one agent; no object = Run.
struct AdminIntent {
    std::string agent;
    Admin admin = Admin::Run;
    std::int64_t deadlineUnixMs = 0; // of a drain; 0 = wait without end
    std::string cause;
    bool operator==(const AdminIntent&) const = default;
};

// All of it at one revision. Lives on: any thread, immutable once published.
struct Policy {
    base::Revision revision = 0; // mod_revision of policy/head
    Access access;
    std::map<std::string, ApiKey> keys;
    std::map<std::string, Pool> pools;
    std::map<std::string, Route> routes;
    std::map<std::string, AdminIntent> admin; // by agent id
    bool operator==(const Policy&) const = default;

    Admin adminOf(const std::string& agent) const;
    // Some route that has failed over sends requests there.
    bool isFailoverTarget(const std::string& pool) const;
    // Requests may be sent to that agent as a member of the pool. A standby serves only while a
    // route has failed over to its pool: never as a fallback of single requests.
    bool takesNewWork(const std::string& agent, const std::string& pool) const;
};

// Every problem at once, each with the object it is about; empty = valid. Checked before a write
// and again by every agent that receives it.
std::vector<std::string> validate(const Policy& policy);

} // namespace signalbox::model
