// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/engine/engine_client.h"
#include "agent/engine/fetcher.h"
#include "agent/engine/profile_registry.h"
#include "agent/health/health_settings.h"
#include "agent/health/health_table.h"
#include "shared/base/clock.h"
#include "shared/base/executor.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace signalbox::health {

// An address that requests may be sent to.
struct MemberTarget {
    std::string address; // host:port
    // Of a static engine; nullptr: an agent, which answers /readyz for its instance.
    engine::ProfilePtr profile;
};

// Hears what the probes find. Lives on: control.
class MemberVerdictSink {
public:
    virtual ~MemberVerdictSink() = default;
    // Every probe's result, also where nothing changed: a good one ends a suspicion.
    virtual void onProbe(const std::string& address, const MemberVerdict& verdict) = 0;
    // The state or the reachability changed.
    virtual void onFlip(const std::string& address, const MemberVerdict& before,
                        const MemberVerdict& now) = 0;
};

// Probes the members that this agent sends requests to: agents by /readyz, static engines by their
// profile; one that was refused is asked again within 100 ms. Of an agent only its reachability
// counts: whether it takes requests is in its reports, and a drain is no failure.
// Lives on: control. Owned by agent/process; borrows executor, clock and sink.
class MemberProber {
public:
    using MakeFetcher = std::function<std::unique_ptr<engine::Fetcher>(const engine::EngineUrl&,
                                                                       engine::ConnectionLimits)>;
    struct Options {
        base::Executor& executor;
        const base::Clock& clock;
        MakeFetcher makeFetcher;
        HealthSettings settings;
        HealthOverrides overrides;
        MemberVerdictSink& sink;
    };

    explicit MemberProber(Options options);
    ~MemberProber();

    // The members of the newest snapshot, all of them. New ones are probed at once, those that are
    // gone are forgotten; of several with one address the first counts.
    void setTargets(const std::vector<MemberTarget>& targets);
    // A request was refused or broke there: probe soon. Unknown addresses are ignored.
    void suspect(const std::string& address);

    const HealthTable& table() const { return table_; }
    std::uint64_t probesTotal() const { return probesTotal_; }
    std::uint64_t badAddressesTotal() const { return badAddressesTotal_; }

private:
    struct Member;
    void add(const MemberTarget& target);
    void schedule(Member& member, std::chrono::nanoseconds delay);
    void probe(Member& member);
    void take(Member& member, const engine::ProbeOutcome& outcome);

    Options options_;
    HealthTable table_;
    std::map<std::string, std::unique_ptr<Member>> members_; // by address
    std::uint64_t probesTotal_ = 0;
    std::uint64_t badAddressesTotal_ = 0;
};

// The profile of our own agents as members of a pool: /readyz, and connections kept for long.
engine::ProfilePtr agentProfile();

} // namespace signalbox::health
