// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/replay/load_generator.h"

#include "tests/lab/kit/response_parser.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <fmt/format.h>

#include <array>
#include <csignal>
#include <deque>
#include <unordered_set>
#include <vector>

namespace signalbox::replay {

namespace asio = boost::asio;
using asio::ip::tcp;
using base::Code;
using base::Error;
using base::Status;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

namespace {

// Engines close idle connections after 5 s; one that is about to be closed is not used again.
constexpr std::chrono::seconds kIdleMax{4};
constexpr std::size_t kReadBytes = 16 * 1024;
constexpr std::chrono::milliseconds kStopGrace{200};

} // namespace

class LoadGenerator::Loop {
public:
    Loop(const ReplayOptions& options, const RequestMaker& maker, lab::ArrivalSource& arrivals,
         Tally& tally)
        : options_(options), maker_(maker), arrivals_(arrivals), tally_(tally), schedule_(io_),
          second_(io_), end_(io_), signals_(io_)
    {
    }

    void onSecond(std::function<void(std::chrono::seconds)> callback)
    {
        onSecond_ = std::move(callback);
    }

    void stopOnSignals()
    {
        signals_.add(SIGINT);
        signals_.add(SIGTERM);
        signals_.async_wait([this](error_code error, int) {
            if (!error)
                beginStop();
        });
    }

    Status run()
    {
        error_code error;
        tcp::resolver resolver(io_);
        endpoints_
            = resolver.resolve(options_.target.host, std::to_string(options_.target.port), error);
        if (error)
            return Error(Code::Unavailable,
                         fmt::format("{}: {}", options_.target.host, error.message()));
        start_ = Clock::now();
        scheduleNext();
        countSecond();
        io_.run();
        return {};
    }

    void stop()
    {
        asio::post(io_, [this] { beginStop(); });
    }

private:
    class Exchange;
    struct Idle {
        tcp::socket socket;
        Clock::time_point since;
    };

    void scheduleNext();
    void send(const lab::Arrival& arrival, Clock::time_point scheduled);
    void startWaiting();
    void countSecond();
    void endOfSending();
    void beginStop();
    void finishIfDone();
    void onExchangeEnd(const std::shared_ptr<Exchange>& exchange, const Outcome& outcome);
    std::optional<tcp::socket> takeIdle();
    bool mayConnect() const
    {
        return options_.connectionsMax == 0 || active_.size() <= options_.connectionsMax;
    }

    const ReplayOptions& options_;
    const RequestMaker& maker_;
    lab::ArrivalSource& arrivals_;
    Tally& tally_;
    asio::io_context io_{1};
    asio::steady_timer schedule_;
    asio::steady_timer second_;
    asio::steady_timer end_;
    asio::signal_set signals_;
    std::function<void(std::chrono::seconds)> onSecond_;
    tcp::resolver::results_type endpoints_;
    Clock::time_point start_{};
    std::uint64_t number_ = 0;
    bool isSending_ = true;
    bool isStopped_ = false;
    std::vector<Idle> idle_;
    std::unordered_set<std::shared_ptr<Exchange>> active_;
    std::deque<std::shared_ptr<Exchange>> waiting_; // for one of a limited number of connections
};

// One request from its scheduled moment to its judgement.
class LoadGenerator::Loop::Exchange : public std::enable_shared_from_this<Exchange> {
public:
    Exchange(Loop& loop, PreparedRequest request, Clock::time_point scheduled, std::uint64_t number)
        : loop_(loop), request_(std::move(request)), judge_(request_.expectation),
          scheduled_(scheduled), number_(number), socket_(loop.io_), timeout_(loop.io_)
    {
    }

    void start()
    {
        timeout_.expires_at(scheduled_ + loop_.options_.timeout);
        timeout_.async_wait([self = shared_from_this()](error_code error) {
            if (!error)
                self->fail("timeout", "no whole answer in time");
        });
        if (auto socket = loop_.takeIdle()) {
            socket_ = *std::move(socket);
            isReused_ = true;
            write();
        } else {
            connect();
        }
    }

    void drop()
    {
        wasStopped_ = true;
        conclude(judge_.conclude(BodyEnd::Broken));
    }

private:
    void connect()
    {
        isReused_ = false;
        loop_.tally_.onConnection();
        asio::async_connect(socket_, loop_.endpoints_,
                            [self = shared_from_this()](error_code error, const tcp::endpoint&) {
                                if (self->isDone_)
                                    return;
                                if (error) {
                                    self->fail("connect_failed", error.message());
                                    return;
                                }
                                error_code ignored; // only slower without it
                                self->socket_.set_option(tcp::no_delay(true), ignored);
                                self->write();
                            });
    }

