// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/model/fleet.h"

#include <array>
#include <optional>
#include <string_view>

namespace signalbox::upstream {

// The value of x-signalbox-report: "seq=7 prefill=1200 decoding=3 queued=0 rate=9470 crowd=0.22
// accepts=1". Every answer of an agent to a gateway carries one; it never reaches a client.
// Lives on: core; a local.
class ReportHeader {
public:
    explicit ReportHeader(const model::LoadReport& report);
    std::string_view text() const { return {text_.data(), size_}; }

private:
    std::array<char, 160> text_;
    std::size_t size_ = 0;
};

// Nothing when a field is missing or is no number in its range: a half report is none.
std::optional<model::LoadReport> parseReportHeader(std::string_view text);

} // namespace signalbox::upstream
