// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

namespace signalbox::lists {

// The range that is usual for a series: from its 5th to its 95th percentile, a quarter wider at
// both ends, so that what merely wanders stays inside. Nothing with fewer than `least` values.
struct UsualRange {
    float low = 0;
    float high = 0;
    bool operator==(const UsualRange&) const = default;
};
std::optional<UsualRange> usualRange(std::vector<float> values, std::size_t least = 30);

// One number over a long time, coarsely: means of equal spans, the newest `bins` of them. A span
// in which nothing was told is NaN.
// Lives on: gui thread. Owned by whoever shows it.
class BinnedSeries {
public:
    BinnedSeries(std::int64_t spanMs, std::size_t bins) : spanMs_(spanMs), most_(bins) {}

    void add(std::int64_t unixMs, float value); // NaN and what is older than the newest: ignored
    // As many values as there are bins, oldest first, the last being the span of `nowUnixMs`.
    std::vector<float> values(std::int64_t nowUnixMs) const;

private:
    struct Bin {
        std::int64_t number = 0; // of the span
        double total = 0;
        int count = 0;
    };
    std::int64_t spanMs_;
    std::size_t most_;
    std::deque<Bin> bins_; // only those that hold something
};

} // namespace signalbox::lists
