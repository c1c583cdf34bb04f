// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace signalbox::tunnel {

// A request for /tunnel that our own parser has read and found to be one for WebSocket.
struct UpgradeRequest {
    std::string host;
    std::string key; // of the handshake
    std::string version; // of WebSocket
    std::string operatorName; // as the caller says it; empty = not said
    std::string peer; // for the log
};

} // namespace signalbox::tunnel
