// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/control/commands/ledger.h"
#include "agent/control/commands/plan_signer.h"
#include "agent/control/commands/preview.h"
#include "agent/control/fleet_watch.h"
#include "shared/base/executor.h"

#include <memory>
#include <optional>
#include <set>
#include <string>

namespace signalbox::control {

struct ApplyAnswer {
    enum class Outcome : std::uint8_t {
        Applied,
        AlreadyApplied, // the same request, before
        Conflict, // something moved since the preview; nothing was written
    };
    Outcome outcome = Outcome::Applied;
    base::Revision revision = 0; // of policy/head after it
    std::uint64_t auditNumber = 0;
    std::optional<model::Preview> fresh; // with Conflict: the same edit against what is there now
};

// Preview, undo and apply on this agent, against what the store holds right now.
// Lives on: control. Owned by agent/process; what it is given must outlive it. Destroying it drops
// what is under way: no callback runs afterwards, and what was written stays written.
// Failure: origin Client = the request must change; origin Store = not known to be written, and
// repeating it with the same request id is safe.
class CommandDesk {
public:
    struct Parts {
        Ledger& ledger;
        const FleetWatch& fleet;
        const PlanSigner& signer;
        base::Executor& executor;
        const base::Clock& clock;
        LiveFacts live;
        std::string agent; // this one's id
    };

    explicit CommandDesk(Parts parts);
    ~CommandDesk();
    CommandDesk(const CommandDesk&) = delete;
    CommandDesk& operator=(const CommandDesk&) = delete;

    // A signed preview, good for 60 s.
    void preview(model::Edit edit, state::Done<model::Preview> done);
    // The same of the inverse that an audit record holds.
    void previewUndo(std::uint64_t auditNumber, state::Done<model::Preview> done);

    // Verifies the plan, writes it in one transaction with its audit record, and finds out what
    // became of it when the answer was lost. One request id = one answer, on any agent.
    // InvalidArgument: options; PermissionDenied: signature; FailedPrecondition: expired, refused
    // or without effect; AlreadyExists: the request id belongs to another change.
    void apply(model::Plan plan, model::ApplyOptions options, state::Done<ApplyAnswer> done);

    std::size_t inFlight() const { return attempts_.size(); }

private:
    class Attempt;

    void previewAgainstStore(model::Edit edit, Undoing undoing, state::Done<model::Preview> done);
    base::Result<Previewed> previewAt(const LedgerPage& page, model::Edit edit,
                                      Undoing undoing) const;
    std::int64_t nowUnixMs() const;

    Parts parts_;
    std::set<std::shared_ptr<Attempt>> attempts_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

} // namespace signalbox::control
