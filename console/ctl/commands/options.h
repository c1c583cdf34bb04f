// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/model/policy.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::ctl {

enum class Command {
    Top,
    GetFleet,
    GetPools,
    GetAgents,
    GetRequests, // options.change.agents
    GetPolicy,
    GetAudit,
    GetEvents,
    Watch,
    Version,
    Preview, // of options.change
    Apply, // of options.change, asking nothing
    Change, // preview, ask, apply, follow
    Probe, // options.change.agents: one token each, now
    Explain, // options.requestId
    ByHand, // a drain or its end at the agent itself, without the store
};

enum class Output { Table, Json };
enum class Answer { Ask, Yes };
enum class Follow { Yes, No };
enum class Check { No, Chain };

// One change as the operator named it.
struct ChangeOptions {
    enum class Verb { Drain, Undrain, Failover, Failback, Weights, Scale, Undo };
    Verb verb = Verb::Drain;
    // Of Failover, Failback and Weights: those to leave out; of Scale: victims.
    std::vector<std::string> agents;
    std::string pool; // of Failover: the one to go to, empty = the route's first fallback
    std::string route; // of Failover, Failback and Weights
    std::vector<model::RouteTarget> weights; // of Weights
    std::uint32_t desired = 0; // of Scale
    std::uint64_t auditNumber = 0; // of Undo
    std::int64_t deadlineMs = 0; // of Drain; 0 = wait without end
    std::string cause;
    std::string overrideName;
    std::string requestId; // empty = a new one
    Answer answer = Answer::Ask;
    Follow follow = Follow::Yes;
    std::int64_t waitMs = 0; // give up following after; 0 = never
};

struct Options {
    Command command = Command::GetFleet;
    std::vector<std::string> addresses; // grpc://, grpcs://, ws://, wss://
    std::string operatorName;
    Output output = Output::Table;
    std::chrono::milliseconds timeout{10'000}; // of one call
    ChangeOptions change;
    std::chrono::milliseconds interval{250}; // of top
    Follow repeat = Follow::Yes; // of top: No = one picture
    std::uint32_t count = 20; // of audit and events
    std::uint64_t beforeNumber = 0; // of audit
    Check check = Check::No; // of audit
    std::string agent; // of events and watch: only this one
    std::string requestId; // of explain
};

// What the command line came to: options, or words for the user and an exit code.
struct Parsed {
    std::optional<Options> options;
    int exitCode = 0;
    std::string words;
};

// Environment: SIGNALBOX_FLEET for addresses, SIGNALBOX_OPERATOR (else the login name).
Parsed parseOptions(int argumentCount, const char* const* arguments);

} // namespace signalbox::ctl
