// SPDX-License-Identifier: Apache-2.0
#include "shared/client/surroundings.h"

#include <gtest/gtest.h>

namespace signalbox::client {
namespace {

TEST(Surroundings, AddressesAreSplitAndGetAScheme)
{
    EXPECT_EQ(splitAddresses("gw-1:8801,,ws://gw-2:8802/tunnel"),
              (std::vector<std::string>{"grpc://gw-1:8801", "ws://gw-2:8802/tunnel"}));
    EXPECT_TRUE(splitAddresses("").empty());
}

TEST(Surroundings, WhatIsNotSetIsEmptyAndSomebodyAlwaysActs)
{
    EXPECT_EQ(environment("SIGNALBOX_NO_SUCH_NAME"), "");
    EXPECT_FALSE(operatorName().empty());
}

} // namespace
} // namespace signalbox::client
