// SPDX-License-Identifier: Apache-2.0
#include "agent/upstream/report_header.h"

#include <gtest/gtest.h>

#include <limits>

namespace signalbox::upstream {
namespace {

TEST(ReportHeader, SurvivesTheWay)
{
    model::LoadReport report;
    report.sequence = 7;
    report.pendingPrefillTokens = 120'000;
    report.decoding = 31;
    report.queued = 2;
    report.prefillTokensPerSecond = 9'470.5F;
    report.decodeMsPerSequence = 0.2231F;
    report.acceptsWork = true;

    EXPECT_EQ(parseReportHeader(ReportHeader(report).text()), report);
}

TEST(ReportHeader, TheLargestNumbersFit)
{
    model::LoadReport report;
    report.sequence = report.pendingPrefillTokens = std::numeric_limits<std::uint64_t>::max();
    report.decoding = report.queued = std::numeric_limits<std::uint32_t>::max();

    EXPECT_EQ(parseReportHeader(ReportHeader(report).text()), report);
}

TEST(ReportHeader, AHalfOrHostileReportIsNone)
{
    for (const char* bad :
         {"", "seq=1", "seq=-1 prefill=0 decoding=0 queued=0 rate=1 crowd=1 accepts=1",
          "seq=1 prefill=0 decoding=0 queued=0 rate=nan crowd=1 accepts=1",
          "seq=1 prefill=0 decoding=0 queued=0 rate=-5 crowd=1 accepts=1",
          "seq=1 prefill=0 decoding=0 queued=0 rate=1 crowd=inf accepts=1",
          "seq=1 prefill=0 decoding=0 queued=0 rate=1 crowd=1 accepts=2",
          "seq=1 prefill=0 decoding=99999999999 queued=0 rate=1 crowd=1 accepts=1",
          "seq=1 prefill=0 decoding=0 queued=0 rate=1 crowd=1 accepts=1 x"})
        EXPECT_FALSE(parseReportHeader(bad)) << bad;
}

} // namespace
} // namespace signalbox::upstream
