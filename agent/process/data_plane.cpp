// SPDX-License-Identifier: Apache-2.0
#include "agent/process/data_plane.h"

#include "agent/http/h1_writer.h"
#include "shared/base/limits.h"
#include "shared/base/log.h"
#include "shared/rpc/credentials.h"

#include <algorithm>
#include <future>
#include <iterator>
#include <random>

namespace signalbox::process {

namespace {

using namespace std::chrono_literals;

constexpr auto kSweepEvery = 1s;

http::ListenerLimits limitsFrom(const HttpConfig& config)
{
    http::ListenerLimits limits;
    limits.connections = config.connectionsMax;
    limits.connectionsPerSource = config.connectionsPerSourceMax;
    limits.server.bodyBytes = config.requestBodyBytes;
    limits.server.headDeadline = config.headDeadline;
    limits.server.bodyDeadline = config.bodyDeadline;
    limits.server.keepAliveIdle = config.keepAliveIdle;
    return limits;
}

std::uint64_t randomSeed()
{
    std::random_device device;
    return (static_cast<std::uint64_t>(device()) << 32U) | device();
}

runtime::Task<void> sweep(runtime::Loop& loop, proxy::CoreProxy& proxy)
{
    for (;;) {
        const runtime::Fault fault = co_await loop.sleep(kSweepEvery);
        if (fault != runtime::Fault::None)
            co_return;
        proxy.sweep(loop.now().time_since_epoch().count());
    }
}

struct ObserverAnswer {
    int status = 200;
    std::string_view type = "text/plain; charset=utf-8";
    std::string_view body;
};

ObserverAnswer answerFor(const http::Request& request, std::string_view metrics,
                         const proxy::ReadyAnswer& ready)
{
    const std::string_view path = request.head.path();
    if (request.head.method != http::Method::Get)
        return {405, "text/plain", "only GET is answered here\n"};
    if (path == "/healthz")
        return {200, "text/plain", "ok\n"};
    if (path == "/readyz")
        return {ready.isReady ? 200 : 503, "text/plain", ready.text};
    if (path == "/metrics")
        return {200, "text/plain; version=0.0.4; charset=utf-8", metrics};
    return {404, "text/plain", "there are /metrics, /healthz, /readyz and /tunnel\n"};
}

// Why this request for /tunnel cannot have it. A browser always says where its page came from:
// pages must not reach what listens on this machine.
std::optional<ObserverAnswer> tunnelRefusal(const http::RequestHead& head)
{
    using http::HeaderName;
    const bool asks = head.upgrades
        && http::equalsIgnoringCase(head.headers.get(HeaderName::Upgrade), "websocket");
    if (!asks)
        return ObserverAnswer{426, "text/plain", "/tunnel speaks WebSocket\n"};
    if (head.headers.has(HeaderName::Origin))
        return ObserverAnswer{403, "text/plain", "no pages here: a console sends no Origin\n"};
    if (!head.headers.has(HeaderName::WebSocketKey)
        || head.headers.get(HeaderName::WebSocketVersion) != "13")
        return ObserverAnswer{400, "text/plain", "this is no handshake of WebSocket 13\n"};
    return std::nullopt;
}

tunnel::UpgradeRequest upgradeOf(const http::RequestHead& head, const runtime::Address& peer)
{
    tunnel::UpgradeRequest upgrade;
    upgrade.host = head.headers.get(http::HeaderName::Host);
    upgrade.key = head.headers.get(http::HeaderName::WebSocketKey);
    upgrade.version = head.headers.get(http::HeaderName::WebSocketVersion);
    upgrade.operatorName = head.headers.find(rpc::kOperatorKey);
    upgrade.peer = peer.text();
    return upgrade;
}

// The connection and the request outlive it: their owner awaits it.
runtime::Task<void> answerObserver(http::ServerConnection* client, http::Request* request,
                                   const DataPlane::Parts* parts)
{
    const bool isTunnel = request->head.method == http::Method::Get
        && request->head.path() == "/tunnel";
    const auto refusal = isTunnel ? tunnelRefusal(request->head) : std::nullopt;
    if (isTunnel && !refusal) {
        const int descriptor = client->release();
        if (descriptor >= 0)
            parts->tunnel(upgradeOf(request->head, client->peer()), descriptor);
        co_return;
    }
    const ObservePages::Page metrics = parts->pages->metrics();
    const ObserverAnswer answer
        = refusal ? *refusal : answerFor(*request, *metrics, parts->ready());
    std::array<char, http::kHeadBufferBytes> buffer;
    http::HeadWriter head(buffer);
    head.response(answer.status);
    head.field(http::HeaderName::ContentType, answer.type);
    if (!client->keepsAlive())
        head.close();
    head.contentLength(answer.body.size());
    const runtime::Fault fault = co_await client->sendWhole(head.finish(), answer.body);
    if (fault != runtime::Fault::None)
        client->abort();
}

model::OpenExchangeList oldestOf(std::vector<model::OpenExchangeList> lists)
{
    model::OpenExchangeList all;
    for (model::OpenExchangeList& list : lists) {
        all.total += list.total;
        std::move(list.exchanges.begin(), list.exchanges.end(),
                  std::back_inserter(all.exchanges));
    }
    std::stable_sort(all.exchanges.begin(), all.exchanges.end(),
                     [](const auto& a, const auto& b) { return a.ageMs > b.ageMs; });
    if (all.exchanges.size() > limits::kOpenExchangesListed)
        all.exchanges.resize(limits::kOpenExchangesListed);
    return all;
}

// `busy` and `ended` outlive it: drain() waits for every core.
runtime::Task<void> whenEmpty(runtime::Core* core, std::chrono::milliseconds deadline,
                              std::atomic<std::size_t>* busy, std::promise<void>* ended)
{
    const auto until = core->loop().after(deadline);
    const auto fault = co_await core->gate().whenEmpty(core->loop(), until);
    if (fault != runtime::Fault::None)
        ++*busy;
    ended->set_value();
}

} // namespace

// Failures are told one line each, at most as many a second as a person can read.
class DataPlane::Sink final : public proxy::ExchangeSink {
public:
    void record(const proxy::ExchangeRecord& record) override
    {
        const bool isFailure = record.outcome == proxy::Outcome::Interrupted
            || record.outcome == proxy::Outcome::Unavailable;
        if (!isFailure || !mayTell(record.endedAt))
            return;
        log::warn("proxy", "exchange_failed", "id", record.requestId, "outcome",
                  proxy::nameOf(record.outcome), "attempts", record.attempts, "why",
                  record.reason);
    }

private:
    bool mayTell(std::int64_t now)
    {
        constexpr std::int64_t kSecond = 1'000'000'000;
        constexpr int kLinesASecond = 10;
        std::int64_t began = secondBegan_.load(std::memory_order_relaxed);
        if (now - began >= kSecond && secondBegan_.compare_exchange_strong(began, now))
            lines_.store(0, std::memory_order_relaxed);
        return lines_.fetch_add(1, std::memory_order_relaxed) < kLinesASecond;
    }

