// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/control/files/fleet_picture.h"
#include "agent/control/policy_reader.h"
#include "agent/control/unaudited_check.h"
#include "agent/state/prefix_mirror.h"
#include "shared/model/sample.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace signalbox::control {

// What became of the newest policy in the store.
struct PolicyVerdict {
    base::Revision applied = 0;
    base::Revision rejected = 0; // 0 = the newest one is applied
    std::string rejectedReason; // at most limits::kReasonBytes
    bool operator==(const PolicyVerdict&) const = default;
};

// Mirrors policy/ and agents/ and publishes a picture whenever either changes. A policy that does
// not validate is not taken over: the last good one stays, and the verdict says why. With the store
// away nothing changes, and when it comes back nobody is forgotten before he could register again.
// Lives on: control. Owned by agent/process; store, executor and clock must outlive it.
class FleetWatch {
public:
    struct Handlers {
        std::function<void(FleetPicturePtr)> onPicture;
        std::function<void(const PolicyVerdict&)> onVerdict;
        std::function<void(const state::MirrorState&)> onStore;
        // policy_rejected, policy_accepted, unaudited_change, store_away, store_refused,
        // store_back. Sequence and agent are for the recorder to fill in.
        std::function<void(model::Event)> onEvent;
        // A picture that the store confirmed, to be kept on disk.
        std::function<void(SavedFleet)> onKeep;
    };

    FleetWatch(state::StateStore& store, base::Executor& executor, const base::Clock& clock,
               StoreKeys keys, Handlers handlers);

    // With the last good picture from disk, it is published at once and the store is held to the
    // world it came from.
    void start(std::optional<SavedFleet> saved);

    FleetPicturePtr picture() const { return picture_; }
    const PolicyVerdict& verdict() const { return verdict_; }
    // The worse of the two mirrors': Current means that both are.
    const state::MirrorState& store() const { return store_; }
    // How old the picture is while the store does not confirm it; 0 = it does.
    std::int64_t ageMs() const;
    const StoreKeys& keys() const { return keys_; }
    // The operator's word that the world now in the store is the true one.
    void acceptWorld();

private:
    using Mirror = std::unique_ptr<state::PrefixMirror>;

    Mirror mirror(std::string prefix, state::PrefixMirror::EmptyList emptyList,
                  std::optional<state::MirrorBaseline> baseline,
                  std::function<void(const state::MirrorUpdate&)> onUpdate);
    void onPolicy(const state::MirrorUpdate& update);
    void takePolicy(PolicyReading reading);
    void reject(const PolicyReading& reading);
    void onAgents(const state::MirrorUpdate& update);
    void takeRecord(const state::KeyValue& key);
    void depart(const std::string& agent);
    void sayFarewell();
    void publishSoon();
    void publish();
    void onStoreState();
    void tell(model::Severity severity, std::string kind, std::string object, std::string text);
    std::int64_t nowUnixMs() const;

    state::StateStore& stateStore_;
    base::Executor& executor_;
    const base::Clock& clock_;
    const StoreKeys keys_;
    const Handlers handlers_;

    FleetPicturePtr picture_ = std::make_shared<const FleetPicture>();
    model::Policy policy_;
    AgentRecords agents_;
    std::map<std::string, base::Monotonic> departed_;
    std::map<std::string, std::int64_t> departedUnixMs_;
    PolicyVerdict verdict_;
    state::MirrorState store_;
    std::int64_t confirmedUnixMs_ = 0; // when the store last vouched for the picture
    base::Revision savedRevision_ = 0; // of the store, when the picture from disk was saved
    bool hasListedPolicy_ = false;
    bool hasListedAgents_ = false;

    Mirror policyMirror_;
    Mirror agentsMirror_;
    UnauditedCheck unaudited_;
    base::Executor::TimerPtr farewell_;
    base::Executor::TimerPtr settle_;
};

} // namespace signalbox::control
