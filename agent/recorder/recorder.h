// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/recorder/agent_feed.h"

#include <cstdint>
#include <string>
#include <vector>

namespace signalbox::recorder {

// An event as whoever saw it tells it; the recorder adds when and its number.
struct EventNote {
    std::string kind; // stable word: health_changed, member_ejected, policy_applied, ...
    std::string object; // what it is about
    std::string text; // one sentence for a person
    model::Severity severity = model::Severity::Info;
};

// Stamps this agent's own facts with sequences, so that a reader can say where it stopped.
// Lives on: control. Owned by agent/process; the feed outlives it.
// A text that is too long is cut, never refused: an event is worth more than its last words.
class Recorder {
public:
    explicit Recorder(AgentFeed& feed) : feed_(feed) {}

    // Values in the order of the feed's dictionary, NaN = unknown.
    base::Sequence recordRow(std::int64_t unixMs, std::vector<double> values);
    base::Sequence recordEvent(std::int64_t unixMs, EventNote note);

    std::uint64_t rowsTotal() const { return rowsTotal_; }
    std::uint64_t eventsTotal() const { return eventsTotal_; }

private:
    AgentFeed& feed_;
    std::uint64_t rowsTotal_ = 0;
    std::uint64_t eventsTotal_ = 0;
};

} // namespace signalbox::recorder
