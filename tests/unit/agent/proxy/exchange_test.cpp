// SPDX-License-Identifier: Apache-2.0
#include "tests/support/proxy_harness.h"
#include "tests/support/scripted_engine.h"

#include <gtest/gtest.h>

namespace signalbox::proxy {
namespace {

using namespace tests;
using namespace std::chrono_literals;
using upstream::AttemptEnd;

const std::string kGoodBody
    = R"({"id":"c1","choices":[{"index":0,"message":{"content":"hi"},"finish_reason":"stop"}],)"
      R"("usage":{"prompt_tokens":7,"completion_tokens":3}})";

std::string bodyOf(const std::string& answer)
{
    const std::size_t end = answer.find("\r\n\r\n");
    return end == std::string::npos ? std::string() : answer.substr(end + 4);
}

std::uint64_t endsOf(ProxyHarness& proxy, AttemptEnd end)
{
    return proxy.core().statistics().attemptEnds[static_cast<std::size_t>(end)].value();
}

TEST(Exchange, AWholeAnswerComesBackWithItsIdAndItsUsage)
{
    ScriptedEngine engine({answers(jsonAnswer(200, kGoodBody, "set-cookie: secret\r\n"))});
    ProxyHarness proxy({engine.address()});

    const std::string answer = proxy.ask(chatBody(), "x-request-id: my-id\r\n");

    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
    EXPECT_EQ(bodyOf(answer), kGoodBody);
    EXPECT_NE(answer.find("x-request-id: my-id\r\n"), std::string::npos);
    EXPECT_EQ(answer.find("set-cookie"), std::string::npos) << "only known fields pass";
    EXPECT_NE(engine.lastRequest().find("x-request-id: my-id-1\r\n"), std::string::npos);
    EXPECT_NE(engine.lastRequest().find(chatBody()), std::string::npos)
        << "the client's own bytes";
    const ExchangeRecord record = proxy.recordNumber(1);
    EXPECT_EQ(record.outcome, Outcome::Completed);
    EXPECT_EQ(record.promptTokens, 7U);
    EXPECT_EQ(record.completionTokens, 3U);
}

TEST(Exchange, OnlyTheValueOfModelChangesWhereThePoolNamesAnother)
{
    ScriptedEngine engine({answers(jsonAnswer(200, kGoodBody))});
    ProxyHarness proxy({engine.address()});
    proxy.edit([](ProxySnapshot& view) { view.pools[0].members[0].model = "sim-8b"; });

    (void)proxy.ask(R"({"temperature":0.50, "model" : "tiny","messages":[]})");

    EXPECT_NE(
        engine.lastRequest().find(R"({"temperature":0.50, "model" : "sim-8b","messages":[]})"),
        std::string::npos)
        << engine.lastRequest();
}

TEST(Exchange, AStreamIsReframedEventByEventAndEndsWhole)
{
    ScriptedEngine engine({streams({"Hello", " there"})});
    ProxyHarness proxy({engine.address()});

    const std::string answer = proxy.ask(chatBody(true));

    const std::string body = bodyOf(answer);
    EXPECT_NE(body.find(kRoleEvent), std::string::npos);
    EXPECT_NE(body.find(tokenEvent("Hello")), std::string::npos);
    EXPECT_NE(body.find(tokenEvent(" there")), std::string::npos);
    EXPECT_TRUE(body.ends_with(kDone + "\r\n0\r\n\r\n")) << body;
    const ExchangeRecord record = proxy.recordNumber(1);
    EXPECT_EQ(record.outcome, Outcome::Completed);
    EXPECT_EQ(record.completionTokens, 2U);
    EXPECT_GT(record.firstTokenAt, record.receivedAt);
}

TEST(Exchange, ARefusedEndpointIsSuspectAndAnotherAnswersUnseen)
{
    ScriptedEngine engine({answers(jsonAnswer(200, kGoodBody))});
    ProxyHarness proxy({"127.0.0.1:" + std::to_string(refusedPort()), engine.address()});

    for (int i = 0; i < 8; ++i)
        EXPECT_EQ(bodyOf(proxy.ask(chatBody())), kGoodBody);

    EXPECT_LE(endsOf(proxy, AttemptEnd::Refused), 1U) << "suspect at once: asked no more";
    EXPECT_EQ(proxy.core().statistics().retries.value(), 0U) << "a replay is outside the budget";
}

TEST(Exchange, LossesWithoutAByteAreReplayedElsewhere)
{
    for (const auto& death : {closesWithoutAnswer(), resetsWithoutAnswer()}) {
        ScriptedEngine dying({death});
        ScriptedEngine engine({answers(jsonAnswer(200, kGoodBody))});
        ProxyHarness proxy({dying.address(), engine.address()});

        for (int i = 0; i < 6; ++i)
            EXPECT_EQ(bodyOf(proxy.ask(chatBody())), kGoodBody);

        EXPECT_EQ(endsOf(proxy, AttemptEnd::LostWithoutByte),
                  static_cast<std::uint64_t>(dying.requests()));
        EXPECT_GT(dying.requests(), 0) << "the fault happened";
    }
}

TEST(Exchange, ABodyCutInHalfIsNeverPassedOn)
{
    ScriptedEngine dying({[](RawSocket& socket, const std::string&) {
        socket.send("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
                    "content-length: 1000\r\n\r\n{\"id\":");
        return false;
    }});
    ScriptedEngine engine({answers(jsonAnswer(200, kGoodBody))});
    ProxyHarness proxy({dying.address(), engine.address()});

    for (int i = 0; i < 6; ++i)
        EXPECT_EQ(bodyOf(proxy.ask(chatBody())), kGoodBody);

    EXPECT_GT(endsOf(proxy, AttemptEnd::LostBeforeToken), 0U);
}

TEST(Exchange, AStreamCutBeforeItsFirstTokenLeavesNoTrace)
{
    ScriptedEngine dying({[](RawSocket& socket, const std::string&) {
        socket.send(std::string(kStreamHead) + chunk(kRoleEvent));
        return false;
    }});
    ScriptedEngine engine({streams({"whole"})});
    ProxyHarness proxy({dying.address(), engine.address()});

    for (int i = 0; i < 6; ++i) {
        const std::string body = bodyOf(proxy.ask(chatBody(true)));
        EXPECT_TRUE(body.ends_with("0\r\n\r\n"));
        EXPECT_EQ(body.find(kRoleEvent), body.rfind(kRoleEvent)) << "one role event only";
    }

    EXPECT_GT(dying.requests(), 0);
}

TEST(Exchange, AStreamCutAfterItsFirstTokenEndsWithAnErrorAndAbnormally)
{
    ScriptedEngine engine({[](RawSocket& socket, const std::string&) {
        socket.send(std::string(kStreamHead) + chunk(kRoleEvent) + chunk(tokenEvent("half")));
        return false;
    }});
    ProxyHarness proxy({engine.address()});

    RawSocket client = proxy.connect();
    client.send(chatRequest(chatBody(true)));
    const std::string answer = client.receiveAll();

    EXPECT_NE(answer.find("half"), std::string::npos);
    EXPECT_NE(answer.find("\"code\":\"upstream_interrupted\""), std::string::npos) << answer;
    EXPECT_EQ(answer.find("[DONE]"), std::string::npos);
    EXPECT_FALSE(answer.ends_with("0\r\n\r\n"));
    EXPECT_EQ(client.end(), RawSocket::End::Closed) << "without its last chunk";
    EXPECT_EQ(proxy.recordNumber(1).outcome, Outcome::Interrupted);
}

TEST(Exchange, AnUnfinishedEndAbortAndErrorEventsAreCutsToo)
{
    const std::vector<std::string> endings{
        chunk(kDone) + "0\r\n\r\n",
        "0\r\n\r\n",
        chunk(finishEvent("abort")) + chunk(kDone) + "0\r\n\r\n",
        chunk("data: {\"error\":{\"message\":\"boom\",\"code\":500}}\n\n") + chunk(kDone)
            + "0\r\n\r\n",
    };
    for (const std::string& ending : endings) {
        ScriptedEngine engine(
            {answers(std::string(kStreamHead) + chunk(tokenEvent("half")) + ending)});
        ProxyHarness proxy({engine.address()});

        const std::string answer = proxy.ask(chatBody(true));

        EXPECT_NE(answer.find("upstream_interrupted"), std::string::npos) << ending;
        EXPECT_EQ(answer.find("[DONE]"), std::string::npos) << ending;
        EXPECT_EQ(proxy.recordNumber(1).outcome, Outcome::Interrupted) << ending;
    }
}

TEST(Exchange, DoneIsSuppliedWhenTheEngineLeftItOutOfAFinishedStream)
{
    ScriptedEngine engine({answers(std::string(kStreamHead) + chunk(tokenEvent("all"))
                                   + chunk(finishEvent()) + "0\r\n\r\n")});
    ProxyHarness proxy({engine.address()});

    const std::string answer = proxy.ask(chatBody(true));

    EXPECT_NE(answer.find(kDone), std::string::npos);
    EXPECT_TRUE(answer.ends_with("0\r\n\r\n"));
    EXPECT_EQ(proxy.core().statistics().answersCompleted.value(), 1U);
}

TEST(Exchange, ASilentStreamIsLeftAtItsStallLimit)
{
    ExchangeSettings settings;
    settings.stallFloor = 50ms;
    ScriptedEngine engine({[](RawSocket& socket, const std::string&) {
        socket.send(std::string(kStreamHead) + chunk(tokenEvent("half")));
        return !socket.receiveSome().empty();
    }});
    ProxyHarness proxy({engine.address()}, settings);

    const std::string answer = proxy.ask(chatBody(true));

    EXPECT_NE(answer.find("stopped sending tokens"), std::string::npos) << answer;
}

TEST(Exchange, NoTokenInTimeMeansAnotherEndpointAndNeverTheSameAgain)
{
    ExchangeSettings settings;
    settings.firstTokenFloor = 50ms;
    ScriptedEngine silent({[](RawSocket& socket, const std::string&) {
        socket.send(std::string(kStreamHead) + chunk(kRoleEvent));
        return !socket.receiveSome().empty();
    }});
    ScriptedEngine engine({streams({"fast"})});
    ProxyHarness proxy({silent.address(), engine.address()}, settings);

    for (int i = 0; i < 6; ++i)
        EXPECT_NE(proxy.ask(chatBody(true)).find("fast"), std::string::npos);
    EXPECT_GT(endsOf(proxy, AttemptEnd::FirstTokenDeadline), 0U);
    EXPECT_EQ(proxy.core().statistics().retries.value(),
              endsOf(proxy, AttemptEnd::FirstTokenDeadline));

    ProxyHarness alone({silent.address()}, settings);
    const std::string answer = alone.ask(chatBody(true));
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 504")) << answer;
    EXPECT_EQ(alone.recordNumber(1).attempts, 1U);
}

TEST(Exchange, RetryableStatusesGoElsewhereAndTheLastOneIsTheClientsWithItsHeader)
{
    const std::string busy = R"({"error":{"message":"busy"}})";
    for (const int status : {429, 500, 502, 503, 504}) {
        ScriptedEngine failing({answers(jsonAnswer(status, busy, "retry-after: 30\r\n"))});
        ScriptedEngine engine({answers(jsonAnswer(200, kGoodBody))});
        ProxyHarness proxy({failing.address(), engine.address()});
        for (int i = 0; i < 4; ++i)
            EXPECT_EQ(bodyOf(proxy.ask(chatBody())), kGoodBody) << status;

        ProxyHarness alone({failing.address()});
        const int before = failing.requests();
        const std::string answer = alone.ask(chatBody());
        EXPECT_TRUE(answer.starts_with("HTTP/1.1 " + std::to_string(status))) << answer;
        EXPECT_EQ(bodyOf(answer), busy);
        EXPECT_NE(answer.find("retry-after: 30\r\n"), std::string::npos);
        EXPECT_EQ(failing.requests() - before, 1) << "30 s is more than a client waits";
    }
}

TEST(Exchange, OtherClientErrorsEndTheRequestWithTheEnginesOwnWords)
{
    const std::string body = R"({"error":{"message":"too long","code":400}})";
    ScriptedEngine failing({answers(jsonAnswer(400, body))});
    ScriptedEngine second({answers(jsonAnswer(400, body))});
    ProxyHarness proxy({failing.address(), second.address()});

    const std::string answer = proxy.ask(chatBody());

    EXPECT_TRUE(answer.starts_with("HTTP/1.1 400")) << answer;
    EXPECT_EQ(bodyOf(answer), body);
    EXPECT_EQ(failing.requests() + second.requests(), 1);
}

TEST(Exchange, APoolWithoutEndpointFailsOverToTheNextOne)
{
    ScriptedEngine spare({answers(jsonAnswer(200, kGoodBody))});
    ProxyHarness proxy({"127.0.0.1:" + std::to_string(refusedPort())});
    proxy.addFallback({spare.address()});

    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(bodyOf(proxy.ask(chatBody())), kGoodBody);

    EXPECT_EQ(spare.requests(), 3);
}

TEST(Exchange, ATotalOutageEndsInNoEndpointNotInAmplification)
{
    ProxyHarness proxy({"127.0.0.1:" + std::to_string(refusedPort()),
                        "127.0.0.1:" + std::to_string(refusedPort())});

    for (int i = 0; i < 20; ++i) {
        const std::string answer = proxy.ask(chatBody());
        EXPECT_TRUE(answer.starts_with("HTTP/1.1 503")) << answer;
        EXPECT_NE(answer.find("\"code\":\"no_endpoint\""), std::string::npos);
        EXPECT_NE(answer.find("retry-after: 1\r\n"), std::string::npos);
    }

    EXPECT_EQ(proxy.core().statistics().attempts.value(), 2U) << "both are suspect after one try";
}

TEST(Exchange, AStalePooledConnectionIsReplacedUnseen)
{
    ScriptedEngine engine({[](RawSocket& socket, const std::string&) {
                               return socket.send(jsonAnswer(200, kGoodBody));
                           },
                           closesWithoutAnswer(), answers(jsonAnswer(200, kGoodBody))});
    ProxyHarness proxy({engine.address()});

    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(bodyOf(proxy.ask(chatBody())), kGoodBody) << i;

    EXPECT_EQ(proxy.core().statistics().staleConnections.value(), 1U);
    EXPECT_EQ(proxy.recordNumber(2).attempts, 1U);
}

TEST(Exchange, AClientThatLeavesCancelsTheUpstream)
{
    std::atomic<bool> upstreamClosed{false};
    ScriptedEngine engine({[&](RawSocket& socket, const std::string&) {
        socket.send(std::string(kStreamHead) + chunk(tokenEvent("one")));
        upstreamClosed = socket.receiveSome().empty();
        return false;
    }});
    ProxyHarness proxy({engine.address()});

    RawSocket client = proxy.connect();
    client.send(chatRequest(chatBody(true)));
    (void)client.receiveUntil("one");
    client.reset();

    EXPECT_EQ(proxy.recordNumber(1).outcome, Outcome::ClientLeft);
    EXPECT_EQ(proxy.member(0).inFlight(), 0U);
}

TEST(Exchange, WhatIsNotServedOrNotWellFormedNeverReachesAnEngine)
{
    ScriptedEngine engine({answers(jsonAnswer(200, kGoodBody))});
    ProxyHarness proxy({engine.address()});
    const auto send = [&](const std::string& bytes) {
        RawSocket socket = proxy.connect();
        socket.send(bytes);
        socket.send("");
        return socket.receiveUntil("}}");
    };

    EXPECT_TRUE(send("POST /pause HTTP/1.1\r\nhost: t\r\ncontent-length: 0\r\n\r\n")
                    .starts_with("HTTP/1.1 404"));
    EXPECT_TRUE(send("GET /v1/chat/completions HTTP/1.1\r\nhost: t\r\n\r\n")
                    .starts_with("HTTP/1.1 405"));
    EXPECT_TRUE(send("POST /v1/chat/completions HTTP/1.1\r\nhost: t\r\ncontent-length: 5\r\n"
                     "transfer-encoding: chunked\r\n\r\n")
                    .starts_with("HTTP/1.1 400"));
    EXPECT_NE(proxy.ask(R"({"model":"tiny","MODEL":"huge"})").find("duplicate_key"),
              std::string::npos);
    EXPECT_NE(proxy.ask(R"({"model":"huge","messages":[]})").find("model_not_found"),
              std::string::npos);
    EXPECT_NE(proxy.ask("not json").find("invalid_json"), std::string::npos);
    EXPECT_EQ(engine.requests(), 0);
}

TEST(Exchange, KeysAreAskedForWhereThePolicySaysSo)
{
    ScriptedEngine engine({answers(jsonAnswer(200, kGoodBody))});
    ProxyHarness proxy({engine.address()});
    proxy.edit([](ProxySnapshot& view) {
        model::ApiKey key;
        key.id = "k1";
        key.tenant = "acme";
        // SHA-256 of "abc"
        key.secretSha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        view.access = model::AccessMode::Keys;
        view.keys = std::make_shared<admission::ApiKeyTable>(
            std::map<std::string, model::ApiKey>{{"k1", key}});
    });

    EXPECT_TRUE(proxy.ask(chatBody()).starts_with("HTTP/1.1 401"));
    EXPECT_NE(proxy.ask(chatBody(), "authorization: Bearer abd\r\n").find("invalid_api_key"),
              std::string::npos);
    EXPECT_NE(proxy.ask(chatBody(), "authorization: Bearer abc\r\nx-api-key: x\r\n")
                  .find("ambiguous_credentials"),
              std::string::npos);
    EXPECT_EQ(engine.requests(), 0);
    EXPECT_TRUE(
        proxy.ask(chatBody(), "authorization: Bearer abc\r\n").starts_with("HTTP/1.1 200"));
}

TEST(Exchange, TokensOfAStreamAreCountedAsTheyPassAndOnlyOnce)
{
    ScriptedEngine engine({[](RawSocket& socket, const std::string&) {
                               socket.send(std::string(kStreamHead) + chunk(tokenEvent("one"))
                                           + chunk(tokenEvent("two")));
                               (void)socket.receiveSome(); // until the proxy lets go
                               return false;
                           },
                           streams({"three", "four", "five"})});
    ProxyHarness proxy({engine.address()});
    const auto counted
        = [&] { return proxy.core().statistics().completionTokens.value(); };

    RawSocket client = proxy.connect();
    client.send(chatRequest(chatBody(true)));
    (void)client.receiveUntil("two");
    EXPECT_EQ(counted(), 2U) << "while the stream is open";
    client.close();
    EXPECT_EQ(proxy.recordNumber(1).outcome, Outcome::ClientLeft);
    EXPECT_EQ(proxy.recordNumber(1).completionTokens, 2U);

    (void)proxy.ask(chatBody(true));
    EXPECT_EQ(proxy.recordNumber(2).completionTokens, 3U);
    EXPECT_EQ(counted(), 5U);
}

TEST(Exchange, BehindAGatewayTheAgentForwardsReportsAndAbortsWhatItsEngineCut)
{
    ScriptedEngine engine({streams({"one"}), [](RawSocket& socket, const std::string&) {
                               socket.send(std::string(kStreamHead) + chunk(tokenEvent("half")));
                               return false;
                           }});
    ProxyHarness agent({});
    agent.setLocalEngine(engine.address());
    const std::string hop = "x-signalbox-hop: gw-1\r\nx-signalbox-attempt: 1\r\n";

    const std::string whole = agent.ask(chatBody(true), hop);
    EXPECT_NE(whole.find("x-signalbox-report: seq="), std::string::npos) << whole;
    EXPECT_TRUE(whole.ends_with("0\r\n\r\n")) << whole;

    RawSocket gateway = agent.connect();
    gateway.send(chatRequest(chatBody(true), hop));
    const std::string cut = gateway.receiveAll();
    EXPECT_NE(cut.find("half"), std::string::npos);
    EXPECT_EQ(cut.find("error"), std::string::npos) << "the gateway tells the client";
    EXPECT_FALSE(cut.ends_with("0\r\n\r\n"));
    EXPECT_EQ(gateway.end(), RawSocket::End::Closed) << "without its last chunk";
    EXPECT_EQ(agent.recordNumber(2).outcome, Outcome::Interrupted);
    EXPECT_EQ(agent.load().running(), 0U);
}

TEST(Exchange, ADrainingAgentRefusesNewWorkAndTheGatewayGoesElsewhere)
{
    ScriptedEngine drained({answers(jsonAnswer(200, "{}"))});
    ProxyHarness agent({});
    agent.setLocalEngine(drained.address());
    agent.edit([](ProxySnapshot& view) { view.takesNewWork = false; });
    ScriptedEngine other({answers(jsonAnswer(200, kGoodBody))});
    ProxyHarness gateway({"127.0.0.1:" + std::to_string(agent.port()), other.address()});
    gateway.edit([](ProxySnapshot& view) {
        view.pools[0].members[0].kind = upstream::MemberKind::Agent;
    });

    for (int i = 0; i < 6; ++i)
        EXPECT_EQ(bodyOf(gateway.ask(chatBody())), kGoodBody);

    EXPECT_EQ(drained.requests(), 0);
    EXPECT_LE(endsOf(gateway, AttemptEnd::Draining), 1U);
    EXPECT_FALSE(gateway.member(0).acceptsWork());
}

} // namespace
} // namespace signalbox::proxy