    std::atomic<std::int64_t> secondBegan_{0};
    std::atomic<int> lines_{0};
};

DataPlane::DataPlane(const AgentConfig& config, Parts parts)
    : parts_(std::move(parts)), sink_(std::make_unique<Sink>()),
      cores_(runtime::CoreSetOptions{config.cores, {}}), proxies_(cores_.size())
{
    shared_.load = parts_.load;
    shared_.sink = sink_.get();
    shared_.ready = parts_.ready;
    shared_.suspected
        = [this](const upstream::Member& member) { parts_.suspected(member.address); };
    for (std::size_t n = 0; n < cores_.size(); ++n) {
        std::promise<void> made;
        cores_.post(n, [this, n, &made](runtime::Core& core) {
            proxies_[n] = std::make_unique<proxy::CoreProxy>(core.loop(), shared_, randomSeed());
            core.loop().spawn(sweep(core.loop(), *proxies_[n]));
            made.set_value();
        });
        made.get_future().wait();
    }
    listener_ = std::make_unique<http::Listener>(
        cores_, limitsFrom(config.http),
        [this](runtime::Core& core, http::ServerConnection& client, http::Request& request) {
            return proxies_[core.index()]->handle(client, request);
        });
}

DataPlane::~DataPlane()
{
    drain(0ms);
}

base::Result<std::string> DataPlane::listen(const std::string& address)
{
    SB_TRY(const runtime::Address wanted, runtime::Address::parse(address));
    SB_TRY(const runtime::Address bound, listener_->start(wanted));
    return bound.text();
}

base::Result<std::string> DataPlane::listenForObservers(const std::string& address)
{
    SB_TRY(const runtime::Address wanted, runtime::Address::parse(address));
    observers_ = std::make_unique<http::Listener>(
        cores_, http::ListenerLimits{limits::kObserveConnections, limits::kObserveConnections, {}},
        [this](runtime::Core&, http::ServerConnection& client, http::Request& request) {
            return answerObserver(&client, &request, &parts_);
        });
    SB_TRY(const runtime::Address bound, observers_->start(wanted));
    return bound.text();
}

void DataPlane::publish(proxy::ProxySnapshotPtr snapshot)
{
    const bool isTaken = cores_.broadcast([this, snapshot](runtime::Core& core) {
        proxies_[core.index()]->publish(snapshot);
    });
    if (!isTaken)
        log::warn("process", "snapshot_not_taken", "revision", snapshot->revision);
}

void DataPlane::closeIdle(const std::string& address)
{
    cores_.broadcast([this, address](runtime::Core& core) {
        proxies_[core.index()]->connections().closeIdle(address);
    });
}

void DataPlane::findDecision(const std::string& requestId,
                             std::function<void(std::optional<model::Decision>)> found)
{
    using Kept = std::optional<model::Decision>;
    const auto ask = [this, requestId](runtime::Core& core) {
        const model::Decision* kept = proxies_[core.index()]->decisions().find(requestId);
        return kept == nullptr ? Kept() : Kept(*kept);
    };
    const bool isAsked = cores_.gather<Kept>(ask, [found](std::vector<Kept> kept) {
        const auto newest
            = std::max_element(kept.begin(), kept.end(), [](const Kept& a, const Kept& b) {
                  return (a ? a->receivedUnixMs : 0) < (b ? b->receivedUnixMs : 0);
              });
        found(std::move(*newest));
    });
    if (!isAsked)
        found(std::nullopt);
}

bool DataPlane::drain(std::chrono::milliseconds deadline)
{
    if (isStopped_)
        return true;
    isStopped_ = true;
    listener_->stopAccepting();
    if (observers_)
        observers_->stopAccepting();
    std::atomic<std::size_t> busy{0};
    std::vector<std::promise<void>> done(cores_.size());
    for (std::size_t n = 0; n < cores_.size(); ++n) {
        cores_.post(n, [&, n](runtime::Core& core) {
            core.gate().close();
            core.loop().spawn(whenEmpty(&core, deadline, &busy, &done[n]));
        });
    }
    for (auto& promise : done)
        promise.get_future().wait();
    for (std::size_t n = 0; n < cores_.size(); ++n) {
        std::promise<void> closed;
        cores_.post(n, [this, n, &closed](runtime::Core&) {
            proxies_[n]->connections().closeAll();
            closed.set_value();
        });
        closed.get_future().wait();
    }
    cores_.stop();
    return busy == 0;
}

proxy::StatisticsTotals DataPlane::totals() const
{
    proxy::StatisticsTotals totals;
    for (const auto& proxy : proxies_)
        totals.add(proxy->statistics());
    return totals;
}

bool DataPlane::listOpen(std::function<void(model::OpenExchangeList)> done)
{
    using List = model::OpenExchangeList;
    return cores_.gather<List>(
        [this](runtime::Core& core) {
            const proxy::OpenExchanges& open = proxies_[core.index()]->open();
            List list;
            list.exchanges = open.list(core.loop().now().time_since_epoch().count(),
                                       limits::kOpenExchangesListed);
            list.total = open.count();
            return list;
        },
        [done = std::move(done)](std::vector<List> lists) { done(oldestOf(std::move(lists))); });
}

OpenTotals DataPlane::open() const
{
    OpenTotals totals;
    upstream::Ticks oldest = 0;
    for (const auto& proxy : proxies_) {
        totals.count += proxy->open().count();
        const upstream::Ticks began = proxy->open().oldestStartedAt();
        if (began != 0 && (oldest == 0 || began < oldest))
            oldest = began;
    }
    if (oldest != 0) {
        const auto now = base::systemClock().monotonic().time_since_epoch();
        totals.oldestMs = (now.count() - oldest) / 1'000'000;
    }
    return totals;
}

} // namespace signalbox::process
