// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/http/listener.h"
#include "agent/proxy/core_proxy.h"
#include "agent/runtime/core_set.h"
#include "tests/support/raw_socket.h"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace signalbox::tests {

// One core of the real proxy behind a real listener, with a snapshot the test writes.
// Lives on: made by the test; everything inside on its core.
class ProxyHarness final : public proxy::ExchangeSink {
public:
    // Addresses of engines, in one pool "chat" that serves model "tiny".
    explicit ProxyHarness(std::vector<std::string> engines, proxy::ExchangeSettings settings = {});
    ~ProxyHarness() override;

    // Another pool behind the first, as the route's fallback.
    void addFallback(const std::vector<std::string>& engines);
    // Makes this an agent with an engine, as a gateway sees it.
    void setLocalEngine(const std::string& engine);
    void edit(const std::function<void(proxy::ProxySnapshot&)>& change);

    std::uint16_t port() const { return address_.port(); }
    RawSocket connect() const { return RawSocket::connectTo(port()); }
    // Sends one chat request and reads the answer to the end of the connection.
    std::string ask(const std::string& body, const std::string& moreFields = "");

    proxy::CoreProxy& core() { return *core_; }
    proxy::LocalLoad& load() { return load_; }
    upstream::MemberCell& member(std::size_t index, std::size_t pool = 0);
    std::vector<proxy::ExchangeRecord> records();
    // The record of the newest exchange, once there are this many.
    proxy::ExchangeRecord recordNumber(std::size_t number);

private:
    void record(const proxy::ExchangeRecord& record) override;
    void publish();

    runtime::CoreSet cores_;
    proxy::LocalLoad load_;
    proxy::SharedParts shared_;
    std::unique_ptr<proxy::CoreProxy> core_;
    std::unique_ptr<http::Listener> listener_;
    runtime::Address address_;
    proxy::ProxySnapshot snapshot_;
    std::mutex mutex_; // guards records_
    std::condition_variable recorded_;
    std::vector<proxy::ExchangeRecord> records_;
};

std::string chatBody(bool isStream = false);
std::string chatRequest(const std::string& body, const std::string& moreFields = "");

} // namespace signalbox::tests
