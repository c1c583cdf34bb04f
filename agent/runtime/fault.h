// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace signalbox::runtime {

// How an awaited operation ended. Everything but None is final for the operation; Closed, Reset,
// Refused and Cancelled are final for the socket too.
enum class Fault : std::uint8_t {
    None,
    Closed,      // the peer ended its side in order (FIN), or the socket is not open
    Reset,       // the peer broke the connection (RST), or the path to it failed
    Refused,     // nobody listens at the address
    Unreachable, // no route to the address
    Cancelled,   // cancel() was called here, or what was waited on is being taken down
    Deadline,    // the deadline passed; for a send: the peer took no byte for the write-stall time
    Exhausted,   // this process has no descriptor or port left
};

constexpr std::string_view nameOf(Fault fault)
{
    switch (fault) {
    case Fault::None: return "none";
    case Fault::Closed: return "closed";
    case Fault::Reset: return "reset";
    case Fault::Refused: return "refused";
    case Fault::Unreachable: return "unreachable";
    case Fault::Cancelled: return "cancelled";
    case Fault::Deadline: return "deadline";
    case Fault::Exhausted: return "exhausted";
    }
    return "unknown";
}

} // namespace signalbox::runtime
