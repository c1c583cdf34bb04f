// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::model {

// How far a request has come that is still open.
enum class ExchangePhase : std::uint8_t {
    Placing, // no endpoint has it yet
    Waiting, // an endpoint has it; no token yet
    Streaming, // tokens come
};
std::string_view nameOf(ExchangePhase phase);

// One request that is open right now. Never its content.
struct OpenExchange {
    std::string requestId; // towards the client
    std::string model; // asked for
    std::string route; // empty behind a gateway: only the gateway knows it
    std::string caller; // id of its key; empty when none was asked
    std::string endpoint; // agent id or host:port; empty while Placing
    ExchangePhase phase = ExchangePhase::Placing;
    std::int64_t ageMs = 0;
    std::int64_t sinceTokenMs = -1; // of its newest token; -1 = none yet
    std::uint64_t promptTokens = 0; // estimate
    std::uint64_t tokens = 0; // given to the client so far
    std::uint32_t attempts = 0; // more than one: others failed before
    bool operator==(const OpenExchange&) const = default;
};

// Those of one agent, oldest first; `total` counts those that were left out, too.
struct OpenExchangeList {
    std::string agent;
    std::vector<OpenExchange> exchanges;
    std::uint32_t total = 0;
    bool operator==(const OpenExchangeList&) const = default;
};

} // namespace signalbox::model
