// SPDX-License-Identifier: Apache-2.0
#include "shared/rpc/credentials.h"

#include <gtest/gtest.h>

namespace signalbox::rpc {
namespace {

TEST(ServiceAddress, SchemesAndPlainRecordsAreUnderstood)
{
    const auto plain = parseServiceAddress("grpc://gpu-01:8801");
    const auto tls = parseServiceAddress("grpcs://[fd00::1]:8801");
    const auto record = parseServiceAddress("127.0.0.1:8801");

    ASSERT_TRUE(plain && tls && record);
    EXPECT_EQ(plain->scheme, ServiceAddress::Scheme::Grpc);
    EXPECT_EQ(tls->scheme, ServiceAddress::Scheme::Grpcs);
    EXPECT_EQ(tls->hostPort, "[fd00::1]:8801");
    EXPECT_EQ(record->text(), "grpc://127.0.0.1:8801");
}

TEST(ServiceAddress, WhatIsNoAddressSaysWhatIsMeant)
{
    for (const char* wrong : {"", "grpc://", "gpu-01", "gpu-01:", "gpu-01:0", "gpu-01:65536",
                              "http://gpu-01:8801", "gpu 01:8801", "gpu-01:88o1", "::1:8801"}) {
        const auto address = parseServiceAddress(wrong);
        ASSERT_FALSE(address) << wrong;
        EXPECT_NE(address.error().message().find("grpc://host:port"), std::string::npos);
    }
}

TEST(ServiceAddress, LoopbackIsALiteralOfThisMachine)
{
    for (const char* here : {"127.0.0.1:8801", "127.9.9.9", "[::1]:8801", "::1", "localhost:1"})
        EXPECT_TRUE(isLoopback(here)) << here;
    for (const char* away : {"127.evil.example:8801", "10.0.0.1:8801", "0.0.0.0:8801", "[::]:8801",
                             "localhost.example:1", ""})
        EXPECT_FALSE(isLoopback(away)) << away;
}

TEST(Certificates, AUriNameIsAnIdentityAndNothingElseIs)
{
    const auto alice = callerFromUri("signalbox://operator/alice");
    const auto agent = callerFromUri("signalbox://agent/gpu-01");

    ASSERT_TRUE(alice && agent);
    EXPECT_EQ(alice->name, "alice");
    EXPECT_EQ(alice->role, Role::Operator);
    EXPECT_EQ(agent->role, Role::Viewer);
    for (const char* nobody : {"", "signalbox://operator/", "signalbox://root/alice",
                               "https://operator/alice", "signalbox://admin/Al ice",
                               "signalbox://admin"})
        EXPECT_FALSE(callerFromUri(nobody)) << nobody;
}

} // namespace
} // namespace signalbox::rpc
