// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/engine_sim/http_server.h"

#include "shared/base/log.h"
#include "tests/lab/engine_sim/engine.h"
#include "tests/lab/engine_sim/engine_service.h"
#include "tests/lab/engine_sim/http_session.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <fmt/format.h>

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <vector>

namespace signalbox::engine_sim {

namespace asio = boost::asio;
using asio::ip::tcp;
using base::Code;
using base::Error;
using base::Result;
using boost::system::error_code;

namespace {

constexpr std::chrono::milliseconds kTick{100};
constexpr std::chrono::milliseconds kAfterFaultCall{10}; // so that its answer leaves first
constexpr std::chrono::seconds kStopGrace{1};
constexpr int kBacklog = 1024;

// The whole process stands still; a signal interrupts poll() but not the freeze.
void freezeUntil(base::Monotonic until)
{
    while (true) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            until - base::systemClock().monotonic());
        if (left.count() <= 0)
            return;
        ::poll(nullptr, 0, static_cast<int>(left.count()));
    }
}

} // namespace

class HttpServer::Loop {
public:
    explicit Loop(SimOptions options)
        : options_(std::move(options)), faults_(base::systemClock()),
          engine_(options_, base::systemClock(), faults_),
          service_(options_, engine_, faults_, connections_),
          context_{io_,     service_,           engine_, connections_, options_.keepAlive,
                   [this] { armEngineTimer(); }, [this] { tickAfter(kAfterFaultCall); }},
          acceptor_(io_), engineTimer_(io_), ticker_(io_), signals_(io_)
    {
    }

    Result<std::uint16_t> listen()
    {
        error_code error;
        const auto address = asio::ip::make_address(options_.host, error);
        if (error)
            return Error(Code::InvalidArgument,
                         fmt::format("'{}' is not an address", options_.host));
        const tcp::endpoint endpoint(address, options_.port);
        acceptor_.open(endpoint.protocol(), error);
        if (!error)
            acceptor_.set_option(asio::socket_base::reuse_address(true), error);
        if (!error)
            acceptor_.bind(endpoint, error);
        if (!error)
            acceptor_.listen(kBacklog, error);
        if (error) {
            error_code ignored; // the first error is the one to tell
            acceptor_.close(ignored);
            return Error(Code::Unavailable,
                         fmt::format("cannot listen on {}:{}: {}", options_.host, options_.port,
                                     error.message()));
        }
        options_.port = acceptor_.local_endpoint().port(); // the same again after "refuse"
        accept();
        return options_.port;
    }

    void stopOnSignals()
    {
        signals_.add(SIGTERM);
        signals_.add(SIGINT);
        signals_.async_wait([this](error_code error, int) {
            if (!error)
                beginStop();
        });
    }

    void run()
    {
        tickAfter(kTick);
        io_.run();
    }

    void stop()
    {
        asio::post(io_, [this] { beginStop(); });
    }

private:
    void accept()
    {
        acceptor_.async_accept([this](error_code error, tcp::socket socket) {
            if (!acceptor_.is_open())
                return;
            if (!error) {
                error_code released;
                const int descriptor = socket.release(released);
                std::erase_if(sessions_, [](const auto& session) { return session.expired(); });
                sessions_.push_back(openSession(context_, descriptor));
            }
            accept();
        });
    }

    void armEngineTimer()
    {
        const auto wake = engine_.nextWake();
        if (!wake || wake == armedFor_)
            return;
        armedFor_ = wake;
        engineTimer_.expires_at(*wake);
        engineTimer_.async_wait([this](error_code error) {
            if (error)
                return;
            armedFor_.reset();
            engine_.onTimer();
            armEngineTimer();
        });
    }

    void tickAfter(std::chrono::milliseconds delay)
    {
        ticker_.expires_after(delay);
        ticker_.async_wait([this](error_code error) {
            if (error)
                return;
            tick();
            tickAfter(kTick);
        });
    }

    void tick()
    {
        if (faults_.standing(FaultKind::Crash))
            ::kill(::getpid(), SIGKILL);
        if (const auto freeze = faults_.standing(FaultKind::Freeze)) {
            freezeUntil(base::systemClock().monotonic() + *freeze->lasts);
            return;
        }
        const bool refuses = faults_.standing(FaultKind::Refuse).has_value() || stopsBy_;
        if (refuses && acceptor_.is_open()) {
            error_code ignored; // not listening is what was wanted
            acceptor_.close(ignored);
        } else if (!refuses && !acceptor_.is_open()) {
            if (auto port = listen(); !port)
                log::warn("engine_sim", "listen_failed", "why", port.error().text());
        }
        const auto now = base::systemClock().monotonic();
        if (now - sampled_ >= std::chrono::seconds(1)) {
            sampled_ = now;
            engine_.sampleUtilisation();
            report(now);
        }
        if (stopsBy_)
            continueStop(now);
    }

    void report(base::Monotonic now)
    {
        if (options_.reportEvery.count() == 0 || now - reported_ < options_.reportEvery)
            return;
        reported_ = now;
        const EngineGauges gauges = engine_.gauges();
        log::info("engine_sim", "load", "utilisation", fmt::format("{:.2f}", gauges.utilisation),
                  "running", gauges.running, "waiting", gauges.waiting, "kv",
                  fmt::format("{:.3f}", gauges.kvUsage));
    }

    void beginStop()
    {
        if (stopsBy_)
            return;
        service_.beginShutdown();
        stopsBy_ = base::systemClock().monotonic() + options_.shutdownTimeout;
        tickAfter(std::chrono::milliseconds(0));
    }

    void continueStop(base::Monotonic now)
    {
        if (now >= *stopsBy_)
            engine_.abortAll();
        std::size_t open = 0;
        for (const auto& weak : sessions_) {
            if (const auto session = weak.lock()) {
                session->closeIfIdle();
                ++open;
            }
        }
        if (engine_.open() == 0 && (open == 0 || now >= *stopsBy_ + kStopGrace)) {
            for (const auto& weak : sessions_) {
                if (const auto session = weak.lock())
                    session->close();
            }
            io_.stop();
        }
    }

    SimOptions options_;
    FaultPlan faults_;
    Engine engine_;
    ConnectionCounters connections_;
    EngineService service_;
    SessionContext context_;
    asio::io_context io_{1}; // after what sessions use: its end is the end of the last session
    tcp::acceptor acceptor_;
    asio::steady_timer engineTimer_;
    asio::steady_timer ticker_;
    asio::signal_set signals_;
    std::vector<std::weak_ptr<HttpSession>> sessions_;
    std::optional<base::Monotonic> armedFor_;
    std::optional<base::Monotonic> stopsBy_;
    base::Monotonic sampled_{};
    base::Monotonic reported_{};
};

HttpServer::HttpServer(SimOptions options) : loop_(std::make_unique<Loop>(std::move(options))) {}

HttpServer::~HttpServer() = default;

Result<std::uint16_t> HttpServer::listen()
{
    return loop_->listen();
}

void HttpServer::stopOnSignals()
{
    loop_->stopOnSignals();
}

void HttpServer::run()
{
    loop_->run();
}

void HttpServer::stop()
{
    loop_->stop();
}

} // namespace signalbox::engine_sim
