// SPDX-License-Identifier: Apache-2.0
#include "agent/engine/fetcher.h"

#include "agent/http/chunk_decoder.h"
#include "agent/http/h1_writer.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include <sys/socket.h>

namespace signalbox::engine {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kIdleMax = 2; // a probe and a scrape side by side
constexpr std::size_t kReadBytes = 16 * 1024;

struct Connection {
    explicit Connection(asio::io_context& context) : socket(context) {}
    tcp::socket socket;
    std::uint32_t requests = 0;
    SteadyClock::time_point idleSince;

    // Open, and nothing came while it was idle: bytes now could only belong to no request.
    bool isQuiet()
    {
        char byte = 0;
        return ::recv(socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0
            && (errno == EAGAIN || errno == EWOULDBLOCK);
    }
};
using ConnectionPtr = std::unique_ptr<Connection>;

class Exchange;

// What the fetcher and its open exchanges share; it outlives the fetcher while one of them ends.
struct Target {
    Target(asio::io_context& io, EngineUrl where, ConnectionLimits bounds)
        : context(io), url(std::move(where)), limits(bounds)
    {
    }

    ConnectionPtr takeIdle()
    {
        while (!idle.empty()) {
            ConnectionPtr connection = std::move(idle.back());
            idle.pop_back();
            const bool isYoung = SteadyClock::now() - connection->idleSince < limits.idle;
            if (isYoung && connection->isQuiet())
                return connection;
        }
        return nullptr;
    }

    void putIdle(ConnectionPtr connection)
    {
        const bool isSpent = limits.requests != 0 && connection->requests >= limits.requests;
        if (isStopped || isSpent || idle.size() == kIdleMax)
            return;
        connection->idleSince = SteadyClock::now();
        idle.push_back(std::move(connection));
    }

    asio::io_context& context;
    EngineUrl url;
    ConnectionLimits limits;
    std::vector<ConnectionPtr> idle;
    std::vector<std::weak_ptr<Exchange>> open;
    bool isStopped = false;
};

FetchFault faultOf(const error_code& failure)
{
    if (failure == asio::error::connection_refused)
        return FetchFault::Refused;
    if (failure == asio::error::host_unreachable || failure == asio::error::network_unreachable
        || failure == asio::error::host_not_found
        || failure == asio::error::host_not_found_try_again || failure == asio::error::no_data)
        return FetchFault::Unreachable;
    return FetchFault::Lost;
}

// One request and its answer, from connect to the last byte. Every handler holds a reference, so
// it lives until the last one has run; finish() happens once, whoever comes first.
class Exchange : public std::enable_shared_from_this<Exchange> {
public:
    Exchange(std::shared_ptr<Target> target, FetchRequest request, Fetcher::Done done)
        : target_(std::move(target)), request_(std::move(request)), done_(std::move(done)),
          timer_(target_->context), resolver_(target_->context)
    {
    }

    void start()
    {
        startedAt_ = SteadyClock::now();
        timer_.expires_after(request_.deadline);
        timer_.async_wait([self = shared_from_this()](const error_code& failure) {
            if (!failure)
                self->finish(FetchFault::Deadline, self->describeDeadline());
        });
        writeHead();
        connection_ = target_->takeIdle();
        isReused_ = connection_ != nullptr;
        if (isReused_)
            send();
        else
            resolve();
    }

    // The fetcher is gone: nobody waits for an answer.
    void abandon()
    {
        done_ = nullptr;
        finish(FetchFault::Lost, "abandoned");
    }

private:
    void writeHead()
    {
        std::array<char, http::kHeadBufferBytes> buffer;
        http::HeadWriter head(buffer);
        const std::size_t query = request_.path.find('?');
        head.request(request_.method, std::string_view(request_.path).substr(0, query),
                     query == std::string::npos
                         ? std::string_view()
                         : std::string_view(request_.path).substr(query + 1));
        head.field(http::HeaderName::Host, target_->url.hostPort());
        head.field(http::HeaderName::UserAgent, "signalbox-agent");
        head.field(http::HeaderName::Accept, request_.accept);
        head.field(http::HeaderName::AcceptEncoding, "identity");
        if (!request_.hop.empty())
            head.field(http::HeaderName::SignalboxHop, request_.hop);
        if (request_.method == http::Method::Post) {
            head.field(http::HeaderName::ContentType, "application/json");
            head.contentLength(request_.body.size());
        }
        outgoing_ = std::string(head.finish());
        outgoing_ += request_.body;
    }

