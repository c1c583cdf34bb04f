// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/proxy/load.h"

#include "tests/bench/proxy/contender.h"
#include "tests/bench/proxy/sockets.h"

#include <fmt/format.h>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string_view>
#include <utility>

namespace signalbox::bench {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kBodyBytes = 160;
constexpr std::size_t kPollBatch = 256;
constexpr std::string_view kEventEnd = "\n\n";
constexpr std::string_view kLastEvent = "data: [DONE]\n\n";
constexpr std::string_view kLastChunk = "0\r\n\r\n";

std::string requestOf(const LoadShape& shape)
{
    std::string before = R"({"model":"tiny","messages":[{"role":"user","content":")";
    const std::string after = shape.streams
        ? fmt::format(R"("}}],"stream":true,"max_tokens":{},"seed":{}}})", shape.events,
                      shape.pauseMs)
        : R"("}]})";
    before.resize(kBodyBytes - after.size(), 'a');
    const std::string body = before + after;
    return fmt::format("POST /v1/chat/completions HTTP/1.1\r\nHost: bench\r\n"
                       "Content-Type: application/json\r\nAuthorization: Bearer {}\r\n"
                       "Content-Length: {}\r\n\r\n{}",
                       kBenchKey, body.size(), body);
}

} // namespace

Load::Load(std::uint16_t port, LoadShape shape)
    : shape_(shape)
    , request_(requestOf(shape))
    , epoll_(::epoll_create1(EPOLL_CLOEXEC))
    , clients_(shape.connections)
{
    for (std::size_t i = 0; i < clients_.size(); ++i) {
        clients_[i].fd = connectTo(port);
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.u64 = i;
        ::epoll_ctl(epoll_, EPOLL_CTL_ADD, clients_[i].fd, &event);
        ask(clients_[i]);
    }
}

Load::~Load()
{
    for (const Client& client : clients_) {
        if (client.fd >= 0)
            ::close(client.fd);
    }
    ::close(epoll_);
}

LoadResult Load::runFor(std::chrono::milliseconds time)
{
    result_ = {};
    std::array<epoll_event, kPollBatch> ready{};
    const auto end = Clock::now() + time;
    while (Clock::now() < end) {
        const int count = ::epoll_wait(epoll_, ready.data(), kPollBatch, 10);
        for (int i = 0; i < count; ++i)
            read(clients_[ready[static_cast<std::size_t>(i)].data.u64]);
    }
    return result_;
}

void Load::ask(Client& client)
{
    client.input.clear();
    client.hasHead = false;
    client.counted = 0;
    if (::send(client.fd, request_.data(), request_.size(), MSG_NOSIGNAL)
        != static_cast<ssize_t>(request_.size()))
        ++result_.failures;
}

void Load::read(Client& client)
{
    std::array<char, 65'536> block{};
    const ssize_t got = ::recv(client.fd, block.data(), block.size(), 0);
    if (got <= 0) {
        ++result_.failures;
        ::close(std::exchange(client.fd, -1));
        return;
    }
    client.input.append(block.data(), static_cast<std::size_t>(got));
    if (!client.hasHead && !takeHead(client))
        return;
    if (shape_.streams)
        readEvents(client);
    else
        readPlain(client);
}

bool Load::takeHead(Client& client)
{
    const std::size_t end = client.input.find("\r\n\r\n");
    if (end == std::string::npos)
        return false;
    if (!client.input.starts_with("HTTP/1.1 200"))
        ++result_.failures;
    // HAProxy writes names in small letters, the others do not.
    for (const std::string_view name : {"Content-Length: ", "content-length: "}) {
        if (const std::size_t at = client.input.find(name); at < end)
            client.bodyLeft
                = static_cast<std::size_t>(std::atoi(client.input.c_str() + at + name.size()));
    }
    client.input.erase(0, end + 4);
    client.hasHead = true;
    return true;
}

void Load::readPlain(Client& client)
{
    if (client.input.size() < client.bodyLeft)
        return;
    ++result_.answers;
    ask(client);
}

void Load::readEvents(Client& client)
{
    for (std::size_t at = 0;
         (at = client.input.find(kEventEnd, client.counted)) != std::string::npos;
         client.counted = at + kEventEnd.size())
        ++result_.events;
    if (!client.input.ends_with(kLastChunk) || client.input.find(kLastEvent) == std::string::npos)
        return;
    ++result_.answers;
    ask(client);
}

} // namespace signalbox::bench
