// SPDX-License-Identifier: Apache-2.0
// Methods, roles, streams and ends over real gRPC.
#include "shared/base/limits.h"
#include "shared/rpc/grpc_channel.h"
#include "shared/rpc/grpc_server.h"
#include "tests/wire/control_thread_world.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <vector>

namespace signalbox::rpc {
namespace {

using namespace std::chrono_literals;

// A server with two methods and a stream that is written by the test.
struct Agent {
    explicit Agent(tests::ControlThreadWorld& world) : server(table, world.executor())
    {
        table.add("test.S/Echo", Role::Viewer,
                  [](const Caller& caller, const std::string& request, Reply reply) {
                      reply(caller.name + " says " + request);
                  });
        table.add("test.S/Silent", Role::Admin,
                  [this](const Caller&, const std::string&, Reply reply) {
                      silent.push_back(std::move(reply));
                  });
        table.addStream("test.S/Watch", Role::Viewer,
                        [this](const Caller&, const std::string&, std::shared_ptr<OpenStream> s) {
                            streams.push_back(std::move(s));
                        });
    }
    MethodTable table;
    std::vector<Reply> silent;
    std::vector<std::shared_ptr<OpenStream>> streams;
    GrpcServer server;
};

std::shared_ptr<Channel> channelTo(tests::ControlThreadWorld& world, const std::string& address,
                                   const std::string& name, const Security& security = {})
{
    return *openGrpcChannel(*parseServiceAddress(address), security, name, world.executor());
}

base::Result<std::string> callAndWait(tests::ControlThreadWorld& world, Channel& channel,
                                      const std::string& method, const std::string& request,
                                      std::chrono::milliseconds timeout = 10s)
{
    std::optional<base::Result<std::string>> answer;
    world.on([&] {
        channel.call(method, request, timeout, [&](auto result) { answer = std::move(result); });
    });
    EXPECT_TRUE(world.eventually([&] { return answer.has_value(); }));
    return *answer;
}

TEST(Rpc, AnswersWithTheCallersOwnName)
{
    tests::ControlThreadWorld world;
    Agent agent(world);
    const std::string address = *agent.server.start("127.0.0.1:0");
    auto channel = channelTo(world, address, "alice");
    auto nameless = channelTo(world, address, "");

    EXPECT_EQ(*callAndWait(world, *channel, "test.S/Echo", "hello"), "alice says hello");
    EXPECT_EQ(*callAndWait(world, *nameless, "test.S/Echo", "hello"), "local says hello");
    EXPECT_EQ(agent.server.counters().callsTotal, 2u);

    world.on([&] { channel.reset(), nameless.reset(); });
}

TEST(Rpc, UnknownMethodsAndDeadlinesAreErrors)
{
    tests::ControlThreadWorld world;
    Agent agent(world);
    auto channel = channelTo(world, *agent.server.start("127.0.0.1:0"), "alice");

    EXPECT_EQ(callAndWait(world, *channel, "test.S/Nothing", "").error().code(),
              base::Code::Unimplemented);
    EXPECT_EQ(callAndWait(world, *channel, "test.S/Silent", "", 50ms).error().code(),
              base::Code::DeadlineExceeded);
    EXPECT_EQ(agent.server.counters().refusedTotal, 1u);
    // The late answer finds nobody and harms nothing.
    world.on([&] { agent.silent.at(0)(std::string("late")); });

    world.on([&] { channel.reset(); });
}

TEST(Rpc, HealthIsAnsweredAsTheStandardSays)
{
    tests::ControlThreadWorld world;
    Agent agent(world);
    auto channel = channelTo(world, *agent.server.start("127.0.0.1:0"), "");
    const std::string kHealth = "grpc.health.v1.Health/Check";
    // HealthCheckRequest.service = 1; HealthCheckResponse.status = 1: SERVING 1, NOT_SERVING 2.
    const std::string ofService = std::string("\x0a\x06test.S", 8);

    agent.server.setServing(true);
    EXPECT_EQ(*callAndWait(world, *channel, kHealth, ""), "\x08\x01");
    EXPECT_EQ(*callAndWait(world, *channel, kHealth, ofService), "\x08\x01");
    agent.server.setServing(false);
    EXPECT_EQ(*callAndWait(world, *channel, kHealth, ""), "\x08\x02");
    EXPECT_EQ(callAndWait(world, *channel, kHealth, "\x0a\x01x").error().code(),
              base::Code::NotFound);

    world.on([&] { channel.reset(); });
}

TEST(Rpc, AStreamCarriesItemsInOrderAndIsClosedWhenItsReaderGoes)
{
    tests::ControlThreadWorld world;
    Agent agent(world);
    auto channel = channelTo(world, *agent.server.start("127.0.0.1:0"), "alice");
    std::vector<std::string> items;
    std::unique_ptr<StreamCall> call;
    world.on([&] {
        call = channel->watch("test.S/Watch", "",
                              {[&](std::string item) { items.push_back(std::move(item)); },
                               [](base::Status) {}});
    });
    ASSERT_TRUE(world.eventually([&] { return agent.streams.size() == 1; }));

    world.on([&] { agent.streams[0]->write("one"); });
    ASSERT_TRUE(world.eventually([&] { return agent.streams[0]->isIdle() && items.size() == 1; }));
    world.on([&] { agent.streams[0]->write("two"); });
    ASSERT_TRUE(world.eventually([&] { return items.size() == 2; }));
    EXPECT_EQ(items, (std::vector<std::string>{"one", "two"}));

    world.on([&] { call.reset(); });
    EXPECT_TRUE(world.eventually([&] { return !agent.streams[0]->isOpen(); }));
    world.on([&] { channel.reset(); });
}

TEST(Rpc, AServerThatStopsEndsItsStreamsAndWaitsForNobody)
{
    tests::ControlThreadWorld world;
    Agent agent(world);
    auto channel = channelTo(world, *agent.server.start("127.0.0.1:0"), "alice");
    std::optional<base::Status> end;
    std::unique_ptr<StreamCall> call;
    world.on([&] {
        call = channel->watch(
            "test.S/Watch", "",
            {[](std::string) {}, [&](base::Status status) { end = std::move(status); }});
    });
    ASSERT_TRUE(world.eventually([&] { return agent.streams.size() == 1; }));

    agent.server.stop();

    ASSERT_TRUE(world.eventually([&] { return end.has_value(); }));
    ASSERT_FALSE(*end);
    EXPECT_EQ(end->error().code(), base::Code::Unavailable);
    EXPECT_EQ(end->error().message(), "this agent is stopping");
    EXPECT_EQ(agent.server.counters().callsOpen, 0u);
    world.on([&] { call.reset(), channel.reset(); });
}

TEST(Rpc, AChannelMayEndWithCallsAndStreamsOpen)
{
    tests::ControlThreadWorld world;
    Agent agent(world);
    auto channel = channelTo(world, *agent.server.start("127.0.0.1:0"), "alice");
    std::unique_ptr<StreamCall> call;
    int told = 0;
    world.on([&] {
        channel->call("test.S/Silent", "", 60s, [&](auto) { ++told; });
        call = channel->watch("test.S/Watch", "",
                              {[&](std::string) { ++told; }, [&](base::Status) { ++told; }});
    });
    ASSERT_TRUE(world.eventually([&] { return agent.silent.size() + agent.streams.size() == 2; }));

    world.on([&] { call.reset(), channel.reset(); });

    EXPECT_TRUE(world.eventually([&] { return agent.server.counters().callsOpen == 0; }));
    EXPECT_EQ(told, 0);
}

TEST(Rpc, AnAddressOfOtherMachinesNeedsAProofOnBothEnds)
{
    tests::ControlThreadWorld world;
    Agent agent(world);

    EXPECT_EQ(agent.server.start("0.0.0.0:0").error().code(), base::Code::FailedPrecondition);
    EXPECT_FALSE(agent.server.start("127.0.0.1:0", {Trust::Certificate, std::nullopt}));
    EXPECT_FALSE(
        openGrpcChannel(*parseServiceAddress("grpc://gpu-01:8801"), {}, "", world.executor()));
    EXPECT_FALSE(
        openGrpcChannel(*parseServiceAddress("grpcs://gpu-01:8801"), {}, "", world.executor()));
}

// Certificates of a fleet, made anew by openssl(1).
std::optional<std::string> makeCertificates()
{
    const auto folder = std::filesystem::temp_directory_path()
        / ("signalbox-pki-" + std::to_string(::testing::UnitTest::GetInstance()->random_seed())
           + "-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    const std::string script = "cd " + folder.string() + R"( && (
key='-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'
openssl req -x509 $key -keyout ca.key -out ca.pem -days 2 -subj /CN=test-ca
for who in agent:IP:127.0.0.1,URI:signalbox://agent/gpu-01 \
  alice:URI:signalbox://operator/alice nobody:URI:https://example; do
  name=${who%%:*}
  openssl req -new $key -keyout $name.key -out $name.csr -subj /CN=$name
  echo "subjectAltName=${who#*:}" > $name.ext
  openssl x509 -req -in $name.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 \
    -extfile $name.ext -out $name.pem
done) > log 2>&1)";
    if (std::system(script.c_str()) != 0)
        return std::nullopt;
    return folder.string() + "/";
}

Security certificateOf(const std::string& folder, const std::string& name)
{
    auto identity
        = readTlsFiles({folder + "ca.pem", folder + name + ".pem", folder + name + ".key"});
    EXPECT_TRUE(identity);
    return {Trust::Certificate, *identity};
}

TEST(Rpc, WithCertificatesTheNameAndTheRoleAreProved)
{
    const auto folder = makeCertificates();
    if (!folder)
        GTEST_SKIP() << "openssl(1) is not installed";
    tests::ControlThreadWorld world;
    Agent agent(world);
    const std::string address
        = "grpcs://" + *agent.server.start("127.0.0.1:0", certificateOf(*folder, "agent"));
    auto alice = channelTo(world, address, "not-alice", certificateOf(*folder, "alice"));
    auto nobody = channelTo(world, address, "alice", certificateOf(*folder, "nobody"));
    auto stranger = channelTo(world, address.substr(8), "alice");

    EXPECT_EQ(*callAndWait(world, *alice, "test.S/Echo", "hi"), "alice says hi");
    EXPECT_EQ(callAndWait(world, *alice, "test.S/Silent", "").error().code(),
              base::Code::PermissionDenied);
    EXPECT_EQ(callAndWait(world, *nobody, "test.S/Echo", "hi").error().code(),
              base::Code::Unauthenticated);
    EXPECT_EQ(callAndWait(world, *stranger, "test.S/Echo", "hi").error().code(),
              base::Code::Unavailable);

    world.on([&] { alice.reset(), nobody.reset(), stranger.reset(); });
    std::filesystem::remove_all(*folder);
}

} // namespace
} // namespace signalbox::rpc
