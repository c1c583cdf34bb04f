// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/proxy/sockets.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace signalbox::bench {

namespace {

constexpr int kBacklog = 4'096;

sockaddr_in loopback(std::uint16_t port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

int check(int result, const char* what)
{
    if (result < 0)
        throw std::system_error(errno, std::generic_category(), what);
    return result;
}

} // namespace

int listenAnywhere(std::uint16_t& port)
{
    const int fd
        = check(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket");
    sockaddr_in address = loopback(0);
    check(::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)), "bind");
    check(::listen(fd, kBacklog), "listen");
    socklen_t size = sizeof(address);
    check(::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size), "getsockname");
    port = ntohs(address.sin_port);
    return fd;
}

int connectTo(std::uint16_t port)
{
    const int fd = check(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
    const sockaddr_in address = loopback(port);
    check(::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), "connect");
    check(::fcntl(fd, F_SETFL, O_NONBLOCK), "fcntl");
    sendWithoutDelay(fd);
    return fd;
}

bool answers(std::uint16_t port)
{
    const int fd = check(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
    const sockaddr_in address = loopback(port);
    const bool isThere
        = ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
    ::close(fd);
    return isThere;
}

std::uint16_t freePort()
{
    std::uint16_t port = 0;
    ::close(listenAnywhere(port));
    return port;
}

void sendWithoutDelay(int fd)
{
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

void watch(int epoll, int fd)
{
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    check(::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
}

void pinTo(int cpu)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    ::sched_setaffinity(0, sizeof(set), &set);
}

} // namespace signalbox::bench
