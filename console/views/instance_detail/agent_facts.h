// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/views/frame/session.h"
#include "console/views/instance_detail/facts_view.h"

#include <vector>

// What is known about one agent, as lines of small tables.
namespace signalbox::views {

inline constexpr int kWhyLines = 50; // newest events

// Its events, oldest first: moment, sentence; the first of its story has the star.
std::vector<Fact> whyFacts(const Session& session, int slot);
// Its own verdict, and how old it is: what, value.
std::vector<Fact> probeFacts(const Session& session, int slot);
// How each gateway sees it: gateway, breaker, requests, failures, report, reason.
std::vector<Fact> gatewayFacts(const Session& session, int slot);
// What it runs with: setting, value, how the peers differ.
std::vector<Fact> configFacts(const Session& session, int slot, const std::vector<int>& peers);
// "differs from 7 of 8 peers in 2 values"; empty where it does not.
QString configDifference(const Session& session, int slot, const std::vector<int>& peers);
// Beside its peers: reading, this, median, spread.
std::vector<Fact> compareFacts(const Session& session, int slot, const std::vector<int>& peers);
// Requests by phase: phase, count, what it is.
std::vector<Fact> requestFacts(const Session& session, int slot);

} // namespace signalbox::views
