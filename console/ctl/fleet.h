// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"
#include "shared/model/answers.h"
#include "shared/model/command.h"
#include "shared/model/decision.h"
#include "shared/model/fleet.h"
#include "shared/model/open_exchange.h"
#include "shared/model/policy.h"
#include "shared/model/sample.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

// What the commands ask of a fleet. The real one talks to an agent; tests bring their own.
namespace signalbox::ctl {

// One agent as it is known now.
struct AgentFacts {
    model::AgentState state;
    std::int64_t ageMs = 0; // since its newest fact was received
    std::string goneReason; // not empty: it left, and this is how it was last seen
    std::map<std::string, double> values; // newest sample by series name, summed over labels
};

enum class LinkState { Connecting, Connected, Lost };

struct Link {
    LinkState state = LinkState::Connecting;
    std::string address; // that is talked to, or was last
    std::string problem; // of the last failure; empty while connected
};

// Everything that is known at a moment.
struct Picture {
    Link link;
    std::string fleet; // its name
    std::int64_t nowUnixMs = 0; // of this machine
    std::vector<AgentFacts> agents; // by id
    std::vector<model::Event> events; // oldest first, the newest 200
    std::uint64_t eventsMissed = 0; // left out because this reader was behind
};

struct PolicyAnswer {
    model::Policy policy;
    std::int64_t storeAwaySinceUnixMs = 0; // 0 = the store answers
};

struct ApplyAnswer {
    enum class Outcome { Applied, AlreadyApplied, Conflict };
    Outcome outcome = Outcome::Applied;
    base::Revision revision = 0;
    std::uint64_t auditNumber = 0;
    model::Preview fresh; // with Conflict: the same edit against what is there now
};

// Who answers.
struct AgentAnswer {
    model::AgentState state;
    std::string fleet;
    std::vector<std::string> features;
};

// The fleet behind one reachable agent. Calls block up to their deadline and never throw.
// Lives on: the main thread. Owned by main.
class Fleet {
public:
    virtual ~Fleet() = default;

    // Starts the live view; returns once every agent of the fleet has been introduced, or with
    // the error that kept it from that within the time.
    virtual base::Status watch(std::chrono::milliseconds patience) = 0;
    virtual Picture picture() = 0;

    virtual base::Result<model::Preview> preview(const model::Edit& edit) = 0;
    virtual base::Result<model::Preview> previewUndo(std::uint64_t auditNumber) = 0;
    virtual base::Result<ApplyAnswer> apply(const model::Plan& plan,
                                            const model::ApplyOptions& options)
        = 0;
    virtual base::Result<model::Convergence> convergence(base::Revision revision,
                                                         const std::vector<std::string>& agents)
        = 0;
    // Newest first, below that number (0 = from the newest).
    virtual base::Result<std::vector<model::AuditRecord>> audit(std::uint64_t beforeNumber,
                                                                std::uint32_t count)
        = 0;
    virtual base::Result<PolicyAnswer> policy() = 0;
    virtual base::Result<AgentAnswer> agent() = 0;
    // Break-glass at that agent itself, which needs no store. Drain or Run; until when, 0 = ended.
    virtual base::Result<std::int64_t> overrideLocally(const AgentFacts& at, model::Admin admin,
                                                       const model::ApplyOptions& options)
        = 0;
    // One token of the engine beside that agent, now.
    virtual base::Result<model::ProbeReport> probeNow(const std::string& agent) = 0;
    // Requests open on that agent now.
    virtual base::Result<model::OpenExchangeList> openExchanges(const std::string& agent) = 0;
    // Why that request went where it went, if some agent has kept it.
    virtual base::Result<model::Decision> findDecision(const std::string& requestId) = 0;

    // SHA-256, lower hex, of the bytes that the store keeps for this record.
    virtual std::string hashOf(const model::AuditRecord& record) const = 0;
    virtual std::int64_t nowUnixMs() const = 0; // of this machine
};

} // namespace signalbox::ctl
