// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/clock.h"
#include "shared/client/telemetry_listener.h"
#include "shared/model/health.h"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace signalbox::client {

// One agent as it is known.
struct AgentView {
    model::AgentState state;
    std::string bootId;
    std::optional<model::AgentGone> gone; // it left; all else is how it was last seen
    base::Monotonic goneAt; // when that was heard
    std::vector<model::SeriesKey> series; // columns of newest.values
    std::uint64_t dictionaries = 0; // told so far: `series` is another one when this has grown
    model::SampleRow newest; // empty values = none yet
    base::Sequence sequence = 0; // of the newest fact
    base::Monotonic heardAt; // when the newest fact about it was received
    std::uint64_t missedSamples = 0; // sequences left out because this reader was behind

    // The newest sample by series name, summed over labels; unknown values are left out.
    std::map<std::string, double> values() const;
};

enum class LinkState : std::uint8_t { Connecting, Connected, Lost };

struct Link {
    LinkState state = LinkState::Connecting;
    std::string address; // that is talked to, or was last
    std::string problem; // of the last failure; empty while connected
};

// Who hears what a mirror has taken in; on its executor, after the mirror has it.
// Lives on: the client's executor.
class MirrorObserver {
public:
    virtual ~MirrorObserver() = default;
    // Its state, its boot, or whether it is gone.
    virtual void agentChanged(const std::string& id, const AgentView& agent) = 0;
    // `row` follows agent.series.
    virtual void rowTaken(const std::string& id, const AgentView& agent,
                          const model::SampleRow& row)
        = 0;
    virtual void eventTaken(const model::Event& event) = 0;
    // Known before, and longer gone than anything is kept.
    virtual void agentForgotten(const std::string& id) = 0;
};

// What a telemetry stream has told, kept as one picture of the fleet, live or lost.
// Lives on: the client's executor. Owned by who shows it.
// Nothing is forgotten by a loss: facts grow old, and `link` says why. Who left the fleet is kept
// for limits::kGoneAgentKept.
class FleetMirror final : public TelemetryListener {
public:
    explicit FleetMirror(const base::Clock& clock, MirrorObserver* observer = nullptr)
        : clock_(clock), observer_(observer)
    {
    }

    const std::map<std::string, AgentView>& agents() const { return agents_; } // by id
    // The newest limits::kMirrorEvents of the fleet, oldest first.
    const std::deque<model::Event>& events() const { return events_; }
    const Link& link() const { return link_; }
    // Every agent of the fleet has been introduced on the stream that is open.
    bool isComplete() const;
    std::int64_t ageMs(const AgentView& agent) const;
    model::Freshness freshness(const AgentView& agent) const;
    // Grows whenever anything above changed.
    std::uint64_t version() const { return version_; }
    std::uint64_t missedSamples() const { return missedSamples_; }
    std::uint64_t duplicates() const { return duplicates_; } // told twice, dropped

    std::vector<model::ResumePoint> resumePoints() override;
    void opened(const std::string& address) override;
    void news(TelemetryNews news) override;
    void lost(const std::string& address, const base::Error& why) override;

private:
    using Entry = std::pair<const std::string, AgentView>; // id and what is known
    void apply(Entry& entry, const model::AgentIntroduction& introduction);
    void apply(Entry& entry, model::AgentState&& state);
    void apply(Entry& entry, model::SeriesDictionary&& dictionary);
    void apply(Entry& entry, series::ReadRows&& read);
    void apply(Entry& entry, model::Event&& event);
    void apply(Entry& entry, model::AgentGone&& gone);
    void apply(Entry& entry, const model::Behind& behind);
    void apply(Entry& entry, const model::Resync& resync);
    void heard(AgentView& agent);
    void changed(const Entry& entry);
    void markMissing();
    void setGone(Entry& entry, model::AgentGone gone);
    void forgetGone();

    const base::Clock& clock_;
    MirrorObserver* const observer_; // null = nobody
    std::map<std::string, AgentView> agents_;
    std::set<std::string> introduced_; // on the stream that is open
    std::deque<model::Event> events_;
    Link link_;
    std::uint32_t agentsTotal_ = 0;
    std::int64_t sentUnixMs_ = 0; // of the batch that is being applied
    bool hasSpoken_ = false; // the open stream has told how many agents there are
    std::uint64_t version_ = 0;
    std::uint64_t missedSamples_ = 0;
    std::uint64_t duplicates_ = 0;
};

} // namespace signalbox::client
