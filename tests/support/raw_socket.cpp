// SPDX-License-Identifier: Apache-2.0
#include "tests/support/raw_socket.h"

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace signalbox::tests {

namespace {

constexpr timeval kWaitMost{20, 0};

sockaddr_in loopback(std::uint16_t port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

} // namespace

RawSocket::RawSocket(int fd) : fd_(fd)
{
    const int one = 1;
    setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &kWaitMost, sizeof kWaitMost);
    setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &kWaitMost, sizeof kWaitMost);
}

RawSocket RawSocket::connectTo(std::uint16_t port)
{
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = loopback(port);
    if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        ::close(fd);
        return {};
    }
    return RawSocket(fd);
}

bool RawSocket::send(std::string_view bytes)
{
    while (!bytes.empty()) {
        const ssize_t count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count <= 0)
            return false;
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

std::string RawSocket::receiveSome()
{
    std::array<char, 16 * 1024> buffer;
    const ssize_t count = recv(fd_, buffer.data(), buffer.size(), 0);
    if (count > 0)
        return {buffer.data(), static_cast<std::size_t>(count)};
    end_ = count == 0             ? End::Closed
        : errno == ECONNRESET     ? End::Reset
                                  : End::TimedOut;
    return {};
}

std::string RawSocket::receiveUntil(std::string_view text)
{
    std::string all;
    while (all.find(text) == std::string::npos) {
        const std::string some = receiveSome();
        if (some.empty())
            break;
        all += some;
    }
    return all;
}

std::string RawSocket::receiveAll()
{
    std::string all;
    for (std::string some = receiveSome(); !some.empty(); some = receiveSome())
        all += some;
    return all;
}

void RawSocket::close()
{
    if (fd_ >= 0)
        ::close(std::exchange(fd_, -1));
}

void RawSocket::reset()
{
    const linger abort{1, 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &abort, sizeof abort);
    close();
}

RawListener::RawListener() : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
{
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    if (bind(fd_, reinterpret_cast<const sockaddr*>(&address), size) != 0 || listen(fd_, 128) != 0
        || getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
        return;
    port_ = ntohs(address.sin_port);
}

RawListener::~RawListener()
{
    close();
    if (fd_ >= 0)
        ::close(fd_);
}

RawSocket RawListener::accept()
{
    const int fd = accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
    return fd < 0 ? RawSocket() : RawSocket(fd);
}

void RawListener::close()
{
    // Wakes an accept that another thread waits in; the descriptor goes with the object.
    shutdown(fd_, SHUT_RDWR);
}

std::uint16_t refusedPort()
{
    const RawListener once;
    return once.port();
}

} // namespace signalbox::tests
