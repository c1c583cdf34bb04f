// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/raw_socket.h"

#include <atomic>
#include <cstdio>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace signalbox::tests {

// An engine that answers each request with the next script, byte for byte; the last script answers
// all that follow. Scripts say what a real engine would, or what none should.
// Lives on: made by the test; scripts run on a thread each. Ends all connections when destroyed.
class ScriptedEngine {
public:
    // Gets the connection after one whole request was read; false ends the connection.
    using Script = std::function<bool(RawSocket&, const std::string& request)>;

    explicit ScriptedEngine(std::vector<Script> scripts);
    ~ScriptedEngine();

    std::uint16_t port() const { return listener_.port(); }
    std::string address() const { return "127.0.0.1:" + std::to_string(port()); }
    // Requests whose script has begun.
    int requests() const { return requests_; }
    std::string lastRequest() const;
    int connections() const { return connections_; }

private:
    void acceptAll();
    void serve(RawSocket socket);
    Script nextScript();

    RawListener listener_;
    mutable std::mutex mutex_; // guards scripts_, lastRequest_, threads_, open_
    std::deque<Script> scripts_;
    std::string lastRequest_;
    std::vector<std::thread> threads_;
    std::vector<int> open_;
    std::atomic<int> requests_{0};
    std::atomic<int> connections_{0};
    std::thread acceptor_;
};

// --- What scripts are made of. ---
std::string jsonAnswer(int status, const std::string& body, const std::string& moreFields = "");
inline constexpr std::string_view kStreamHead
    = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
std::string chunk(const std::string& bytes);
std::string tokenEvent(const std::string& text);
std::string finishEvent(const std::string& reason = "stop");
inline const std::string kRoleEvent
    = "data: "
      "{\"id\":\"c1\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":"
      "\"\"}}]}\n\n";
inline const std::string kDone = "data: [DONE]\n\n";

ScriptedEngine::Script answers(std::string bytes);
ScriptedEngine::Script closesWithoutAnswer();
ScriptedEngine::Script resetsWithoutAnswer();
// A whole stream of these tokens.
ScriptedEngine::Script streams(std::vector<std::string> tokens);

} // namespace signalbox::tests
