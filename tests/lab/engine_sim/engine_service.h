// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/lab/engine_sim/engine.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace signalbox::engine_sim {

// What the HTTP side read of one request.
struct HttpCall {
    std::string_view method;
    std::string_view path;
    std::string_view body;
    std::string_view contentType;
    std::string_view authorization;
    std::string_view requestId;
};

struct HttpReply {
    unsigned status = 200;
    std::string body;
    std::string contentType = "application/json";
    std::string retryAfter;
};

// What a faulty engine does instead of answering.
enum class Misconduct : std::uint8_t { Reset, Silence };

// Text is to be generated; the caller starts it with a sink of its own.
struct Accepted {
    GenerationRequest request;
    std::optional<Fault> fault;
};

using Handling = std::variant<HttpReply, Misconduct, Accepted>;

// Connections of the server, for /sim/state.
struct ConnectionCounters {
    std::uint64_t accepted = 0;
    std::uint64_t open = 0;
};

// Every route of the simulated engine; knows paths and statuses, not sockets.
// Lives on: the server's one thread.
class EngineService {
public:
    EngineService(const SimOptions& options, Engine& engine, FaultPlan& faults,
                  const ConnectionCounters& connections);

    Handling handle(const HttpCall& call);
    // From now on new requests are refused the way a stopping vLLM refuses them.
    void beginShutdown() { isStopping_ = true; }

private:
    HttpReply models() const;
    HttpReply state();
    HttpReply changeFaults(const HttpCall& call);
    Handling generate(Route route, const HttpCall& call);
    std::optional<Handling> misbehave(const Fault& fault) const;

    const SimOptions& options_;
    Engine& engine_;
    FaultPlan& faults_;
    const ConnectionCounters& connections_;
    std::int64_t created_;
    std::uint64_t requests_ = 0;
    std::uint64_t rejected_ = 0;
    std::uint64_t nextAnswer_ = 1;
    bool isStopping_ = false;
};

} // namespace signalbox::engine_sim
