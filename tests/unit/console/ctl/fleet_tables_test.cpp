// SPDX-License-Identifier: Apache-2.0
#include "console/ctl/fleet_tables.h"

#include "tests/unit/console/ctl/fleet_values.h"

#include <gtest/gtest.h>

namespace signalbox::ctl {
namespace {

using namespace tests;

std::string drawn(const Table& table, std::size_t columns)
{
    std::string text = "\n";
    for (const std::string& line : table.lines(columns, Colour::Off))
        text += line + "\n";
    return text;
}

Picture busyFleet()
{
    Picture picture = smallFleet();
    picture.agents[1].values = {{"in_flight", 12},
                                {"engine_waiting", 3},
                                {"ttft_p50_ms", 310},
                                {"ttft_p95_ms", 1240},
                                {"completion_tokens_per_second", 842.4},
                                {"engine_kv_usage_ratio", 0.42}};
    picture.agents[2].state.admin = model::Admin::Drain;
    picture.agents[2].state.drain = {model::DrainPhase::Draining, 3, 41'000, kNow};
    picture.agents[3].ageMs = 12'000;
    return picture;
}

TEST(FleetTables, InstancesOnAHundredColumns)
{
    EXPECT_EQ(drawn(instanceTable(busyFleet()), 100), R"(
INSTANCE  STATE   ADMIN                 FRESH        RUN  QUEUE  TTFT P50     P95  TOK/S    KV
gpu-01    ready   -                     LIVE          12      3    310 ms  1.24 s    842  42 %
gpu-02    ready   drain: 3 left, 41.0s  LIVE           -      -         -       -      -     -
gpu-03    failed  -                     STALE 12.0s    -      -         -       -      -     -
)");
}

TEST(FleetTables, InstancesOnEightyColumns)
{
    const std::string text = drawn(instanceTable(busyFleet()), 80);

    for (const char* part : {"gpu-02", "failed", "drain: 3 left", "STALE 12.0s", "1.24 s", "842"})
        EXPECT_NE(text.find(part), std::string::npos) << part << text;
}

TEST(FleetTables, GatewaysOnEightyColumns)
{
    Picture picture = smallFleet();
    picture.agents[0].values = {{"requests_per_second", 42.1},
                                {"errors_per_second", 0.5},
                                {"in_flight", 118},
                                {"ttft_p95_ms", 1240},
                                {"completion_tokens_per_second", 4200}};

    const std::string text = drawn(gatewayTable(picture), 80);

    for (const char* part : {"gate-01", "ready", "LIVE", "42.1", "0.50", "118", "1.24 s", "4200"})
        EXPECT_NE(text.find(part), std::string::npos) << part << text;
}

TEST(FleetTables, SummaryNamesTheWorstOfSeveralGateways)
{
    Picture picture = smallFleet();
    picture.agents[0].values = {{"requests_per_second", 42.1}, {"ttft_p95_ms", 1240}};

    EXPECT_EQ(summaryLines(summaryOf(picture), kNow)[0],
              "requests 42.1/s  errors -/s  in flight -  TTFT p50 - p95 1.24 s  tokens -/s");
    EXPECT_EQ(summaryLines(summaryOf(picture), kNow)[1],
              "instances 2 of 3 ready  policy revision 419");

    picture.agents.push_back(gateway("gate-02"));
    EXPECT_NE(summaryLines(summaryOf(picture), kNow)[0].find("(worst)"), std::string::npos);
}

TEST(FleetTables, AnAwayStoreIsSaidAboveTheTables)
{
    Picture picture = smallFleet();
    picture.agents[0].state.storeAway = true;
    picture.agents[0].state.storeAwaySinceUnixMs = kNow - 12'000;

    EXPECT_EQ(summaryLines(summaryOf(picture), kNow)[2],
              "! store away for 12.0 s: serving goes on, commands do not");
}

TEST(FleetTables, AuditSaysWhoWhatWhy)
{
    model::AuditRecord record;
    record.number = 7;
    record.operatorName = "ana";
    record.cause = "kernel upgrade";
    record.revision = 420;
    record.edit = model::AdminEdit{model::Verb::Drain, "", {{"gpu-02", model::Admin::Drain}}};

    const std::string text = drawn(auditTable({record}, kNow), 0);

    EXPECT_NE(text.find("ana"), std::string::npos);
    EXPECT_NE(text.find("drain gpu-02"), std::string::npos);
    EXPECT_NE(text.find("kernel upgrade"), std::string::npos);
}

TEST(FleetTables, EventsCarryTheirSeverityAsAMark)
{
    model::Event event;
    event.unixMs = kNow;
    event.agent = "gpu-03";
    event.kind = "health_changed";
    event.text = "ready -> failed: connection refused";
    event.severity = model::Severity::Critical;

    const std::string text = drawn(eventTable({event}, kNow), 0);

    EXPECT_NE(text.find("!!  gpu-03  health_changed"), std::string::npos) << text;
}

} // namespace
} // namespace signalbox::ctl
