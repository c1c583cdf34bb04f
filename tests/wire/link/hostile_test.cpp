// SPDX-License-Identifier: Apache-2.0
// An agent that means harm costs nothing but its own row.
#include "proto/signalbox/v1/telemetry_service.pb.h"
#include "shared/base/limits.h"
#include "shared/series/column_codec.h"
#include "shared/wire/wire.h"
#include "tests/wire/link/scripted_agent.h"
#include "tests/wire/link/link_world.h"

#include <cmath>
#include <limits>
#include <tuple>

namespace signalbox::link {
namespace {

using fleet::LinkState;
using tests::ScriptedAgent;
using tests::LinkedAgent;
using tests::LinkWindow;
using tests::Transport;

enum class Attack : std::uint8_t { TenMegabytes, Garbage, Markup, NoNumbers, Flood };

constexpr int kTold = 5; // readings of the agent that means well
constexpr const char* kMarkup = "<img src='http://evil/x'><b>fine</b> \x1b[2J \u202e";

std::string bytesOf(std::vector<model::TelemetryFact> facts, std::uint64_t number)
{
    model::TelemetryBatch batch;
    batch.sequence = number;
    batch.agentsTotal = 1;
    for (model::TelemetryFact& fact : facts)
        batch.items.push_back({1, std::move(fact)});
    v1::WatchTelemetryResponse response;
    wire::toWire(batch, *response.mutable_batch());
    return response.SerializeAsString();
}

model::AgentState stateSaying(std::string reason)
{
    model::AgentState state;
    state.record = tests::recordOf("chat-2", "127.0.0.1:1");
    state.record.version = "hostile";
    state.record.health.state = model::Health::Ready;
    state.record.health.reason = std::move(reason);
    return state;
}

const model::AgentIntroduction kIntroduction{base::AgentId("chat-2"), "boot-1"};

model::SampleBlock blockOf(std::uint64_t sequence, double value)
{
    const std::vector<model::SeriesKey> series{{"in_flight", {}, model::SeriesKind::Gauge}};
    const std::vector<model::SampleRow> rows{{sequence, 1'000, {value}}};
    return {1, sequence, series::ColumnEncoder(series).encode(rows)};
}

std::string withNoNumbers(std::uint64_t number)
{
    constexpr double kWrong[] = {std::numeric_limits<double>::quiet_NaN(),
                                 std::numeric_limits<double>::infinity(), -1e300, 1e300};
    const model::SeriesDictionary dictionary{
        1, {{"in_flight", {}, model::SeriesKind::Gauge}}};
    if (number == 1)
        return bytesOf({kIntroduction, stateSaying(""), dictionary}, number);
    return bytesOf({blockOf(number, kWrong[number % std::size(kWrong)])}, number);
}

std::string flood(std::uint64_t number)
{
    constexpr std::uint64_t kEvents = 2'000;
    if (number == 1)
        return bytesOf({kIntroduction, stateSaying("")}, number);
    std::vector<model::TelemetryFact> events;
    for (std::uint64_t i = 0; i < kEvents; ++i)
        events.emplace_back(model::Event{number * kEvents + i, 1'000, "chat-2", "noise", "chat-2",
                                         std::string(120, 'x'), model::Severity::Critical});
    return bytesOf(std::move(events), number);
}

std::string say(Attack attack, std::uint64_t number)
{
    switch (attack) {
    case Attack::TenMegabytes:
        return bytesOf({kIntroduction, stateSaying(std::string(10'000'000, 'A'))}, number);
    case Attack::Garbage: return std::string(4'096, static_cast<char>(0x80 + number % 0x70));
    case Attack::Markup:
        return bytesOf({kIntroduction, stateSaying(kMarkup),
                        model::Event{number, 1'000, "chat-2", kMarkup, kMarkup, kMarkup,
                                     model::Severity::Critical}},
                       number);
    case Attack::NoNumbers: return withNoNumbers(number);
    case Attack::Flood: return flood(number);
    }
    return {};
}

class HostileLink : public ::testing::TestWithParam<std::tuple<Transport, Attack>> {
protected:
    HostileLink()
        : hub_(world_, "gw-1"), peer_(world_, "chat-1"),
          hostile_(world_, [](std::uint64_t number) {
              return say(std::get<Attack>(GetParam()), number);
          })
    {
        hub_.start();
        peer_.start();
        world_.on([&] {
            hub_.agent().relay().setPeers({tests::recordOf("chat-1", peer_.agent().address()),
                                           tests::recordOf("chat-2", hostile_.address())});
        });
    }

    tests::ControlThreadWorld world_;
    LinkedAgent hub_;
    LinkedAgent peer_;
    ScriptedAgent hostile_;
};

std::string nameOf(const ::testing::TestParamInfo<std::tuple<Transport, Attack>>& given)
{
    constexpr const char* kNames[] = {"TenMegabytes", "Garbage", "Markup", "NoNumbers", "Flood"};
    const bool isGrpc = std::get<Transport>(given.param) == Transport::Grpc;
    return std::string(isGrpc ? "Grpc" : "WebSocket")
        + kNames[static_cast<int>(std::get<Attack>(given.param))];
}

INSTANTIATE_TEST_SUITE_P(
    Over, HostileLink,
    ::testing::Combine(::testing::Values(Transport::Grpc, Transport::WebSocket),
                       ::testing::Values(Attack::TenMegabytes, Attack::Garbage, Attack::Markup,
                                         Attack::NoNumbers, Attack::Flood)),
    nameOf);

TEST_P(HostileLink, OnlyItsOwnRowSuffers)
{
    LinkWindow window({hub_.address(std::get<Transport>(GetParam()))});
    ASSERT_TRUE(window.eventually([&] { return window.isConnected(); }));
    ASSERT_TRUE(window.eventually([&] { return hostile_.saidTotal() >= 3; }))
        << "it had its say";
    int losses = 0;
    QObject::connect(&window.store(), &fleet::FleetStore::linkChanged, &window.store(), [&] {
        losses += window.store().link().state == LinkState::Lost ? 1 : 0;
    });

    for (int i = 1; i <= kTold; ++i) {
        peer_.record(i);
        ASSERT_TRUE(window.eventually(
            [&] { return window.inFlight("chat-1") == static_cast<float>(i); }));
    }

    EXPECT_EQ(losses, 0);
    EXPECT_LE(window.store().size(), 3);
    EXPECT_LE(window.store().events().size(), limits::kWaitingEvents);
    const int slot = window.store().slotOf("chat-2");
    ASSERT_GE(slot, 0) << "it is registered, so it has a row";
    const fleet::Agent& hostile = window.store().agent(slot);
    EXPECT_LE(hostile.record().health.reason.size(), 4'096U);
    EXPECT_LE(hostile.state().record.version.size(), 4'096U);
    window.store().refresh();
    const fleet::Pool* pool = window.store().pool("chat");
    ASSERT_NE(pool, nullptr);
    const float inFlight = pool->sums.readings[fleet::Reading::InFlight];
    if (std::get<Attack>(GetParam()) != Attack::NoNumbers) {
        EXPECT_EQ(inFlight, static_cast<float>(kTold)) << "nothing of it is added to its pool";
    }
    EXPECT_FALSE(std::isinf(inFlight));
}

} // namespace
} // namespace signalbox::link
