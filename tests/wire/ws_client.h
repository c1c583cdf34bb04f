// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace signalbox::tests {

// What came over a tunnel: an item, or the end of a call.
struct TunnelNews {
    std::uint32_t call = 0;
    std::optional<std::string> item;
    std::uint32_t endCode = 0;
    std::string endMessage;
};

// A console's end of a tunnel, blocking. It speaks WebSocket through a library that the product's
// parser does not know. Lives on: the test's thread.
class WsClient {
public:
    // Connects and shakes hands; throws where that is refused.
    explicit WsClient(std::uint16_t port, const std::string& operatorName = "alice");
    ~WsClient();
    WsClient(const WsClient&) = delete;
    WsClient& operator=(const WsClient&) = delete;

    void open(std::uint32_t call, const std::string& method, const std::string& request,
              std::int64_t deadlineMs = 0);
    void cancel(std::uint32_t call);
    void sendBytes(const std::string& bytes); // as a binary message
    void sendText(const std::string& text);
    // The next frame; nothing when the server closed.
    std::optional<TunnelNews> receive();
    std::uint16_t closeCode() const; // after receive() said nothing

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace signalbox::tests
