// SPDX-License-Identifier: Apache-2.0
#include "shared/base/result.h"

#include <gtest/gtest.h>

namespace signalbox::base {
namespace {

Result<int> half(int value)
{
    if (value % 2 != 0)
        return Error(Code::InvalidArgument, "odd number", Origin::Client);
    return value / 2;
}

Result<int> quarter(int value)
{
    SB_TRY(const int once, half(value));
    SB_TRY(const int twice, half(once));
    return twice;
}

TEST(Result, TryBindsTheValueOrReturnsTheFirstError)
{
    EXPECT_EQ(*quarter(8), 2);

    const auto failed = quarter(6);

    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code(), Code::InvalidArgument);
    EXPECT_EQ(failed.error().origin(), Origin::Client);
}

TEST(Error, ContextComesFirstAndTheRootIsNeverLost)
{
    Error error(Code::Unavailable, "connection refused", Origin::Upstream, Retry::Safe);

    for (const char* context : {"probe", "pool chat", "route tiny", "request 7", "core 1"})
        error = error.because(context);

    EXPECT_TRUE(error.text().starts_with("core 1: "));
    EXPECT_TRUE(error.text().ends_with("connection refused"));
    EXPECT_EQ(error.retry(), Retry::Safe);
}

} // namespace
} // namespace signalbox::base
