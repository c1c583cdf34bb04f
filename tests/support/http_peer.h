// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace signalbox::tests {

enum class PeerKind : std::uint8_t { Nginx, HaProxy, Apache };

// What a server made of the bytes on one connection.
struct Understood {
    int firstStatus = 0; // of the first answer; 0: none came
    // "METHOD /target" of each request that was answered with success, in order.
    std::vector<std::string> requests;
    bool isAccepted() const { return !requests.empty(); }
};

// Reads answers that name their request in a field x-seen, up to the first that is no success.
Understood understoodFrom(std::string_view answers);

// Another HTTP server that answers 200 to everything it understands, on a loopback port that the
// system chose. Lives on: the test's thread, which owns it; ends its process and removes its
// directory when destroyed.
class HttpPeer {
public:
    explicit HttpPeer(PeerKind kind);
    HttpPeer(const HttpPeer&) = delete;
    HttpPeer& operator=(const HttpPeer&) = delete;
    ~HttpPeer();

    static bool isInstalled(PeerKind kind);
    // It answered a plain request; else `log()` says why not.
    bool isServing() const { return isServing_; }
    std::string log() const;

    // Status of the first answer to these bytes on a connection of their own; 0: none came.
    int statusFor(std::string_view bytes) const;
    // Everything that comes until the server closes the connection.
    Understood understands(std::string_view bytes) const;

private:
    void start(PeerKind kind, int listener);
    bool awaitService();

    std::string directory_;
    std::uint16_t port_ = 0;
    pid_t process_ = -1;
    bool isServing_ = false;
};

} // namespace signalbox::tests
