// SPDX-License-Identifier: Apache-2.0
#include "tests/support/proxy_harness.h"

#include <future>

namespace signalbox::tests {

namespace {

upstream::Member engineMember(const std::string& address)
{
    upstream::Member member;
    member.id = member.address = address;
    member.kind = upstream::MemberKind::Engine;
    member.cell = std::make_shared<upstream::MemberCell>();
    return member;
}

proxy::PoolPlan poolOf(const std::string& name, const std::vector<std::string>& engines)
{
    proxy::PoolPlan pool;
    pool.name = name;
    pool.budget = std::make_shared<upstream::RetryBudget>();
    for (const std::string& engine : engines)
        pool.members.push_back(engineMember(engine));
    return pool;
}

} // namespace

ProxyHarness::ProxyHarness(std::vector<std::string> engines, proxy::ExchangeSettings settings)
    : cores_(runtime::CoreSetOptions{1, {}})
{
    snapshot_.revision = 1;
    snapshot_.agentId = "test-agent";
    snapshot_.access = model::AccessMode::Open;
    snapshot_.keys
        = std::make_shared<admission::ApiKeyTable>(std::map<std::string, model::ApiKey>{});
    snapshot_.pools.push_back(poolOf("chat", engines));
    snapshot_.settings = settings;
    snapshot_.modelsBody = R"({"object":"list","data":[]})";
    proxy::RoutePlan route;
    route.name = route.model = "tiny";
    route.targets.push_back({0, 100});
    route.weightTotal = 100;
    snapshot_.routes.push_back(route);
    snapshot_.routeByModel.emplace("tiny", 0);
    load_.setAcceptsWork(true);
    shared_.load = &load_;
    shared_.sink = this;
    shared_.ready = [] { return proxy::ReadyAnswer{true, "ready\n"}; };
    shared_.suspected = [](const upstream::Member&) {};
    std::promise<void> made;
    cores_.post(0, [this, &made](runtime::Core& core) {
        core_ = std::make_unique<proxy::CoreProxy>(core.loop(), shared_, 42);
        made.set_value();
    });
    made.get_future().wait();
    publish();
    listener_ = std::make_unique<http::Listener>(
        cores_, http::ListenerLimits{},
        [this](runtime::Core&, http::ServerConnection& client, http::Request& request) {
            return core_->handle(client, request);
        });
    address_ = listener_->start(runtime::Address::loopback(0)).value();
}

ProxyHarness::~ProxyHarness()
{
    listener_->stopAccepting();
    // Idle upstream connections belong to the loop and go before it.
    std::promise<void> closed;
    cores_.post(0, [this, &closed](runtime::Core&) {
        core_->connections().closeAll();
        closed.set_value();
    });
    closed.get_future().wait();
    cores_.stop();
}

void ProxyHarness::publish()
{
    std::promise<void> published;
    auto snapshot = std::make_shared<const proxy::ProxySnapshot>(snapshot_);
    cores_.post(0, [this, snapshot, &published](runtime::Core&) {
        core_->publish(snapshot);
        published.set_value();
    });
    published.get_future().wait();
}

void ProxyHarness::addFallback(const std::vector<std::string>& engines)
{
    edit([&](proxy::ProxySnapshot& snapshot) {
        snapshot.routes[0].fallbacks.push_back(snapshot.pools.size());
        snapshot.pools.push_back(poolOf("spare", engines));
    });
}

void ProxyHarness::setLocalEngine(const std::string& engine)
{
    edit([&](proxy::ProxySnapshot& snapshot) { snapshot.localEngine = engineMember(engine); });
}

void ProxyHarness::edit(const std::function<void(proxy::ProxySnapshot&)>& change)
{
    change(snapshot_);
    publish();
}

upstream::MemberCell& ProxyHarness::member(std::size_t index, std::size_t pool)
{
    return *snapshot_.pools[pool].members[index].cell;
}

std::string ProxyHarness::ask(const std::string& body, const std::string& moreFields)
{
    RawSocket socket = connect();
    socket.send(chatRequest(body, moreFields + "connection: close\r\n"));
    return socket.receiveAll();
}

void ProxyHarness::record(const proxy::ExchangeRecord& record)
{
    const std::lock_guard lock(mutex_);
    records_.push_back(record);
    recorded_.notify_all();
}

std::vector<proxy::ExchangeRecord> ProxyHarness::records()
{
    const std::lock_guard lock(mutex_);
    return records_;
}

proxy::ExchangeRecord ProxyHarness::recordNumber(std::size_t number)
{
    std::unique_lock lock(mutex_);
    recorded_.wait_for(lock, std::chrono::seconds(20), [&] { return records_.size() >= number; });
    return records_.size() >= number ? records_[number - 1] : proxy::ExchangeRecord{};
}

std::string chatBody(bool isStream)
{
    return std::string(R"({"model":"tiny","messages":[{"role":"user","content":"hello there"}])")
        + (isStream ? R"(,"stream":true})" : "}");
}

std::string chatRequest(const std::string& body, const std::string& moreFields)
{
    return "POST /v1/chat/completions HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\n"
        + moreFields + "content-length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

} // namespace signalbox::tests
