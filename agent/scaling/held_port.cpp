// SPDX-License-Identifier: Apache-2.0
#include "agent/scaling/held_port.h"

#include <fmt/format.h>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace signalbox::scaling {

base::Result<HeldPort> HeldPort::take(std::uint16_t port)
{
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (socket >= 0
        && ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0
        && ::bind(socket, reinterpret_cast<sockaddr*>(&address), size) == 0
        && ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0)
        return HeldPort(socket, ntohs(address.sin_port));
    const int number = errno;
    if (socket >= 0)
        ::close(socket);
    return base::Error(number == EADDRINUSE ? base::Code::AlreadyExists : base::Code::Unavailable,
                       fmt::format("port {}: {}", port, std::strerror(number)));
}

HeldPort::~HeldPort()
{
    if (socket_ >= 0)
        ::close(socket_);
}

} // namespace signalbox::scaling