    void resolve()
    {
        connection_ = std::make_unique<Connection>(target_->context);
        error_code failure;
        const auto address = asio::ip::make_address(target_->url.host, failure);
        if (!failure) {
            endpoints_ = {tcp::endpoint(address, target_->url.port)};
            connect();
            return;
        }
        resolver_.async_resolve(
            target_->url.host, std::to_string(target_->url.port),
            [self = shared_from_this()](const error_code& lookUp, const auto& results) {
                if (self->isDone_)
                    return;
                if (lookUp)
                    return self->finish(FetchFault::Unreachable, lookUp.message());
                for (const auto& result : results)
                    self->endpoints_.push_back(result.endpoint());
                self->connect();
            });
    }

    void connect()
    {
        asio::async_connect(connection_->socket, endpoints_,
                            [self = shared_from_this()](const error_code& failure, const auto&) {
                                if (self->isDone_)
                                    return;
                                if (failure)
                                    return self->finish(faultOf(failure), failure.message());
                                error_code ignored; // without it the request is only a bit later
                                self->connection_->socket.set_option(tcp::no_delay(true), ignored);
                                self->send();
                            });
    }

    void send()
    {
        ++connection_->requests;
        asio::async_write(connection_->socket, asio::buffer(outgoing_),
                          [self = shared_from_this()](const error_code& failure, std::size_t) {
                              if (self->isDone_)
                                  return;
                              if (failure)
                                  return self->lose(failure);
                              self->receive();
                          });
    }

    void receive()
    {
        connection_->socket.async_read_some(
            asio::buffer(incoming_),
            [self = shared_from_this()](const error_code& failure, std::size_t count) {
                if (self->isDone_)
                    return;
                if (failure)
                    return self->lose(failure);
                self->hasReceived_ = true;
                self->take(std::string_view(self->incoming_.data(), count));
            });
    }

    void take(std::string_view bytes)
    {
        if (!hasHead_) {
            head_.append(bytes);
            takeHead();
        } else {
            takeBody(bytes);
        }
        if (!isDone_)
            receive();
    }

    void takeHead()
    {
        while (!hasHead_ && !isDone_) {
            http::ResponseHead head;
            const http::ParseResult result
                = http::parseResponseHead(head_, request_.method, head, scanner_);
            if (result.state == http::ParseState::NeedMore)
                return;
            if (result.state == http::ParseState::Bad)
                return finish(FetchFault::NotHttp, std::string(result.fault.message));
            scanner_.reset();
            if (head.isInterim && ++interims_ > limits::kInterimResponses)
                return finish(FetchFault::NotHttp, "too many interim answers");
            if (head.isInterim) {
                head_.erase(0, result.consumed);
                continue;
            }
            hasHead_ = true;
            reply_.status = head.status;
            reply_.contentType = std::string(head.headers.get(http::HeaderName::ContentType));
            keepsAlive_ = head.keepAlive;
            framing_ = head.body;
            left_ = framing_.length;
            const std::string body = head_.substr(result.consumed);
            takeBody(body);
        }
    }

    void takeBody(std::string_view bytes)
    {
        switch (framing_.kind) {
        case http::BodyKind::None: return end(bytes);
        case http::BodyKind::Length: {
            const std::string_view part = bytes.substr(0, static_cast<std::size_t>(left_));
            left_ -= part.size();
            if (deliver(part) && left_ == 0)
                end(bytes.substr(part.size()));
            return;
        }
        case http::BodyKind::Chunked: return takeChunks(bytes);
        case http::BodyKind::UntilClose: (void)deliver(bytes); return;
        }
    }

    void takeChunks(std::string_view bytes)
    {
        while (true) {
            const http::ChunkStep step = chunks_.next(bytes, SteadyClock::now());
            bytes.remove_prefix(step.consumed);
            switch (step.state) {
            case http::ChunkState::NeedMore: return;
            case http::ChunkState::Data:
                if (!deliver(step.data))
                    return;
                break;
            case http::ChunkState::Complete: return end(bytes);
            case http::ChunkState::Bad:
                return finish(FetchFault::NotHttp, std::string(step.fault.message));
            }
        }
    }

    // False when that was too much and the exchange is over. Stop reads true when it may go on.
    [[nodiscard]] bool deliver(std::string_view part)
    {
        bodyBytes_ += part.size();
        if (bodyBytes_ > request_.bodyBytesMax) {
            finish(FetchFault::TooLarge,
                   "more than " + std::to_string(request_.bodyBytesMax) + " bytes");
            return false;
        }
        if (request_.onBody && !part.empty())
            request_.onBody(part);
        else
            reply_.body.append(part);
        return true;
    }

