// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/control/commands/ledger.h"
#include "agent/control/files/durable_file.h"
#include "agent/control/files/fleet_picture.h"
#include "agent/control/fleet_keeper.h"
#include "agent/state/prefix_mirror.h"
#include "shared/base/executor.h"
#include "shared/model/sample.h"

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace signalbox::control {

// Break-glass: drains this agent by hand while the store is away. It ends after an hour, when
// somebody ends it, or when a command about this agent changes policy; what was done is kept on
// disk and told to the audit once the store answers.
// Lives on: control. Owned by agent/process; everything in Parts must outlive it.
// Failure: a disk that cannot keep it is logged and told as an event; the drain holds all the same.
class LocalOverride {
public:
    struct Parts {
        Ledger& ledger;
        base::Executor& executor;
        const base::Clock& clock;
        RunOnDisk runOnDisk;
        std::string path;
        std::string agent;
        // What holds for this agent now: the override's intent, or nothing = policy's.
        std::function<void()> onChange;
        // local_override_started, _ended, _recorded, _not_saved.
        std::function<void(model::Event)> onEvent;
    };

    explicit LocalOverride(Parts parts);

    // What an earlier run left. Blocks on the disk: for the start.
    void load();

    // The moment it ends by itself. FailedPrecondition: the store answers, so preview and apply;
    // InvalidArgument: options; ResourceExhausted: too many untold ones.
    base::Result<std::int64_t> begin(const model::ApplyOptions& options);
    // FailedPrecondition when there is none.
    base::Status end(const model::ApplyOptions& options);

    void onPicture(const FleetPicture& picture);
    void onStore(const state::MirrorState& store);

    const std::optional<model::AdminIntent>& intent() const { return intent_; }
    // Policy as this agent is to run it.
    model::Policy effective(const model::Policy& policy) const;
    std::size_t untold() const { return pending_.size(); }

private:
    void remember(const model::ApplyOptions& options, model::AdminEdit edit,
                  model::DiffLine line);
    void stop(model::Severity severity, std::string text);
    void watchExpiry();
    void save();
    void tellNext();
    void onFound(const LedgerPage& page, const std::optional<model::AuditRecord>& found);
    void onTold();
    void tellLater();
    std::string text() const;
    base::Status read(std::string_view text);
    model::AdminIntent policyIntent() const;
    void event(model::Severity severity, std::string kind, std::string text);
    std::int64_t nowUnixMs() const;

    const Parts parts_;
    const DurableFile file_;
    std::optional<model::AdminIntent> intent_;
    std::int64_t expiresUnixMs_ = 0;
    std::string requestId_; // of the one that holds
    std::string endedBy_; // request that ended the last one
    model::AdminIntent policyAtBegin_; // run when policy said nothing
    model::Policy policy_; // the newest
    std::deque<model::AuditRecord> pending_;
    bool isStoreThere_ = false;
    bool isTelling_ = false;
    base::Executor::TimerPtr expiry_;
    base::Executor::TimerPtr retry_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

} // namespace signalbox::control
