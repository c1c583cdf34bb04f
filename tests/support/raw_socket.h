// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace signalbox::tests {

// A blocking TCP socket that says exactly the bytes it is told and reads what comes, with a time
// limit on every wait so that a test fails instead of hanging. Lives on: one thread.
class RawSocket {
public:
    RawSocket() = default;
    explicit RawSocket(int fd);
    RawSocket(RawSocket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    RawSocket& operator=(RawSocket&& other) noexcept
    {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~RawSocket() { close(); }

    static RawSocket connectTo(std::uint16_t port);
    bool isOpen() const { return fd_ >= 0; }
    int fd() const { return fd_; }

    bool send(std::string_view bytes);
    // What comes next; empty at the end of the stream, a reset or the time limit.
    std::string receiveSome();
    // Until the text is there or nothing more comes; what was read either way.
    std::string receiveUntil(std::string_view text);
    std::string receiveAll();
    // How receiving ended: an orderly end, a reset, or the time limit.
    enum class End : std::uint8_t { None, Closed, Reset, TimedOut };
    End end() const { return end_; }

    void close(); // FIN
    void reset(); // RST

private:
    int fd_ = -1;
    End end_ = End::None;
};

// Listens on a loopback port that the system chose.
class RawListener {
public:
    RawListener();
    ~RawListener();
    RawListener(const RawListener&) = delete;
    RawListener& operator=(const RawListener&) = delete;
    std::uint16_t port() const { return port_; }
    // Not open when the listener was closed.
    RawSocket accept();
    void close();

private:
    int fd_ = -1;
    std::uint16_t port_ = 0;
};

// A loopback port on which nothing listens: it was free a moment ago.
std::uint16_t refusedPort();

} // namespace signalbox::tests
