// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/engine_sim/http_session.h"

#include "shared/base/limits.h"
#include "tests/lab/kit/hash.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <csignal>
#include <optional>
#include <string>
#include <unistd.h>

namespace signalbox::engine_sim {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t kReadBytes = 16 * 1024;
constexpr std::size_t kSplitBytesMax = 7; // a piece of the "split" fault

enum class HeadOnly : std::uint8_t { No, Yes };

// What Beast writes for a message, as bytes.
template <typename Body>
std::string serialized(http::response<Body>& message, HeadOnly headOnly)
{
    http::response_serializer<Body> serializer(message);
    serializer.split(headOnly == HeadOnly::Yes);
    std::string bytes;
    error_code error;
    while (!error && !serializer.is_done()
           && !(headOnly == HeadOnly::Yes && serializer.is_header_done())) {
        serializer.next(error, [&](error_code&, const auto& buffers) {
            bytes += beast::buffers_to_string(buffers);
            serializer.consume(asio::buffer_size(buffers));
        });
    }
    return bytes;
}

class BeastSession final : public HttpSession,
                           public AnswerSink,
                           public std::enable_shared_from_this<BeastSession> {
public:
    BeastSession(SessionContext& context, int descriptor)
        : context_(context), socket_(context.io, tcp::v4(), descriptor), idle_(context.io)
    {
        ++context_.connections.accepted;
        ++context_.connections.open;
        error_code ignored; // a socket that cannot do this still works
        socket_.set_option(tcp::no_delay(true), ignored);
    }

    ~BeastSession() override { --context_.connections.open; }

    void start()
    {
        expectRequest();
        readMore();
    }

    void closeIfIdle() override
    {
        if (state_ == State::Reading)
            closesWhenFlushed_ = true;
        if (pending_.empty() && writing_.empty() && closesWhenFlushed_)
            close();
        keepsAlive_ = false;
    }

    void close() override
    {
        if (!socket_.is_open())
            return;
        if (generation_)
            context_.engine.cancel(*generation_);
        generation_.reset();
        error_code ignored; // it is closed either way
        idle_.cancel();
        socket_.close(ignored);
        context_.engineChanged();
    }

    void onEvent(std::string_view data) override
    {
        const std::string event = "data: " + std::string(data) + "\n\n";
        send(beast::buffers_to_string(http::make_chunk(asio::buffer(event))));
    }

    void onWhole(unsigned status, std::string body) override
    {
        generation_.reset();
        HttpReply reply;
        reply.status = status;
        reply.body = std::move(body);
        sendReply(reply);
    }

    void onEnd(Ending ending) override
    {
        generation_.reset();
        switch (ending) {
        case Ending::Clean:
            send(beast::buffers_to_string(http::make_chunk_last()));
            endAnswer();
            return;
        case Ending::Cut:
            if (!isStream_)
                sendTornReply();
            closesWhenFlushed_ = true;
            flush();
            return;
        case Ending::Hang: return; // until the client leaves
        case Ending::Crash:
            crashesWhenFlushed_ = true;
            flush();
            return;
        }
    }

private:
    enum class State : std::uint8_t { Reading, Answering };

    void expectRequest()
    {
        parser_.emplace();
        parser_->eager(true);
        parser_->header_limit(limits::kSimRequestHeadBytes);
        parser_->body_limit(limits::kSimRequestBodyBytes);
        hasContinued_ = false;
        state_ = State::Reading;
    }

    void readMore()
    {
        if (isReading_ || !socket_.is_open())
            return;
        isReading_ = true;
        socket_.async_read_some(buffer_.prepare(kReadBytes),
                                [self = shared_from_this()](error_code error, std::size_t bytes) {
                                    self->onRead(error, bytes);
                                });
    }

    void onRead(const error_code& error, std::size_t bytes)
    {
        isReading_ = false;
        if (error) { // also a client that only half closed: engines take that for a goodbye
            close();
            return;
        }
        idle_.cancel();
        buffer_.commit(bytes);
        if (state_ == State::Reading)
            parse();
        if (buffer_.size() < limits::kSimRequestHeadBytes)
            readMore(); // while answering, this is what notices that the client leaves
    }

    void parse()
    {
        error_code error;
        while (state_ == State::Reading && buffer_.size() > 0 && socket_.is_open()) {
            buffer_.consume(parser_->put(buffer_.data(), error));
            if (error && error != http::error::need_more) {
                refuseMalformed(error);
                return;
            }
            if (parser_->is_done()) {
                answer();
            } else if (error) {
                if (parser_->is_header_done())
                    sayContinue();
                return;
            }
        }
    }

    void sayContinue()
    {
        const bool expects = beast::iequals(parser_->get()[http::field::expect], "100-continue");
        if (expects && !std::exchange(hasContinued_, true))
            send("HTTP/1.1 100 Continue\r\n\r\n");
    }

    void refuseMalformed(const error_code& error)
    {
        HttpReply reply;
        reply.status = error == http::error::body_limit ? 413 : 400;
        reply.contentType = "text/plain; charset=utf-8";
        reply.body = "Invalid HTTP request received.";
        keepsAlive_ = false;
        state_ = State::Answering;
        sendReply(reply);
    }

    void answer()
    {
        state_ = State::Answering;
        request_ = parser_->release();
        keepsAlive_ = request_.keep_alive();
        const auto text = [](beast::string_view view) {
            return std::string_view(view.data(), view.size());
        };
        const HttpCall call{text(request_.method_string()),
                            text(request_.target()),
                            request_.body(),
                            text(request_[http::field::content_type]),
                            text(request_[http::field::authorization]),
                            text(request_["X-Request-Id"])};
        Handling handling = context_.service.handle(call);
        if (auto* reply = std::get_if<HttpReply>(&handling)) {
            sendReply(*reply);
            if (call.path.starts_with("/sim/fault"))
                context_.faultsChanged();
        } else if (const auto* misconduct = std::get_if<Misconduct>(&handling)) {
            if (*misconduct == Misconduct::Reset)
                resetConnection();
        } else {
            begin(std::get<Accepted>(std::move(handling)));
        }
    }

    void begin(Accepted accepted)
    {
        isStream_ = accepted.request.delivery == Delivery::Stream;
        splits_ = accepted.fault && accepted.fault->kind == FaultKind::Split;
        if (isStream_) {
            http::response<http::empty_body> head{http::status::ok, 11};
            head.set(http::field::server, kFingerprint);
            head.set(http::field::content_type, "text/event-stream; charset=utf-8");
            head.chunked(true);
            head.keep_alive(keepsAlive_);
            send(serialized(head, HeadOnly::Yes));
        }
        generation_ = context_.engine.start(std::move(accepted.request), std::move(accepted.fault),
                                            *this);
        context_.engineChanged();
    }

    void sendReply(const HttpReply& reply)
    {
        http::response<http::string_body> message{static_cast<http::status>(reply.status), 11};
        message.set(http::field::server, kFingerprint);
        if (!reply.contentType.empty())
            message.set(http::field::content_type, reply.contentType);
        if (!reply.retryAfter.empty())
            message.set(http::field::retry_after, reply.retryAfter);
        message.keep_alive(keepsAlive_);
        message.body() = reply.body;
        message.prepare_payload();
        send(serialized(message, HeadOnly::No));
        endAnswer();
    }

    // A head that promises more than comes: what a killed server leaves behind.
    void sendTornReply()
    {
        http::response<http::empty_body> head{http::status::ok, 11};
        head.set(http::field::server, kFingerprint);
        head.set(http::field::content_type, "application/json");
        head.content_length(4096);
        send(serialized(head, HeadOnly::Yes) + R"({"id":"chatcmpl-torn","object":"chat.compl)");
    }

    void endAnswer()
    {
        if (!keepsAlive_) {
            closesWhenFlushed_ = true;
            flush();
            return;
        }
        splits_ = false;
        expectRequest();
        idle_.expires_after(context_.keepAlive);
        idle_.async_wait([self = shared_from_this()](error_code error) {
            if (!error && self->state_ == State::Reading)
                self->close();
        });
        // What was pipelined is answered next, but not from inside the engine's call.
        asio::post(context_.io, [self = shared_from_this()] {
            if (self->state_ == State::Reading)
                self->parse();
            self->readMore();
        });
    }

    void resetConnection()
    {
        error_code ignored; // it is closed either way
        socket_.set_option(asio::socket_base::linger(true, 0), ignored);
        close();
    }

    void send(std::string bytes)
    {
        pending_ += bytes;
        if (pending_.size() > limits::kSimOutboxBytes) {
            pending_.clear();
            asio::post(context_.io, [self = shared_from_this()] { self->close(); });
            return;
        }
        flush();
    }

    void flush()
    {
        if (!writing_.empty() || !socket_.is_open())
            return;
        if (pending_.empty()) {
            onFlushed();
            return;
        }
        writing_ = std::exchange(pending_, {});
        if (splits_) {
            const std::size_t piece = 1 + lab::mix(writing_.size()) % kSplitBytesMax;
            if (piece < writing_.size()) {
                pending_ = writing_.substr(piece);
                writing_.resize(piece);
            }
        }
        asio::async_write(socket_, asio::buffer(writing_),
                          [self = shared_from_this()](error_code error, std::size_t) {
                              self->writing_.clear();
                              if (error)
                                  self->close();
                              else
                                  self->flush();
                          });
    }

    void onFlushed()
    {
        if (crashesWhenFlushed_)
            ::kill(::getpid(), SIGKILL);
        if (closesWhenFlushed_)
            asio::post(context_.io, [self = shared_from_this()] { self->close(); });
    }

    SessionContext& context_;
    tcp::socket socket_;
    asio::steady_timer idle_;
    beast::flat_buffer buffer_;
    std::optional<http::request_parser<http::string_body>> parser_;
    http::request<http::string_body> request_;
    State state_ = State::Reading;
    std::optional<GenerationId> generation_;
    std::string pending_;
    std::string writing_;
    bool isReading_ = false;
    bool isStream_ = false;
    bool keepsAlive_ = true;
    bool hasContinued_ = false;
    bool splits_ = false;
    bool closesWhenFlushed_ = false;
    bool crashesWhenFlushed_ = false;
};

} // namespace

std::shared_ptr<HttpSession> openSession(SessionContext& context, int descriptor)
{
    auto session = std::make_shared<BeastSession>(context, descriptor);
    session->start();
    return session;
}

} // namespace signalbox::engine_sim
