// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/health/member_prober.h"
#include "agent/upstream/member.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace signalbox::health {

// A member of a pool, as a trial needs it.
struct TrialTarget {
    std::shared_ptr<upstream::MemberCell> cell;
    std::string address; // host:port
    std::string model; // asked for there
    engine::ProfilePtr profile; // of a static engine; nullptr: an agent
};

// Decides open breakers: while one is open, one generation of one token with the member's own model
// each 5 s, never while a request of ours is open there (product.md §3). A live health path proves
// nothing. Lives on: control. Owned by agent/process; borrows the clock.
// Failure: an answer that does not come is a failed trial.
class BreakerTrials {
public:
    struct Options {
        const base::Clock& clock;
        MemberProber::MakeFetcher makeFetcher;
        std::string ownName; // who asks, towards agents
        std::chrono::milliseconds timeout{4'000};
    };
    explicit BreakerTrials(Options options);
    ~BreakerTrials();

    // The members of the newest snapshot, all of them. Those that are gone are forgotten.
    void setTargets(std::vector<TrialTarget> targets);
    // Each tick: begins the trials that are due, and closes what has been open long enough.
    void look();

    std::uint64_t trialsTotal() const { return trialsTotal_; }
    std::uint64_t trialsGoodTotal() const { return trialsGoodTotal_; }

private:
    struct Asked;
    void begin(const TrialTarget& target, upstream::Ticks now);

    Options options_;
    std::vector<TrialTarget> targets_;
    std::map<std::uint32_t, std::unique_ptr<Asked>> asked_; // by the member's number; under way
    std::uint64_t trialsTotal_ = 0;
    std::uint64_t trialsGoodTotal_ = 0;
};

} // namespace signalbox::health
