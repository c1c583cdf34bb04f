// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/history/series_cache.h"

#include <vector>

// One agent among those that do the same work.
namespace signalbox::models {

inline constexpr int kTrackSeconds = 900;
inline constexpr int kTrackPeersAtMost = 32; // evenly chosen from more
inline constexpr int kBandPeersLeast = 3; // fewer have no spread worth the name

// The last 15 min a second apart, ending now; NaN is a gap.
struct PeerTrack {
    std::vector<float> own;
    std::vector<float> median; // of the peers
    std::vector<float> low; // p5 and p95 of the peers; empty where there are too few
    std::vector<float> high;
    int peers = 0; // that were looked at
};

// Of the same kind and pool, serving, without itself; by id.
std::vector<int> servingPeers(const fleet::FleetStore& store, int slot);
PeerTrack trackOf(const fleet::FleetStore& store, const history::SeriesCache& history, int slot,
                  const std::vector<int>& peers, fleet::Reading reading);

// How one number stands among others now.
struct Spread {
    float median = fleet::kUnknown;
    float low = fleet::kUnknown; // p5
    float high = fleet::kUnknown; // p95
    int count = 0; // that say
};
Spread spreadOf(std::vector<float> values); // NaN are left out
// Outside the spread of enough others, and not only by a hair.
bool differs(float own, const Spread& spread);

} // namespace signalbox::models
