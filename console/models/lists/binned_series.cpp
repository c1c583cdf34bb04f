// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/lists/binned_series.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace signalbox::lists {

namespace {

constexpr double kLowShare = 0.05;
constexpr double kHighShare = 0.95;
constexpr float kWider = 0.25F; // of the range, at both ends
constexpr float kLeastShare = 0.05F; // of the level: a flat line has a range, too

} // namespace

std::optional<UsualRange> usualRange(std::vector<float> values, std::size_t least)
{
    std::erase_if(values, [](float value) { return !std::isfinite(value); });
    if (values.size() < std::max<std::size_t>(least, 1))
        return std::nullopt;
    const auto at = [&values](double share) {
        const auto place = values.begin()
            + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
        std::nth_element(values.begin(), place, values.end());
        return *place;
    };
    const float low = at(kLowShare);
    const float high = at(kHighShare);
    const float wider = std::max((high - low) * kWider, high * kLeastShare);
    return UsualRange{std::max(0.0F, low - wider), high + wider};
}

void BinnedSeries::add(std::int64_t unixMs, float value)
{
    const std::int64_t number = unixMs / spanMs_;
    if (!std::isfinite(value) || (!bins_.empty() && number < bins_.back().number))
        return;
    if (bins_.empty() || bins_.back().number != number)
        bins_.push_back({number, 0, 0});
    bins_.back().total += static_cast<double>(value);
    ++bins_.back().count;
    while (bins_.size() > most_)
        bins_.pop_front();
}

std::vector<float> BinnedSeries::values(std::int64_t nowUnixMs) const
{
    std::vector<float> all(most_, std::numeric_limits<float>::quiet_NaN());
    const std::int64_t first = nowUnixMs / spanMs_ - static_cast<std::int64_t>(most_) + 1;
    for (const Bin& bin : bins_) {
        const std::int64_t place = bin.number - first;
        if (place >= 0 && place < static_cast<std::int64_t>(most_))
            all[static_cast<std::size_t>(place)] = static_cast<float>(bin.total / bin.count);
    }
    return all;
}

} // namespace signalbox::lists
