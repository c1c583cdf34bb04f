// SPDX-License-Identifier: Apache-2.0
#include "agent/telemetry/tunnel/tunnel_service.h"

#include "shared/base/limits.h"
#include "shared/base/log.h"
#include "shared/rpc/credentials.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/websocket.hpp>

#include <unistd.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace signalbox::tunnel {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using asio::ip::tcp;
using Failure = boost::system::error_code;
using Upgrade = beast::http::request<beast::http::empty_body>;

// Checked by our parser; the library only needs to see it again to answer it.
Upgrade upgradeOf(const UpgradeRequest& request)
{
    Upgrade upgrade(beast::http::verb::get, "/tunnel", 11);
    upgrade.set(beast::http::field::host, request.host);
    upgrade.set(beast::http::field::connection, "upgrade");
    upgrade.set(beast::http::field::upgrade, "websocket");
    upgrade.set(beast::http::field::sec_websocket_key, request.key);
    upgrade.set(beast::http::field::sec_websocket_version, request.version);
    return upgrade;
}

// What a caller says of himself goes into audit and logs: visible ASCII and short, or nothing.
rpc::Caller callerOf(const UpgradeRequest& request, rpc::Role strangers)
{
    const std::string& name = request.operatorName;
    const bool isName = !name.empty() && name.size() <= limits::kOperatorNameBytes
        && std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < 0x7f; });
    const rpc::Role role = rpc::isLoopback(request.peer) ? rpc::Role::Admin : strangers;
    return {isName ? name : "local", role, request.peer};
}

websocket::stream_base::timeout timeouts()
{
    websocket::stream_base::timeout timeout{};
    timeout.handshake_timeout = limits::kTunnelHandshake;
    timeout.idle_timeout = limits::kTunnelIdle;
    timeout.keep_alive_pings = true;
    return timeout;
}

class Connection;

} // namespace

struct TunnelService::State {
    State(const rpc::MethodTable& methods, runtime::ControlThread& runner, rpc::Role others)
        : table(methods), thread(runner), strangers(others)
    {
    }
    const rpc::MethodTable& table;
    runtime::ControlThread& thread;
    const rpc::Role strangers;
    TunnelCounters counters;
    std::set<std::shared_ptr<Connection>> open;
    bool isEnding = false;
};

namespace {

// One console's connection: reads a message, hands it on, writes frames one after the other.
// Lives on: control. Owned by the service until it has ended; pending operations hold it too.
class Connection final : public std::enable_shared_from_this<Connection>, public FrameOutput {
public:
    using Ended = std::function<void(const std::shared_ptr<Connection>&)>;

    Connection(tcp::socket socket, rpc::Caller caller, const rpc::MethodTable& table,
               runtime::ControlThread& thread, TunnelCounters& counters, Ended ended)
        : socket_(std::move(socket)), peer_(caller.peer), counters_(counters),
          ended_(std::move(ended))
    {
        session_.emplace(table, std::move(caller), thread, *this, counters);
        socket_.set_option(timeouts());
        socket_.read_message_max(limits::kTunnelMessageBytes);
        socket_.auto_fragment(false);
        socket_.binary(true);
    }

    void start(Upgrade upgrade)
    {
        upgrade_ = std::move(upgrade);
        socket_.async_accept(upgrade_, [self = shared_from_this()](Failure failure) {
            if (failure)
                return self->end();
            self->read();
        });
    }

    // The transport goes; whatever is pending ends with an error and finds no session.
    void drop()
    {
        session_.reset();
        Failure ignored; // of a connection that is gone already
        beast::get_lowest_layer(socket_).close(ignored);
    }

private:
    void read()
    {
        socket_.async_read(incoming_,
                           [self = shared_from_this()](Failure failure, std::size_t) {
                               if (failure || !self->session_)
                                   return self->end();
                               self->onMessage();
                           });
    }

    void onMessage()
    {
        if (!socket_.got_binary())
            return refuse(websocket::close_code::unknown_data, "a text message");
        const auto bytes = incoming_.cdata();
        const base::Status status
            = session_->onMessage({static_cast<const char*>(bytes.data()), bytes.size()});
        if (!status)
            return refuse(websocket::close_code::protocol_error, status.error().message());
        incoming_.consume(incoming_.size());
        incoming_.shrink_to_fit();
        if (session_->isCongested())
            isPaused_ = true; // goes on when what waits has been read
        else
            read();
    }

    void refuse(websocket::close_code code, const std::string& why)
    {
        ++counters_.violationsTotal;
        log::warn("telemetry", "tunnel_refused", "peer", peer_, "why", why);
        session_.reset();
        socket_.async_close({code, beast::string_view(why).substr(0, 120)},
                            [self = shared_from_this()](Failure) { self->end(); });
    }

    void send(std::string frame) override
    {
        outgoing_ = std::move(frame);
        socket_.async_write(asio::buffer(outgoing_),
                            [self = shared_from_this()](Failure failure, std::size_t) {
                                if (failure || !self->session_)
                                    return self->end();
                                self->onWritten();
                            });
    }

    void onWritten()
    {
        session_->onWritten();
        if (isPaused_ && !session_->isCongested()) {
            isPaused_ = false;
            read();
        }
    }

    void end()
    {
        drop();
        if (ended_)
            std::exchange(ended_, nullptr)(shared_from_this());
    }

    websocket::stream<tcp::socket> socket_;
    std::string peer_;
    TunnelCounters& counters_;
    Ended ended_;
    std::optional<TunnelSession> session_; // none once the connection ends
    Upgrade upgrade_;
    beast::flat_buffer incoming_;
    std::string outgoing_; // being written
    bool isPaused_ = false;
};

} // namespace

TunnelService::TunnelService(const rpc::MethodTable& table, runtime::ControlThread& thread,
                             rpc::Role strangers)
    : state_(std::make_shared<State>(table, thread, strangers))
{
}

TunnelService::~TunnelService()
{
    state_->isEnding = true;
    for (const auto& connection : state_->open)
        connection->drop();
    state_->open.clear();
}

void TunnelService::take(const UpgradeRequest& request, int descriptor)
{
    Failure failure;
    tcp::socket socket(state_->thread.ioContext());
    socket.assign(request.peer.starts_with('[') ? tcp::v6() : tcp::v4(), descriptor, failure);
    if (failure) {
        ::close(descriptor);
        return;
    }
    if (state_->open.size() >= limits::kTunnelConnections) {
        ++state_->counters.connectionsRefusedTotal;
        return; // the socket closes: its client asks another agent
    }
    socket.set_option(tcp::no_delay(true), failure); // a matter of speed only
    const auto connection = std::make_shared<Connection>(
        std::move(socket), callerOf(request, state_->strangers), state_->table, state_->thread,
        state_->counters,
        [state = std::weak_ptr(state_)](const std::shared_ptr<Connection>& ended) {
            if (const auto alive = state.lock(); alive && !alive->isEnding)
                alive->open.erase(ended);
        });
    state_->open.insert(connection);
    connection->start(upgradeOf(request));
}

TunnelCounters TunnelService::counters() const
{
    TunnelCounters counters = state_->counters;
    counters.connections = state_->open.size();
    return counters;
}

} // namespace signalbox::tunnel
