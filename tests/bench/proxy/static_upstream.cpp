// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/proxy/static_upstream.h"

#include "tests/bench/proxy/sockets.h"

#include <fmt/format.h>

#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

namespace signalbox::bench {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kAnswerBytes = 560; // head and body
constexpr std::size_t kPollBatch = 256;

std::string withHead(std::string_view type, std::string_view body)
{
    return fmt::format("HTTP/1.1 200 OK\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n{}", type,
                       body.size(), body);
}

std::string plainAnswer()
{
    const std::string_view before
        = R"({"id":"chatcmpl-1","object":"chat.completion","created":1700000000,"model":"tiny",)"
          R"("choices":[{"index":0,"message":{"role":"assistant","content":")";
    const std::string_view after = R"("},"finish_reason":"stop"}],"usage":{"prompt_tokens":20,)"
                                   R"("completion_tokens":60,"total_tokens":80}})";
    const std::size_t fixed
        = withHead("application/json", std::string(before) + std::string(after)).size();
    return withHead("application/json", std::string(before) + std::string(kAnswerBytes - fixed, 'x')
                        + std::string(after));
}

std::string chunk(std::string_view event)
{
    const std::string data = fmt::format("data: {}\n\n", event);
    return fmt::format("{:x}\r\n{}\r\n", data.size(), data);
}

std::string event(std::string_view delta, std::string_view finish)
{
    return chunk(fmt::format(
        R"({{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,)"
        R"("model":"tiny","choices":[{{"index":0,"delta":{},"finish_reason":{}}}]}})",
        delta, finish));
}

int numberAfter(std::string_view text, std::string_view key)
{
    const std::size_t at = text.find(key);
    return at == std::string_view::npos ? 0 : std::atoi(text.data() + at + key.size());
}

class Server {
public:
    explicit Server(int listener)
        : listener_(listener)
        , epoll_(::epoll_create1(EPOLL_CLOEXEC))
    {
        watch(epoll_, listener_);
    }

    [[noreturn]] void run()
    {
        std::array<epoll_event, kPollBatch> ready{};
        while (true) {
            const int count = ::epoll_wait(epoll_, ready.data(), kPollBatch, msUntilNext());
            for (int i = 0; i < count; ++i) {
                if (ready[static_cast<std::size_t>(i)].data.fd == listener_)
                    accept();
                else
                    read(ready[static_cast<std::size_t>(i)].data.fd);
            }
            sendDue();
        }
    }

private:
    struct Stream {
        int left = 0;
        std::chrono::milliseconds pause{0};
    };

    int msUntilNext() const
    {
        if (due_.empty())
            return -1;
        const auto wait = due_.begin()->first - Clock::now();
        return std::max<int>(
            0, static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(wait).count()));
    }

    void accept()
    {
        for (int fd = 0; (fd = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK)) >= 0;) {
            sendWithoutDelay(fd);
            watch(epoll_, fd);
        }
    }

    void read(int fd)
    {
        std::array<char, 16'384> block{};
        const ssize_t got = ::read(fd, block.data(), block.size());
        if (got <= 0) {
            streams_.erase(fd);
            input_.erase(fd);
            ::close(fd);
            return;
        }
        std::string& input = input_[fd];
        input.append(block.data(), static_cast<std::size_t>(got));
        const std::size_t head = input.find("\r\n\r\n");
        if (head == std::string::npos)
            return;
        const auto length = static_cast<std::size_t>(numberAfter(lowered(input.substr(0, head)),
                                                                 "content-length:"));
        if (input.size() < head + 4 + length)
            return;
        answer(fd, input);
        input.clear();
    }

    static std::string lowered(std::string text)
    {
        for (char& c : text)
            c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
        return text;
    }

    void answer(int fd, const std::string& request)
    {
        if (request.starts_with("GET /v1/models"))
            return send(fd, models_);
        if (request.starts_with("GET /metrics"))
            return send(fd, metrics_);
        if (request.starts_with("GET "))
            return send(fd, empty_);
        if (request.find(R"("stream":true)") == std::string::npos)
            return send(fd, answer_);
        streams_[fd] = {numberAfter(request, R"("max_tokens":)"),
                        std::chrono::milliseconds(numberAfter(request, R"("seed":)"))};
        send(fd, streamHead_ + first_);
        due_.emplace(Clock::now() + streams_[fd].pause, fd);
    }

    void sendDue()
    {
        const auto now = Clock::now();
        while (!due_.empty() && due_.begin()->first <= now) {
            const auto [at, fd] = *due_.begin();
            due_.erase(due_.begin());
            const auto stream = streams_.find(fd);
            if (stream == streams_.end())
                continue; // the client has left
            if (--stream->second.left > 0) {
                due_.emplace(at + stream->second.pause, fd);
                send(fd, token_);
            } else {
                streams_.erase(stream);
                send(fd, last_);
            }
        }
    }

    static void send(int fd, const std::string& bytes)
    {
        // A reader that is this far behind is not one that is measured.
        if (::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL) < 0)
            ::shutdown(fd, SHUT_RDWR);
    }

    const std::string answer_ = plainAnswer();
    const std::string models_ = withHead(
        "application/json", R"({"object":"list","data":[{"id":"tiny","object":"model"}]})");
    const std::string metrics_ = withHead("text/plain", "vllm:num_requests_running 1\n");
    const std::string empty_ = withHead("text/plain", "");
    const std::string streamHead_ = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                                    "Transfer-Encoding: chunked\r\n\r\n";
    const std::string first_ = event(R"({"role":"assistant","content":""})", "null");
    const std::string token_ = event(R"({"content":" token"})", "null");
    const std::string last_ = event("{}", R"("stop")") + chunk("[DONE]") + "0\r\n\r\n";
    int listener_;
    int epoll_;
    std::unordered_map<int, std::string> input_;
    std::unordered_map<int, Stream> streams_;
    std::multimap<Clock::time_point, int> due_;
};

} // namespace

StaticUpstream::StaticUpstream()
{
    const int listener = listenAnywhere(port_);
    pid_ = ::fork();
    if (pid_ == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        pinTo(1);
        Server(listener).run();
    }
    ::close(listener);
}

StaticUpstream::~StaticUpstream()
{
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

} // namespace signalbox::bench
