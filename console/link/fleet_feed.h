// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/fleet/fleet_changes.h"
#include "console/link/inbox.h"
#include "shared/base/clock.h"
#include "shared/client/fleet_mirror.h"

#include <string>
#include <unordered_map>
#include <vector>

namespace signalbox::link {

// Turns a telemetry stream into changes for the window: one batch in, one change out. Resuming and
// what an agent's news mean are the mirror's.
// Lives on: the link thread. Owned by FleetLink; the inbox outlives it.
class FleetFeed final : public client::TelemetryListener, private client::MirrorObserver {
public:
    // Told when the stream is another one, and when an agent runs a newer policy than before.
    struct Hooks {
        std::function<void()> opened;
        std::function<void(base::Revision)> newRevision;
        std::function<void(const model::Addresses&)> doorSeen; // of a gateway, or of any agent
    };
    FleetFeed(Inbox& inbox, const base::Clock& clock, Hooks hooks);

    std::vector<model::ResumePoint> resumePoints() override { return mirror_.resumePoints(); }
    void opened(const std::string& address) override;
    void news(client::TelemetryNews news) override;
    void lost(const std::string& address, const base::Error& why) override;

    const fleet::LinkFacts& link() const { return link_; }
    void setLink(fleet::LinkFacts link); // told at once

private:
    // Which column of an agent's samples goes to which reading.
    struct Columns {
        std::uint64_t dictionaries = 0;
        std::vector<int> readings; // -1 = not shown
    };

    void agentChanged(const std::string& id, const client::AgentView& agent) override;
    void rowTaken(const std::string& id, const client::AgentView& agent,
                  const model::SampleRow& row) override;
    void eventTaken(const model::Event& event) override;
    void agentForgotten(const std::string& id) override;
    fleet::AgentChange& changeOf(const std::string& id);
    const Columns& columnsOf(const std::string& id, const client::AgentView& agent);

    Inbox& inbox_;
    const base::Clock& clock_;
    Hooks hooks_;
    client::FleetMirror mirror_;
    fleet::LinkFacts link_;
    fleet::FleetChanges changes_; // of the batch that is being read
    Urgency urgency_ = Urgency::Numbers;
    std::unordered_map<std::string, Columns> columns_;
    base::Revision newestRevision_ = 0;
};

} // namespace signalbox::link