    void write()
    {
        asio::async_write(socket_, asio::buffer(request_.bytes),
                          [self = shared_from_this()](error_code error, std::size_t) {
                              // An early answer (a refusal) may still be there to read.
                              if (!self->isDone_ && error && !self->parser_.hasHead())
                                  self->onLost(error);
                          });
        read();
    }

    void read()
    {
        socket_.async_read_some(asio::buffer(buffer_),
                                [self = shared_from_this()](error_code error, std::size_t bytes) {
                                    if (!self->isDone_)
                                        self->onRead(error, bytes);
                                });
    }

    void onRead(const error_code& error, std::size_t bytes)
    {
        if (error) {
            onLost(error);
            return;
        }
        hasBytes_ = true;
        const auto used = parser_.feed({buffer_.data(), bytes});
        if (!used) {
            fail("malformed_http", used.error().message());
            return;
        }
        const bool hadHead = hasHead_;
        hasHead_ = parser_.hasHead();
        if (hasHead_ && !hadHead)
            judge_.onHead(parser_.status(), parser_.header("content-type"));
        takeBody();
        if (isDone_)
            return;
        if (parser_.isComplete()) {
            if (*used < bytes)
                fail("extra_bytes", "bytes after the end of the answer");
            else
                conclude(judge_.conclude(BodyEnd::Complete));
            return;
        }
        read();
    }

    void takeBody()
    {
        const std::size_t events = judge_.onBody(parser_.takeBody());
        if (events == 0)
            return;
        const auto now = Clock::now();
        if (judge_.textEvents() == events)
            loop_.tally_.onFirstToken(now - scheduled_);
        else
            loop_.tally_.onNextToken(now - lastText_);
        lastText_ = now;
        if (request_.leavesAfter > 0 && judge_.textEvents() >= request_.leavesAfter
            && !parser_.isComplete()) {
            hasLeft_ = true;
            conclude(judge_.conclude(BodyEnd::Broken));
        }
    }

    void onLost(const error_code& error)
    {
        if (isReused_ && !hasBytes_) { // the server closed an idle connection: nobody's fault
            loop_.tally_.onStaleConnection();
            error_code ignored; // it is broken anyway
            socket_.close(ignored);
            parser_.reset();
            connect();
            return;
        }
        parser_.endOfInput();
        if (!hasBytes_) {
            fail(error == asio::error::connection_reset ? "reset" : "closed", error.message());
            return;
        }
        conclude(judge_.conclude(parser_.isComplete() ? BodyEnd::Complete : BodyEnd::Broken));
    }

    void fail(std::string kind, std::string detail)
    {
        conclude({Verdict::ExplicitError, std::move(kind), std::move(detail)});
    }

    void conclude(Judgement judgement)
    {
        if (std::exchange(isDone_, true))
            return;
        timeout_.cancel();
        Outcome outcome;
        outcome.judgement = std::move(judgement);
        outcome.delivery = request_.expectation.delivery;
        outcome.hasLeft = hasLeft_;
        outcome.wasStopped = wasStopped_;
        outcome.lacksDone
            = outcome.delivery == Delivery::Stream && judge_.lacksDone();
        outcome.countsWrongly = judge_.completionTokens()
            && *judge_.completionTokens() != request_.expectation.tokensMax;
        outcome.isSimulated = judge_.isSimulated();
        outcome.tokens = judge_.completionTokens().value_or(judge_.textEvents());
        outcome.total = Clock::now() - scheduled_;
        outcome.number = number_;
        if (parser_.isComplete() && parser_.keepsAlive())
            loop_.idle_.push_back({std::move(socket_), Clock::now()});
        error_code ignored; // it is closed either way
        socket_.close(ignored);
        loop_.onExchangeEnd(shared_from_this(), outcome);
    }

