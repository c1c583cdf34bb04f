// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/fleet/agent.h"
#include "console/fleet/pool.h"

#include <QString>

#include <cstdint>
#include <string>

// What objects are called: on the canvas in few words, to assistive technology in all of them.
namespace signalbox::models {

// The machine it runs on, as its address says: host part of where it serves, else of its engine.
std::string hostOf(const model::AgentRecord& record);
QString zoneText(const std::string& zone); // "no zone" for an empty one
// Without what every member of the pool has in front; the whole id where too little would be left.
QString shortNameOf(const std::string& id, const std::string& pool);

// "instance chat-0, priority 2, unacknowledged, draining, 3 requests left, stale 12 seconds,
// load 72 percent": kind, alarm, intent, health, freshness, load; what is quiet is left out, but
// never freshness.
QString spokenName(const fleet::Agent& agent);
QString spokenName(const fleet::Pool& pool);

// The one thing to know of it in a line, most urgent first, and whether it is out of the ordinary.
struct NodeStatus {
    QString headline; // "wedged", "14 requests left", "14 in flight"
    QString detail; // "no token for 6 s", "longest 3 min 12 s", "TTFT 384 ms"
    enum class Manner : std::uint8_t { Quiet, Abnormal } manner = Manner::Quiet;
};
NodeStatus statusOf(const fleet::Agent& agent, std::int64_t nowUnixMs);

QString inFlightText(float inFlight); // "14 in flight", "? in flight"

} // namespace signalbox::models
