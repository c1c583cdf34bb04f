// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "console/views/frame/session.h"
#include "tests/support/manual_clock.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace signalbox::tests {

// Remembers what was asked; answers when the test says so. Lives on: gui thread.
class RecordingPort final : public command::CommandPort {
public:
    struct Applied {
        model::Plan plan;
        model::ApplyOptions options;
    };
    std::vector<model::Edit> previews;
    std::vector<std::uint64_t> undos;
    std::vector<Applied> applied;
    std::vector<base::Revision> convergences;
    std::vector<std::string> probes;
    std::vector<std::string> lists; // agents whose open requests were asked for
    int refreshes = 0;
    command::Done<model::Preview> onPreview; // the newest question; answer it by calling
    command::Done<model::ApplyAnswer> onApply;
    command::Done<model::Convergence> onConvergence;
    command::Done<model::ProbeReport> onProbe;
    command::Done<model::OpenExchangeList> onList;

    void preview(const model::Edit& edit, command::Done<model::Preview> done) override;
    void previewUndo(std::uint64_t auditNumber, command::Done<model::Preview> done) override;
    void apply(const model::Plan& plan, const model::ApplyOptions& options,
               command::Done<model::ApplyAnswer> done) override;
    void convergence(base::Revision revision, const std::vector<std::string>& agents,
                     command::Done<model::Convergence> done) override;
    void probeNow(const std::string& agent, command::Done<model::ProbeReport> done) override;
    void listOpenExchanges(const std::string& agent,
                           command::Done<model::OpenExchangeList> done) override;
    void refreshPolicy() override { ++refreshes; }
    std::string operatorName() const override { return "ana"; }
};

struct FleetShape {
    int gateways = 1;
    int pools = 1; // "chat", "chat-2", ...
    int instancesPerPool = 3;
    bool hasStandby = false; // "chat-standby" of as many, which the first route falls back to
};

// A made-up fleet in one process, behind the same changes as a real one: every number follows from
// the shape and the second. Nothing moves but what the test moves.
// Lives on: gui thread.
class ConsoleFleet {
public:
    explicit ConsoleFleet(const FleetShape& shape = {});

    views::Session& session() { return session_; }
    fleet::FleetStore& store() { return store_; }
    history::SeriesCache& history() { return history_; }
    RecordingPort& port() { return port_; }
    // Answers what a screen has asked about open requests, if it has: five, one of them silent.
    void tellOpenRequests();
    ManualClock& clock() { return clock_; }
    views::Selection& selection() { return selection_; }
    views::TimeDisplay& time() { return time_; }

    // Policy, audit and every agent, as after connecting; then `seconds` of samples.
    void connect(int seconds = 60);
    void connecting(); // the link tries, nothing has been told
    // Each agent samples once a second; frozen ones are silent.
    void advance(int seconds);
    void killEngine(const std::string& agent); // failed: connection refused
    void wedgeEngine(const std::string& agent);
    void freezeAgent(const std::string& agent); // says nothing any more
    void drain(const std::string& agent, int remaining);
    void loseLink();
    void storeAway();
    void leave(const std::string& agent); // its lease ends

    // One agent's facts, altered by hand and told again.
    model::AgentState& state(const std::string& agent);
    void tell(const std::string& agent);
    std::vector<std::string> instanceIds() const;

private:
    void addAgent(const model::AgentState& state);
    void addFacts(fleet::FleetChanges& changes, const model::AgentState& state) const;
    fleet::ReadingsRow rowOf(const model::AgentState& state, std::int64_t unixMs) const;
    void event(const std::string& agent, const std::string& kind, const std::string& text,
               model::Severity severity);
    model::Policy makePolicy() const;
    std::vector<model::AuditRecord> makeAudit() const;

    FleetShape shape_;
    ManualClock clock_;
    fleet::FleetStore store_{clock_};
    history::SeriesCache history_{store_};
    RecordingPort port_;
    views::Selection selection_;
    views::TimeDisplay time_;
    views::Session session_{store_, history_, port_, selection_, time_};
    std::map<std::string, model::AgentState> states_;
    std::set<std::string> frozen_;
    std::uint64_t events_ = 0;
};

} // namespace signalbox::tests
