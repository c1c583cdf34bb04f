// SPDX-License-Identifier: Apache-2.0
#include "agent/proxy/exchange_runner.h"

#include "agent/http/content_check.h"
#include "agent/proxy/authenticate.h"
#include "agent/proxy/conclude.h"
#include "agent/proxy/core_proxy.h"
#include "agent/proxy/forward.h"
#include "agent/proxy/relay.h"
#include "agent/proxy/request_head.h"
#include "agent/proxy/route.h"

#include <algorithm>

namespace signalbox::proxy {

using runtime::Task;

Task<void> ExchangeRunner::run(http::ServerConnection& client, http::Request& request)
{
    Exchange exchange(core_.loop(), client, request);
    exchange.view = core_.view(); // one policy revision for the whole exchange
    exchange.requestId = requestIdOf(request.head, core_.random());
    exchange.record.receivedAt = exchange.now();
    co_await serve(exchange);
    conclude(core_, exchange);
}

Task<void> ExchangeRunner::serve(Exchange& exchange)
{
    Relay relay(core_, exchange);
    if (auto refusal = admitPath(exchange)) {
        co_await relay.local(std::move(*refusal));
        co_return;
    }
    if (methodOf(exchange.api) == http::Method::Get) {
        co_await answerOurs(exchange);
        co_return;
    }
    const OpenExchanges::Entry open(core_.open(), exchange.now(), exchange);
    if (auto refusal = admit(exchange)) {
        co_await relay.local(std::move(*refusal));
        co_return;
    }
    if (exchange.role == Role::Hop)
        co_await throughEngine(exchange);
    else
        co_await throughFleet(exchange);
}

Task<void> ExchangeRunner::answerOurs(Exchange& exchange)
{
    Relay relay(core_, exchange);
    if (exchange.api == Api::Health) {
        co_await relay.own(200, "text/plain", "ok\n");
        co_return;
    }
    if (exchange.api == Api::Ready) {
        const ReadyAnswer ready = core_.ready();
        co_await relay.own(ready.isReady ? 200 : 503, "text/plain", ready.text);
        co_return;
    }
    auto refusal = exchange.view == nullptr ? std::optional(reply::noSnapshot())
                                            : authenticate(exchange);
    if (refusal)
        co_await relay.local(std::move(*refusal));
    else
        co_await relay.own(200, jsonContentType(), exchange.view->modelsBody);
}

std::optional<LocalReply> ExchangeRunner::admitPath(Exchange& exchange)
{
    const http::RequestHead& head = exchange.request.head;
    const auto served = servedPath(head.path());
    if (!served)
        return reply::notFound(head.path());
    exchange.api = served->api;
    exchange.pathModel = served->model;
    if (head.method != methodOf(served->api))
        return reply::methodNotAllowed(http::textOf(head.method), head.path());
    return std::nullopt;
}

std::optional<LocalReply> ExchangeRunner::admit(Exchange& exchange)
{
    if (exchange.view == nullptr)
        return reply::noSnapshot();
    exchange.deadline = exchange.loop.after(exchange.view->settings.requestDeadline);
    if (exchange.request.head.headers.has(http::HeaderName::SignalboxHop)) {
        if (auto refusal = admitHop(exchange))
            return refusal;
    } else if (auto refusal = authenticate(exchange)) {
        return refusal;
    }
    if (auto error = http::checkJsonContent(exchange.request.head))
        return reply::badBody(std::move(*error));
    if (auto error = core_.gate().inspect(exchange.request.body, exchange.request.readable,
                                          exchange.facts))
        return reply::badBody(std::move(*error));
    if (isNative(exchange.api))
        takeNativeFacts(exchange);
    exchange.record.promptTokens = exchange.facts.estimatedPromptTokens();
    if (exchange.role == Role::Hop)
        return std::nullopt;
    if (auto refusal = findRoute(exchange))
        return refusal;
    if (auto refusal = authorize(exchange))
        return refusal;
    return checkEngineRules(exchange);
}

// Engines' own paths say in the path what OpenAI's say in the body.
void ExchangeRunner::takeNativeFacts(Exchange& exchange)
{
    http::RequestFacts& facts = exchange.facts;
    facts.stream = streamsByPath(exchange.api);
    if (namesModelInPath(exchange.api))
        facts.model = exchange.pathModel;
    else if (facts.model.empty() && exchange.view->routes.size() == 1)
        facts.model = exchange.view->routes.front().model; // there is nothing else it could mean
}

// What the engines behind the route open to clients, and what they must not be sent.
std::optional<LocalReply> ExchangeRunner::checkEngineRules(const Exchange& exchange) const
{
    const RoutePlan& route = *exchange.route;
    if ((route.apis & bitOf(exchange.api)) == 0)
        return reply::pathNotServed(exchange.facts.model, exchange.request.head.path());
    if (route.deniedFields.empty())
        return std::nullopt;
    for (const std::string_view field : core_.gate().unknownFields()) {
        if (std::binary_search(route.deniedFields.begin(), route.deniedFields.end(), field))
            return reply::deniedField(field);
    }
    return std::nullopt;
}

// Who sent it, and may it ask this agent's engine? Only loopback is believed without TLS.
std::optional<LocalReply> ExchangeRunner::admitHop(Exchange& exchange)
{
    if (!exchange.client.peer().isLoopback())
        return reply::notBelievedHop();
    exchange.role = Role::Hop;
    if (!exchange.view->localEngine)
        return reply::noEndpoint("", "this agent is a gateway and has no engine");
    // A drain lets what runs end and starts nothing new; the gateway asks elsewhere.
    if (!exchange.view->takesNewWork)
        return reply::draining(exchange.view->agentId);
    return std::nullopt;
}

Task<void> ExchangeRunner::throughFleet(Exchange& exchange)
{
    Forward forward(core_, exchange);
    auto refusal = co_await forward.run();
    Relay relay(core_, exchange);
    if (exchange.watch.clientLeft()) {
        exchange.record.outcome = Outcome::ClientLeft;
        exchange.client.abort();
        co_return;
    }
    if (refusal)
        co_await relay.local(std::move(*refusal));
    else
        co_await relay.fromUpstream(*forward.call());
}

Task<void> ExchangeRunner::throughEngine(Exchange& exchange)
{
    UpstreamCall call(core_, exchange, *exchange.view->localEngine, 1);
    const CallEnd end = co_await call.run(exchange.view->settings.requestDeadline);
    Relay relay(core_, exchange);
    if (end.what == CallEnd::What::ClientLeft) {
        exchange.record.outcome = Outcome::ClientLeft;
        exchange.client.abort();
        co_return;
    }
    if (end.what == CallEnd::What::Answer || call.hasAnswer()) {
        co_await relay.fromUpstream(call);
        co_return;
    }
    // The engine is lost and nothing was answered: so does this connection end, and the gateway
    // knows that it may ask elsewhere.
    exchange.record.outcome = Outcome::Interrupted;
    exchange.record.reason = end.reason;
    if (end.attempt.end == upstream::AttemptEnd::Refused)
        co_await relay.local(reply::engineRefused(call.member().address, end.reason));
    else
        exchange.client.abort();
}

} // namespace signalbox::proxy
