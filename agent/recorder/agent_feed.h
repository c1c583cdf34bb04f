// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/model/telemetry.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace signalbox::recorder {

struct FeedLimits {
    std::size_t rows = 0;
    std::size_t events = 0;
};

// What is newest of one agent and a short past of it, this agent's own or a peer's: state, samples,
// events. Readers keep cursors, and each one reads at its own pace.
// Lives on: control. Owned by FeedBook. Bounded: the oldest goes, and a reader that was not there
// yet is told what it missed. Events and samples share one count of sequences.
class AgentFeed {
public:
    AgentFeed(base::AgentId id, std::string bootId, FeedLimits limits);

    const base::AgentId& id() const { return id_; }
    const std::string& bootId() const { return bootId_; }

    // --- what happens ---
    // Another boot of the agent: nothing of the old one is true any more.
    void restart(std::string bootId);
    // Another dictionary drops the rows of the old one.
    void setDictionary(std::vector<model::SeriesKey> series);
    // Sequences grow; a fact that is not newer than the newest is dropped and counted.
    void addRow(model::SampleRow row);
    void addEvent(model::Event event);
    // Its source left these out.
    void addGap(const model::Behind& gap);
    // Any state revokes `gone`.
    void setState(model::AgentState state);
    void setGone(model::AgentGone gone);

    // --- what is ---
    base::Sequence newest() const { return newest_; }
    std::uint64_t duplicates() const { return duplicates_; }
    const std::optional<model::AgentState>& state() const { return state_; }
    const std::optional<model::AgentGone>& gone() const { return gone_; }
    const std::vector<model::SeriesKey>& series() const { return series_; }
    // Each grows when its thing changes; 0 = there is none yet.
    std::uint64_t stateVersion() const { return stateVersion_; }
    std::uint64_t goneVersion() const { return goneVersion_; }
    std::uint32_t generation() const { return generation_; }

    // --- reading ---
    using Entry = std::variant<const model::SampleRow*, const model::Event*>;
    struct Page {
        std::optional<model::Behind> gap; // of samples, before the entries
        std::vector<Entry> entries; // in the order of sequences; valid until the next change
        base::Sequence next = 0; // read after this
        bool hasMore = false;
    };
    Page readAfter(base::Sequence after, std::size_t entriesMost) const;
    // Where a reader that is new begins: before the newest sample.
    base::Sequence startForNewReader() const;
    // The newest events up to there, oldest first.
    std::vector<const model::Event*> eventsUpTo(base::Sequence sequence, std::size_t most) const;

private:
    bool isNew(base::Sequence sequence);
    void lose(base::Sequence from, base::Sequence to);

    base::AgentId id_;
    std::string bootId_;
    FeedLimits limits_;
    std::deque<model::SampleRow> rows_;
    std::deque<model::Event> events_;
    std::vector<model::SeriesKey> series_;
    std::optional<model::AgentState> state_;
    std::optional<model::AgentGone> gone_;
    std::optional<model::Behind> lost_; // samples in here may be missing
    base::Sequence newest_ = 0;
    std::uint32_t generation_ = 0;
    std::uint64_t stateVersion_ = 0;
    std::uint64_t goneVersion_ = 0;
    std::uint64_t duplicates_ = 0;
};

} // namespace signalbox::recorder
