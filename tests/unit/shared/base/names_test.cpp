// SPDX-License-Identifier: Apache-2.0
#include "shared/base/names.h"

#include <gtest/gtest.h>

#include <array>

namespace signalbox::base {
namespace {

TEST(Names, OnlyLowerCaseNamesOfBoundedLengthAreValid)
{
    EXPECT_TRUE(isValidName("gpu-04.rack_2"));

    for (const char* bad : {"", "-a", "A", "a b", "a/b", "\u202e", "a\n"})
        EXPECT_FALSE(isValidName(bad)) << bad;
    EXPECT_FALSE(isValidName(std::string(64, 'a')));
}

TEST(Names, TheNearestWordIsOfferedOnlyWhenItIsNear)
{
    const std::array<std::string, 3> known{"serve", "control", "observe"};

    EXPECT_EQ(nearestWord("contrl", known), "control");
    EXPECT_EQ(nearestWord("observer", known), "observe");
    EXPECT_EQ(nearestWord("sevre", known), "serve");
    EXPECT_EQ(nearestWord("zzzzzz", known), std::nullopt);
}

} // namespace
} // namespace signalbox::base
