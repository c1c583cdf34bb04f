// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/instances/peer_track.h"

#include "console/models/instances/natural_order.h"

#include <algorithm>
#include <cmath>

namespace signalbox::models {

namespace {

constexpr int kBandStep = 5; // seconds that share one value of the band
constexpr float kHair = 0.1F; // of the median

float percentileOf(const std::vector<float>& sorted, double share)
{
    const double place = share * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    const auto part = static_cast<float>(place - static_cast<double>(below));
    return sorted[below] + (sorted[above] - sorted[below]) * part;
}

// The agent's series moved to where it belongs before now: a silent one ends in a gap.
std::vector<float> endingNow(const fleet::FleetStore& store, const history::SeriesCache& history,
                             int slot, fleet::Reading reading)
{
    std::vector<float> track(kTrackSeconds, fleet::kUnknown);
    const history::Series series = history.ofAgent(slot, reading, kTrackSeconds);
    if (series.values.empty())
        return track;
    const std::int64_t now = store.nowUnixMs() - store.agent(slot).skewMs;
    const std::int64_t late = std::max<std::int64_t>(0, (now - series.lastUnixMs + 500) / 1'000);
    for (std::size_t i = 0; i < series.values.size(); ++i) {
        const std::int64_t age = late + static_cast<std::int64_t>(series.values.size() - 1 - i);
        if (age < kTrackSeconds)
            track[static_cast<std::size_t>(kTrackSeconds - 1 - age)] = series.values[i];
    }
    return track;
}

} // namespace

std::vector<int> servingPeers(const fleet::FleetStore& store, int slot)
{
    const fleet::Agent& own = store.agent(slot);
    std::vector<int> peers;
    for (int other = 0; other < store.slotCount(); ++other) {
        const fleet::Agent& agent = store.agent(other);
        if (other != slot && store.isTaken(other) && agent.isServing()
            && agent.record().kind == own.record().kind && agent.record().pool == own.record().pool)
            peers.push_back(other);
    }
    std::sort(peers.begin(), peers.end(), [&](int left, int right) {
        return naturalOrder(store.agent(left).id, store.agent(right).id) < 0;
    });
    return peers;
}

PeerTrack trackOf(const fleet::FleetStore& store, const history::SeriesCache& history, int slot,
                  const std::vector<int>& peers, fleet::Reading reading)
{
    PeerTrack track;
    track.own = endingNow(store, history, slot, reading);
    const std::size_t count = std::min<std::size_t>(peers.size(), kTrackPeersAtMost);
    track.peers = static_cast<int>(count);
    if (count == 0)
        return track;
    std::vector<std::vector<float>> others;
    for (std::size_t i = 0; i < count; ++i)
        others.push_back(endingNow(store, history, peers[i * peers.size() / count], reading));
    const bool hasBand = count >= kBandPeersLeast;
    track.median.assign(kTrackSeconds, fleet::kUnknown);
    if (hasBand) {
        track.low = track.median;
        track.high = track.median;
    }
    std::vector<float> values;
    for (int at = 0; at < kTrackSeconds; at += kBandStep) {
        values.clear();
        const int end = std::min(at + kBandStep, kTrackSeconds);
        for (const std::vector<float>& other : others) {
            for (int i = at; i < end; ++i) {
                if (std::isfinite(other[static_cast<std::size_t>(i)]))
                    values.push_back(other[static_cast<std::size_t>(i)]);
            }
        }
        if (values.empty())
            continue;
        std::sort(values.begin(), values.end());
        for (int i = at; i < end; ++i) {
            const auto place = static_cast<std::size_t>(i);
            track.median[place] = percentileOf(values, 0.5);
            if (hasBand) {
                track.low[place] = percentileOf(values, 0.05);
                track.high[place] = percentileOf(values, 0.95);
            }
        }
    }
    return track;
}

Spread spreadOf(std::vector<float> values)
{
    std::erase_if(values, [](float value) { return !std::isfinite(value); });
    Spread spread;
    spread.count = static_cast<int>(values.size());
    if (values.empty())
        return spread;
    std::sort(values.begin(), values.end());
    spread.median = percentileOf(values, 0.5);
    spread.low = percentileOf(values, 0.05);
    spread.high = percentileOf(values, 0.95);
    return spread;
}

bool differs(float own, const Spread& spread)
{
    if (spread.count < kBandPeersLeast)
        return false;
    if (std::isnan(own))
        return true; // they say, and it does not
    const float hair = std::abs(spread.median) * kHair;
    return own < spread.low - hair || own > spread.high + hair;
}

} // namespace signalbox::models
