// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/kit/http_fetch.h"

#include "shared/base/limits.h"
#include "tests/lab/kit/response_parser.h"

#include <fmt/format.h>

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>

namespace signalbox::lab {

using base::Code;
using base::Error;
using base::Origin;
using base::Result;
using base::Status;

namespace {

using Clock = std::chrono::steady_clock;

class Socket {
public:
    explicit Socket(int descriptor) : descriptor_(descriptor) {}
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    ~Socket()
    {
        if (descriptor_ >= 0)
            ::close(descriptor_);
    }
    int get() const { return descriptor_; }
    int release() { return std::exchange(descriptor_, -1); }

private:
    int descriptor_;
};

Error failed(std::string_view what, int number)
{
    return Error(Code::Unavailable, fmt::format("{}: {}", what, std::strerror(number)),
                 Origin::Upstream);
}

Status waitFor(int descriptor, short events, Clock::time_point until)
{
    pollfd entry{descriptor, events, 0};
    while (true) {
        const auto left
            = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
        if (left <= 0)
            return Error(Code::DeadlineExceeded, "no answer in time", Origin::Upstream);
        const int ready = ::poll(&entry, 1, static_cast<int>(left) + 1);
        if (ready > 0)
            return {};
        if (ready < 0 && errno != EINTR)
            return failed("poll", errno);
    }
}

Result<int> connectOne(const addrinfo& address, Clock::time_point until)
{
    Socket socket(::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (socket.get() < 0)
        return failed("socket", errno);
    if (::connect(socket.get(), address.ai_addr, address.ai_addrlen) != 0) {
        if (errno != EINPROGRESS)
            return failed("connect", errno);
        SB_CHECK(waitFor(socket.get(), POLLOUT, until));
        int error = 0;
        socklen_t size = sizeof error;
        ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
        if (error != 0)
            return failed("connect", error);
    }
    return socket.release();
}

Result<int> connectUntil(const HttpUrl& url, Clock::time_point until)
{
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const std::string port = std::to_string(url.port);
    if (const int error = ::getaddrinfo(url.host.c_str(), port.c_str(), &hints, &found); error != 0)
        return Error(Code::Unavailable,
                     fmt::format("host {}: {}", url.host, ::gai_strerror(error)), Origin::Upstream);
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
    Result<int> last = Error(Code::Unavailable, "host has no address", Origin::Upstream);
    for (const addrinfo* one = found; one != nullptr && !last; one = one->ai_next)
        last = connectOne(*one, until);
    return last;
}

Status sendAll(int descriptor, std::string_view bytes, Clock::time_point until)
{
    while (!bytes.empty()) {
        const ssize_t sent = ::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        } else if (errno == EAGAIN) {
            SB_CHECK(waitFor(descriptor, POLLOUT, until));
        } else if (errno != EINTR) {
            return failed("send", errno);
        }
    }
    return {};
}

Result<HttpAnswer> receive(int descriptor, Clock::time_point until)
{
    ResponseParser parser;
    HttpAnswer answer;
    std::array<char, 16 * 1024> buffer;
    while (!parser.isComplete()) {
        SB_CHECK(waitFor(descriptor, POLLIN, until));
        const ssize_t got = ::recv(descriptor, buffer.data(), buffer.size(), 0);
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            continue;
        if (got < 0)
            return failed("receive", errno);
        if (got == 0) {
            parser.endOfInput();
            break;
        }
        SB_CHECK(parser.feed({buffer.data(), static_cast<std::size_t>(got)}));
        answer.body += parser.takeBody();
        if (answer.body.size() > limits::kResponseBodyBytes)
            return Error(Code::ResourceExhausted, "answer is too large", Origin::Upstream);
    }
    if (!parser.isComplete())
        return Error(Code::DataLoss, "the answer was cut short", Origin::Upstream);
    answer.status = parser.status();
    answer.contentType = parser.header("content-type");
    answer.retryAfter = parser.header("retry-after");
    return answer;
}

} // namespace

std::string HttpUrl::authority() const
{
    const bool isV6 = host.find(':') != std::string::npos;
    return isV6 ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

Result<HttpUrl> parseHttpUrl(std::string_view text)
{
    const auto refuse = [&](std::string_view why) {
        return Error(Code::InvalidArgument,
                     fmt::format("'{}' {}; expected http://host:port", text, why));
    };
    std::string_view rest = text;
    constexpr std::string_view kScheme = "http://";
    if (rest.starts_with("https://"))
        return refuse("uses TLS, which is not spoken here");
    if (!rest.starts_with(kScheme))
        return refuse("is not an http URL");
    rest.remove_prefix(kScheme.size());
    HttpUrl url;
    const std::size_t slash = rest.find('/');
    if (slash != std::string_view::npos) {
        url.basePath = rest.substr(slash);
        while (!url.basePath.empty() && url.basePath.back() == '/')
            url.basePath.pop_back();
        rest = rest.substr(0, slash);
    }
    const std::size_t bracket = rest.starts_with('[') ? rest.find(']') : 0;
    if (bracket == std::string_view::npos)
        return refuse("has an unfinished address");
    const std::size_t colon = rest.find(':', bracket);
    url.host = rest.substr(0, colon);
    if (url.host.starts_with('['))
        url.host = url.host.substr(1, bracket - 1);
    if (url.host.empty())
        return refuse("names no host");
    if (colon != std::string_view::npos) {
        const std::string_view port = rest.substr(colon + 1);
        const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), url.port);
        if (error != std::errc{} || end != port.data() + port.size() || url.port == 0)
            return refuse("has a port that is not 1 to 65535");
    }
    return url;
}

Result<int> connectTo(const HttpUrl& url, std::chrono::milliseconds deadline)
{
    return connectUntil(url, Clock::now() + deadline);
}

Result<HttpAnswer> fetch(const HttpUrl& url, const HttpCall& call,
                         std::chrono::milliseconds deadline)
{
    const auto until = Clock::now() + deadline;
    SB_TRY(const int descriptor, connectUntil(url, until));
    const Socket socket(descriptor);
    std::string request = fmt::format("{} {}{} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n",
                                      call.method, url.basePath, call.path, url.authority());
    if (!call.bearer.empty())
        request += fmt::format("authorization: Bearer {}\r\n", call.bearer);
    if (call.method != "GET")
        request += fmt::format("content-type: application/json\r\ncontent-length: {}\r\n",
                               call.body.size());
    request += "\r\n";
    request += call.body;
    SB_CHECK(sendAll(socket.get(), request, until));
    return receive(socket.get(), until);
}

} // namespace signalbox::lab