    void end(std::string_view extra)
    {
        if (keepsAlive_ && extra.empty())
            target_->putIdle(std::move(connection_));
        finish(FetchFault::None, {});
    }

    void lose(const error_code& failure)
    {
        // A pooled connection may have been closed while the request was on its way.
        if (isReused_ && !hasReceived_) {
            isReused_ = false;
            return resolve();
        }
        const bool isEnd = failure == asio::error::eof;
        if (isEnd && hasHead_ && framing_.kind == http::BodyKind::UntilClose)
            return finish(FetchFault::None, {});
        finish(FetchFault::Lost, isEnd ? "closed before the end of its answer" : failure.message());
    }

    std::string describeDeadline() const
    {
        const auto within
            = " within " + std::to_string(request_.deadline.count()) + " ms";
        return hasHead_ ? "no end of its answer" + within : "no answer" + within;
    }

    void finish(FetchFault fault, std::string why)
    {
        if (std::exchange(isDone_, true))
            return;
        timer_.cancel();
        resolver_.cancel();
        if (connection_) {
            error_code ignored; // it is thrown away either way
            connection_->socket.close(ignored);
        }
        reply_.fault = fault;
        reply_.why = std::move(why);
        reply_.took = SteadyClock::now() - startedAt_;
        request_.onBody = nullptr;
        auto& open = target_->open;
        std::erase_if(open, [this](const auto& one) {
            const auto exchange = one.lock();
            return !exchange || exchange.get() == this;
        });
        // Posted: the caller must not be re-entered from its own fetch(), nor from the fetcher's
        // end.
        asio::post(target_->context, [target = target_, done = std::exchange(done_, nullptr),
                                      reply = std::move(reply_)]() mutable {
            if (done && !target->isStopped)
                done(std::move(reply));
        });
    }

    std::shared_ptr<Target> target_;
    FetchRequest request_;
    Fetcher::Done done_;
    asio::steady_timer timer_;
    tcp::resolver resolver_;
    std::vector<tcp::endpoint> endpoints_;
    ConnectionPtr connection_;
    SteadyClock::time_point startedAt_;
    std::string outgoing_;
    std::array<char, kReadBytes> incoming_;
    std::string head_;
    http::HeadScanner scanner_;
    http::BodyFraming framing_;
    http::ChunkDecoder chunks_;
    FetchReply reply_;
    std::uint64_t left_ = 0; // of a body with a length
    std::uint64_t bodyBytes_ = 0;
    std::size_t interims_ = 0;
    bool isReused_ = false;
    bool hasReceived_ = false;
    bool hasHead_ = false;
    bool keepsAlive_ = false;
    bool isDone_ = false;
};

// Lives on: control. Owned by the monitor of one engine, or by the prober of one member.
class HttpFetcher final : public Fetcher {
public:
    HttpFetcher(asio::io_context& context, EngineUrl url, ConnectionLimits limits)
        : target_(std::make_shared<Target>(context, std::move(url), limits))
    {
    }
    ~HttpFetcher() override
    {
        target_->isStopped = true;
        target_->idle.clear();
        const auto open = std::exchange(target_->open, {});
        for (const auto& one : open) {
            if (const auto exchange = one.lock())
                exchange->abandon();
        }
    }

    void fetch(FetchRequest request, Done done) override
    {
        if (target_->open.size() >= limits::kFetchesPerEngine) {
            asio::post(target_->context, [target = target_, done = std::move(done)] {
                FetchReply reply;
                reply.fault = FetchFault::Busy;
                reply.why = "too many questions are open already";
                if (!target->isStopped)
                    done(std::move(reply));
            });
            return;
        }
        const auto exchange
            = std::make_shared<Exchange>(target_, std::move(request), std::move(done));
        target_->open.push_back(exchange);
        exchange->start();
    }

    void dropIdle() override { target_->idle.clear(); }

private:
    std::shared_ptr<Target> target_;
};

} // namespace

std::string_view nameOf(FetchFault fault)
{
    switch (fault) {
    case FetchFault::None: return "none";
    case FetchFault::Refused: return "refused";
    case FetchFault::Unreachable: return "unreachable";
    case FetchFault::Lost: return "lost";
    case FetchFault::Deadline: return "deadline";
    case FetchFault::TooLarge: return "too_large";
    case FetchFault::NotHttp: return "not_http";
    case FetchFault::Busy: return "busy";
    }
    return "none";
}

std::unique_ptr<Fetcher> makeFetcher(boost::asio::io_context& context, EngineUrl url,
                                     ConnectionLimits limits)
{
    return std::make_unique<HttpFetcher>(context, std::move(url), limits);
}

} // namespace signalbox::engine
