// SPDX-License-Identifier: Apache-2.0
#include "agent/upstream/report_header.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace signalbox::upstream {

namespace {

// Takes "name=number" off the front.
template <typename Number>
bool take(std::string_view& text, std::string_view name, Number& number)
{
    if (text.starts_with(' '))
        text.remove_prefix(1);
    if (!text.starts_with(name) || text.substr(name.size(), 1) != "=")
        return false;
    text.remove_prefix(name.size() + 1);
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc{})
        return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return true;
}

bool isRate(float value)
{
    return std::isfinite(value) && value >= 0;
}

} // namespace

ReportHeader::ReportHeader(const model::LoadReport& report)
{
    const auto written = fmt::format_to_n(
        text_.data(), text_.size(),
        "seq={} prefill={} decoding={} queued={} rate={:.1f} crowd={:.4f} accepts={}",
        report.sequence, report.pendingPrefillTokens, report.decoding, report.queued,
        report.prefillTokensPerSecond, report.decodeMsPerSequence, report.acceptsWork ? 1 : 0);
    size_ = std::min(written.size, text_.size());
}

std::optional<model::LoadReport> parseReportHeader(std::string_view text)
{
    model::LoadReport report;
    unsigned accepts = 2;
    const bool isGood = take(text, "seq", report.sequence)
        && take(text, "prefill", report.pendingPrefillTokens)
        && take(text, "decoding", report.decoding) && take(text, "queued", report.queued)
        && take(text, "rate", report.prefillTokensPerSecond)
        && take(text, "crowd", report.decodeMsPerSequence) && take(text, "accepts", accepts);
    if (!isGood || !text.empty() || accepts > 1 || !isRate(report.prefillTokensPerSecond)
        || !isRate(report.decodeMsPerSequence))
        return std::nullopt;
    report.acceptsWork = accepts == 1;
    return report;
}

} // namespace signalbox::upstream
