// SPDX-License-Identifier: Apache-2.0
#include "console/ctl/exit_code.h"

#include <gtest/gtest.h>

namespace signalbox::ctl {
namespace {

using base::Code;
using base::Error;
using base::Origin;

TEST(ExitCode, FollowsTheKindOfFailure)
{
    EXPECT_EQ(exitCodeOf(Error(Code::Unavailable, "x")), ExitCode::Away);
    EXPECT_EQ(exitCodeOf(Error(Code::DeadlineExceeded, "x")), ExitCode::Away);
    EXPECT_EQ(exitCodeOf(Error(Code::FailedPrecondition, "x")), ExitCode::Refused);
    EXPECT_EQ(exitCodeOf(Error(Code::PermissionDenied, "x")), ExitCode::Refused);
    EXPECT_EQ(exitCodeOf(Error(Code::Aborted, "x")), ExitCode::Conflict);
    EXPECT_EQ(exitCodeOf(Error(Code::NotFound, "x")), ExitCode::Failed);
}

TEST(ExitCode, ExplainsWhatWhereAndWhatToDo)
{
    const Error away(Code::Unavailable, "connection refused");

    EXPECT_EQ(explain("preview", away, "grpc://a:1"),
              "signalboxctl: cannot preview: connection refused\n"
              "  asked grpc://a:1\n"
              "  is an agent running there? name others with --fleet ADDRESS[,ADDRESS] or in "
              "SIGNALBOX_FLEET");
}

TEST(ExitCode, KnowsThatTheStoreIsAway)
{
    const Error away(Code::Unavailable, "store does not answer", Origin::Store);

    EXPECT_NE(explain("apply", away, "a").find("agents keep serving"), std::string::npos);
}

TEST(ExitCode, PeerTextIsSafeAndBounded)
{
    const Error odd(Code::Internal, "\x1b[2J" + std::string(5000, 'x'));

    const std::string text = explain("preview", odd, "a");

    EXPECT_EQ(text.find('\x1b'), std::string::npos);
    EXPECT_LT(text.size(), 600u);
}

} // namespace
} // namespace signalbox::ctl