    Loop& loop_;
    PreparedRequest request_;
    AnswerJudge judge_;
    Clock::time_point scheduled_;
    Clock::time_point lastText_{};
    std::uint64_t number_;
    tcp::socket socket_;
    asio::steady_timer timeout_;
    lab::ResponseParser parser_;
    std::array<char, kReadBytes> buffer_;
    bool isReused_ = false;
    bool hasBytes_ = false;
    bool hasHead_ = false;
    bool hasLeft_ = false;
    bool wasStopped_ = false;
    bool isDone_ = false;
};

// Arrivals that are due are sent at once, late or not; then the next one is waited for.
void LoadGenerator::Loop::scheduleNext()
{
    while (isSending_) {
        const auto arrival = arrivals_.next();
        if (!arrival || (options_.requestsMax > 0 && number_ >= options_.requestsMax)) {
            endOfSending();
            return;
        }
        const auto offset = std::chrono::duration_cast<Clock::duration>(arrival->at
                                                                        / options_.speed);
        if (options_.duration.count() > 0 && offset > options_.duration) {
            endOfSending();
            return;
        }
        const auto scheduled = start_ + offset;
        if (scheduled <= Clock::now()) {
            send(*arrival, scheduled);
            continue;
        }
        schedule_.expires_at(scheduled);
        schedule_.async_wait([this, arrival = *arrival, scheduled](error_code error) {
            if (error || !isSending_)
                return;
            send(arrival, scheduled);
            scheduleNext();
        });
        return;
    }
}

void LoadGenerator::Loop::send(const lab::Arrival& arrival, Clock::time_point scheduled)
{
    tally_.onSent(Clock::now() - scheduled);
    const std::uint64_t number = number_++;
    waiting_.push_back(
        std::make_shared<Exchange>(*this, maker_.make(arrival, number), scheduled, number));
    startWaiting();
}

void LoadGenerator::Loop::startWaiting()
{
    while (!waiting_.empty()) {
        const auto exchange = waiting_.front();
        active_.insert(exchange);
        if (!mayConnect()) {
            active_.erase(exchange);
            return;
        }
        waiting_.pop_front();
        exchange->start();
    }
}

void LoadGenerator::Loop::countSecond()
{
    second_.expires_after(std::chrono::seconds(1));
    second_.async_wait([this](error_code error) {
        if (error)
            return;
        const auto oldest = Clock::now() - kIdleMax;
        std::erase_if(idle_, [oldest](const Idle& idle) { return idle.since < oldest; });
        if (onSecond_)
            onSecond_(std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - start_));
        countSecond();
    });
}

void LoadGenerator::Loop::endOfSending()
{
    isSending_ = false;
    end_.expires_after(options_.drain);
    end_.async_wait([this](error_code error) {
        if (!error)
            io_.stop(); // what is open now is reported as unfinished
    });
    finishIfDone();
}

void LoadGenerator::Loop::beginStop()
{
    if (std::exchange(isStopped_, true)) {
        io_.stop();
        return;
    }
    isSending_ = false;
    schedule_.cancel();
    const auto open = active_; // each one that is dropped leaves the set
    for (const auto& exchange : open)
        exchange->drop();
    for (const auto& exchange : std::exchange(waiting_, {}))
        exchange->drop();
    end_.expires_after(kStopGrace);
    end_.async_wait([this](error_code) { io_.stop(); });
}

void LoadGenerator::Loop::finishIfDone()
{
    if (!isSending_ && active_.empty() && waiting_.empty())
        io_.stop();
}

void LoadGenerator::Loop::onExchangeEnd(const std::shared_ptr<Exchange>& exchange,
                                        const Outcome& outcome)
{
    tally_.onOutcome(outcome);
    active_.erase(exchange);
    if (isStopped_)
        return;
    startWaiting();
    finishIfDone();
}

std::optional<tcp::socket> LoadGenerator::Loop::takeIdle()
{
    const auto oldest = Clock::now() - kIdleMax;
    while (!idle_.empty()) {
        Idle idle = std::move(idle_.back());
        idle_.pop_back();
        if (idle.since >= oldest)
            return std::move(idle.socket);
    }
    return std::nullopt;
}

LoadGenerator::LoadGenerator(const ReplayOptions& options, const RequestMaker& maker,
                             lab::ArrivalSource& arrivals, Tally& tally)
    : loop_(std::make_unique<Loop>(options, maker, arrivals, tally))
{
}

LoadGenerator::~LoadGenerator() = default;

void LoadGenerator::onSecond(std::function<void(std::chrono::seconds)> callback)
{
    loop_->onSecond(std::move(callback));
}

void LoadGenerator::stopOnSignals()
{
    loop_->stopOnSignals();
}

Status LoadGenerator::run()
{
    return loop_->run();
}

void LoadGenerator::stop()
{
    loop_->stop();
}

} // namespace signalbox::replay
