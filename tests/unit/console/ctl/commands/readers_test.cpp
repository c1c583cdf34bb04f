// SPDX-License-Identifier: Apache-2.0
// The commands that only look: top, get, watch, version.
#include "tests/unit/console/ctl/commands/fakes.h"

#include <gtest/gtest.h>

namespace signalbox::ctl {
namespace {

using namespace tests;

bool has(const std::string& text, const char* part)
{
    return text.find(part) != std::string::npos;
}

model::Event event(std::uint64_t sequence, const char* text)
{
    model::Event event;
    event.agent = "gpu-03";
    event.sequence = sequence;
    event.unixMs = kNow;
    event.kind = "health_changed";
    event.text = text;
    return event;
}

// Numbers 1..count, each holding the hash of the one before it.
std::vector<model::AuditRecord> chain(const FakeFleet& fleet, std::uint64_t count)
{
    std::vector<model::AuditRecord> records;
    for (std::uint64_t number = 1; number <= count; ++number) {
        model::AuditRecord record;
        record.number = number;
        record.cause = "cause";
        record.previousHash = records.empty() ? "" : fleet.hashOf(records.back());
        records.push_back(record);
    }
    return records;
}

TEST(Top, OnePictureHasSummaryTablesConcernsAndEvents)
{
    Bench bench({"top", "--once"});
    bench.fleet.now.agents[0].values = {{"requests_per_second", 42.1}};
    bench.fleet.now.events = {event(1, "ready -> failed")};

    EXPECT_EQ(bench.run(), ExitCode::Done);

    for (const char* part : {"signalbox demo", "connected grpc://192.0.2.1:8801", "requests 42.1/s",
                             "gate-01", "gpu-02", "! gpu-03  failed for 3 min 12 s", "ready -> "})
        EXPECT_TRUE(has(bench.terminal.out, part)) << part << "\n" << bench.terminal.out;
    EXPECT_EQ(bench.terminal.screens, 0);
}

TEST(Top, RedrawsAScreenUntilQ)
{
    Bench bench({"top"});
    bench.terminal.interactive = true;
    bench.terminal.key = 'q';

    EXPECT_EQ(bench.run(), ExitCode::Done);

    ASSERT_EQ(bench.terminal.frames.size(), 1u);
    EXPECT_EQ(bench.terminal.frames[0].back(), "q quits");
    EXPECT_LE(bench.terminal.frames[0].size(), 24u);
    EXPECT_EQ(bench.terminal.screens, 0) << "the user's screen came back";
}

TEST(Top, ALostConnectionIsOnTheFirstLine)
{
    Bench bench({"top", "--once"});
    bench.fleet.now.link = {LinkState::Lost, "grpc://192.0.2.1:8801", "connection refused"};
    bench.fleet.now.eventsMissed = 12;

    bench.run();

    EXPECT_TRUE(has(bench.terminal.out, "LOST grpc://192.0.2.1:8801: connection refused"));
    EXPECT_TRUE(has(bench.terminal.out, "12 messages were left out"));
}

TEST(Top, JsonIsOneObjectAPicture)
{
    Bench bench({"top", "--output", "json"});
    bench.terminal.interruptAfter = 2;

    EXPECT_EQ(bench.run(), ExitCode::Done);

    EXPECT_EQ(std::count(bench.terminal.out.begin(), bench.terminal.out.end(), '\n'), 2);
    EXPECT_TRUE(bench.terminal.out.starts_with(R"({"fleet":"demo","at":"2026-01-01T)"));
}

TEST(Get, NamesTheAddressWhenNobodyAnswers)
{
    for (const char* what : {"fleet", "pools", "agents", "events"}) {
        Bench bench({"--fleet", "192.0.2.9:8801", "get", what});
        bench.fleet.watchStatus = base::Error(base::Code::Unavailable, "connection refused");

        EXPECT_EQ(bench.run(), ExitCode::Away);
        EXPECT_TRUE(has(bench.terminal.err, "asked grpc://192.0.2.9:8801")) << what;
        EXPECT_EQ(bench.terminal.out, "");
    }
}

TEST(Get, FleetPoolsAgentsAsTablesAndJson)
{
    for (const char* what : {"fleet", "pools", "agents"}) {
        Bench table({"get", what});
        Bench json({"get", what, "--output", "json"});
        PolicyAnswer policy;
        policy.policy.pools["chat"] = {"chat", "llama", {}, 1};
        table.fleet.policyAnswer = policy;
        json.fleet.policyAnswer = policy;

        EXPECT_EQ(table.run(), ExitCode::Done);
        EXPECT_EQ(json.run(), ExitCode::Done);

        EXPECT_TRUE(has(table.terminal.out, "chat")) << what;
        EXPECT_TRUE(json.terminal.out.starts_with(R"({"fleet":"demo")")) << what;
    }
}

TEST(Get, PolicySaysThatItIsTheLastSnapshot)
{
    Bench bench({"get", "policy"});
    PolicyAnswer answer;
    answer.policy.revision = 419;
    answer.policy.admin["gpu-02"] = {"gpu-02", model::Admin::Drain, 0, "kernel"};
    answer.storeAwaySinceUnixMs = kNow;
    bench.fleet.policyAnswer = answer;

    EXPECT_EQ(bench.run(), ExitCode::Done);

    EXPECT_TRUE(has(bench.terminal.out, "policy revision 419; access by key"));
    EXPECT_TRUE(has(bench.terminal.out, "does not answer since 2026-01-01"));
    EXPECT_TRUE(has(bench.terminal.out, "gpu-02  drain  -         kernel"));
}

TEST(Get, PolicyShowsWhereARouteFailedOverFrom)
{
    Bench bench({"get", "policy"});
    PolicyAnswer answer;
    answer.policy.routes["r"] = model::Route{"r", "tiny", {}, {{"spare", 100}}, {}};
    answer.policy.routes["r"].home = {{{"chat", 80}, {"big", 20}}, {"spare"}};
    bench.fleet.policyAnswer = answer;

    EXPECT_EQ(bench.run(), ExitCode::Done);

    EXPECT_TRUE(has(bench.terminal.out, "FAILED OVER FROM")) << bench.terminal.out;
    EXPECT_TRUE(has(bench.terminal.out, "chat 80, big 20, then spare")) << bench.terminal.out;
}

TEST(Get, EventsOfOneAgent)
{
    Bench bench({"get", "events", "--agent", "gpu-03", "--count", "1"});
    model::Event other = event(5, "not this");
    other.agent = "gpu-01";
    bench.fleet.now.events = {event(1, "older"), event(2, "newer"), other};

    EXPECT_EQ(bench.run(), ExitCode::Done);

    EXPECT_TRUE(has(bench.terminal.out, "newer"));
    EXPECT_FALSE(has(bench.terminal.out, "older"));
    EXPECT_FALSE(has(bench.terminal.out, "not this"));
}

TEST(Audit, AWholeChainIsWholeOverAllPages)
{
    Bench bench({"get", "audit", "--verify"});
    bench.fleet.records = chain(bench.fleet, 1203);

    EXPECT_EQ(bench.run(), ExitCode::Done);

    EXPECT_TRUE(has(bench.terminal.out, "whole: 1203 records"));
}

TEST(Audit, AnAlteredRecordIsNamed)
{
    Bench bench({"get", "audit", "--verify", "--output", "json"});
    bench.fleet.records = chain(bench.fleet, 9);
    bench.fleet.records[4].cause = "another cause";

    EXPECT_EQ(bench.run(), ExitCode::Failed);

    EXPECT_EQ(bench.terminal.out,
              R"({"checked":4,"newest":9,"whole":false,)"
              R"("problem":"record 5 is not what record 6 vouches for"})"
              "\n");
}

TEST(Audit, AMissingRecordIsNamed)
{
    Bench gap({"get", "audit", "--verify"});
    gap.fleet.records = chain(gap.fleet, 9);
    gap.fleet.records.erase(gap.fleet.records.begin() + 4);
    Bench cut({"get", "audit", "--verify"});
    cut.fleet.records = chain(cut.fleet, 9);
    cut.fleet.records.erase(cut.fleet.records.begin(), cut.fleet.records.begin() + 3);

    EXPECT_EQ(gap.run(), ExitCode::Failed);
    EXPECT_EQ(cut.run(), ExitCode::Failed);

    EXPECT_TRUE(has(gap.terminal.out, "record 5 is missing"));
    EXPECT_TRUE(has(cut.terminal.out, "records below 4 are missing"));
}

TEST(Watch, WritesChangesAndNewEventsOnly)
{
    Bench bench({"watch"});
    bench.fleet.now.events = {event(1, "from before")};
    bench.fleet.now.agents[0].state.members.push_back({.pool = "chat", .agent = "gpu-01"});
    bench.fleet.onLook = [looks = 0](FakeFleet& seen) mutable {
        if (++looks == 2) {
            seen.now.agents[1].state.record.health = {model::Health::Wedged, "no token", kNow};
            seen.now.events.push_back(event(2, "ready -> wedged"));
            seen.now.agents[0].state.members[0].reason = "its health probe is down";
        }
    };
    bench.terminal.interruptAfter = 4;

    EXPECT_EQ(bench.run(), ExitCode::Done);

    EXPECT_TRUE(has(bench.terminal.out, "gpu-01  health: ready -> wedged: no token"));
    EXPECT_TRUE(has(bench.terminal.out, "gpu-03  health_changed: ready -> wedged"));
    EXPECT_TRUE(has(bench.terminal.out,
                    "gate-01  member gpu-01 in chat: gets traffic -> its health probe is down"));
    EXPECT_FALSE(has(bench.terminal.out, "from before"));
}

TEST(Watch, EventsOfAnAgentThatWasStartedAgainAreNew)
{
    Bench bench({"watch"});
    bench.fleet.now.events = {event(500, "of the boot before")};
    bench.fleet.onLook = [looks = 0](FakeFleet& seen) mutable {
        if (++looks != 2)
            return;
        model::Event first = event(1, "of the new boot");
        first.unixMs += 1'000;
        seen.now.events.push_back(first);
    };
    bench.terminal.interruptAfter = 4;

    bench.run();

    EXPECT_TRUE(has(bench.terminal.out, "of the new boot"));
    EXPECT_FALSE(has(bench.terminal.out, "of the boot before"));
}

TEST(Watch, JsonLinesNameWhatChanged)
{
    Bench bench({"watch", "--agent", "gpu-03", "--output", "json"});
    bench.terminal.interruptAfter = 1;

    bench.run();

    EXPECT_TRUE(has(bench.terminal.out,
                    R"("what":"health","object":"gpu-03","before":"","after":"failed: conn)"));
    EXPECT_FALSE(has(bench.terminal.out, "gpu-01"));
}

TEST(Version, SaysItsOwnAlsoWhenNobodyAnswers)
{
    Bench bench({"version"});
    bench.fleet.agentAnswer = base::Error(base::Code::Unavailable, "connection refused");

    EXPECT_EQ(bench.run(), ExitCode::Away);

    EXPECT_TRUE(has(bench.terminal.out, "signalboxctl 0."));
}

model::OpenExchangeList twoOpen()
{
    model::OpenExchange old;
    old.requestId = "req-1\x1b[31m";
    old.model = "chat";
    old.caller = "team-a";
    old.endpoint = "gpu-03";
    old.phase = model::ExchangePhase::Streaming;
    old.ageMs = 41'000;
    old.sinceTokenMs = 9'000;
    old.tokens = 812;
    old.attempts = 2;
    model::OpenExchange fresh;
    fresh.requestId = "req-2";
    fresh.phase = model::ExchangePhase::Placing;
    fresh.ageMs = 40;
    return {"gw-01", {old, fresh}, 5};
}

TEST(GetRequests, ListsTheOldestFirstAndSaysWhatIsLeftOut)
{
    Bench bench({"get", "requests", "gw-01"});
    bench.fleet.openAnswers["gw-01"] = twoOpen();

    EXPECT_EQ(bench.run(), ExitCode::Done);

    const std::string& out = bench.terminal.out;
    EXPECT_TRUE(has(out, "gw-01: 5 open")) << out;
    EXPECT_LT(out.find("req-1"), out.find("req-2"));
    EXPECT_TRUE(has(out, "streaming")) << out;
    EXPECT_TRUE(has(out, "812")) << out;
    EXPECT_TRUE(has(out, "and 3 that began later")) << out;
    EXPECT_FALSE(has(out, "\x1b[31m")) << "what a client named it is no command to the terminal";
}

TEST(GetRequests, GivesScriptsOneObjectAndAnUnknownAgentFails)
{
    Bench bench({"get", "requests", "gw-01", "--output", "json"});
    model::OpenExchangeList list = twoOpen();
    list.exchanges.erase(list.exchanges.begin());
    bench.fleet.openAnswers["gw-01"] = list;
    Bench unknown({"get", "requests", "gw-09"});

    EXPECT_EQ(bench.run(), ExitCode::Done);
    EXPECT_EQ(unknown.run(), ExitCode::Failed);

    EXPECT_EQ(bench.terminal.out,
              R"({"agents":[{"agent":"gw-01","total":5,"requests":[{"request_id":"req-2",)"
              R"("model":"","route":"","caller":"","endpoint":"","phase":"placing","age_ms":40,)"
              R"("since_token_ms":-1,"prompt_tokens":0,"tokens":0,"attempts":0}]}]})"
              "\n");
}

} // namespace
} // namespace signalbox::ctl
