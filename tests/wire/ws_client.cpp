// SPDX-License-Identifier: Apache-2.0
#include "tests/wire/ws_client.h"

#include "proto/signalbox/v1/tunnel.pb.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>

namespace signalbox::tests {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;

struct WsClient::State {
    asio::io_context context;
    beast::websocket::stream<tcp::socket> socket{context};
};

WsClient::WsClient(std::uint16_t port, const std::string& operatorName)
    : state_(std::make_unique<State>())
{
    state_->socket.next_layer().connect({asio::ip::address_v4::loopback(), port});
    state_->socket.set_option(
        beast::websocket::stream_base::decorator([&](beast::websocket::request_type& request) {
            request.set("x-signalbox-operator", operatorName);
        }));
    state_->socket.handshake("test:" + std::to_string(port), "/tunnel");
}

WsClient::~WsClient() = default;

void WsClient::open(std::uint32_t call, const std::string& method, const std::string& request,
                    std::int64_t deadlineMs)
{
    v1::TunnelFrame frame;
    frame.set_call(call);
    frame.mutable_open()->set_method(method);
    frame.mutable_open()->set_request(request);
    frame.mutable_open()->set_deadline_ms(deadlineMs);
    sendBytes(frame.SerializeAsString());
}

void WsClient::cancel(std::uint32_t call)
{
    v1::TunnelFrame frame;
    frame.set_call(call);
    frame.mutable_cancel();
    sendBytes(frame.SerializeAsString());
}

void WsClient::sendBytes(const std::string& bytes)
{
    state_->socket.binary(true);
    state_->socket.write(asio::buffer(bytes));
}

void WsClient::sendText(const std::string& text)
{
    state_->socket.text(true);
    state_->socket.write(asio::buffer(text));
}

std::optional<TunnelNews> WsClient::receive()
{
    beast::flat_buffer buffer;
    boost::system::error_code failure;
    state_->socket.read(buffer, failure);
    if (failure)
        return std::nullopt;
    v1::TunnelFrame frame;
    if (!frame.ParseFromString(beast::buffers_to_string(buffer.data())))
        return std::nullopt;
    TunnelNews news{frame.call(), std::nullopt, frame.end().code(), frame.end().message()};
    if (frame.body_case() == v1::TunnelFrame::kItem)
        news.item = frame.item();
    return news;
}

std::uint16_t WsClient::closeCode() const
{
    return state_->socket.reason().code;
}

} // namespace signalbox::tests
