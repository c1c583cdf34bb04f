// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/control/store_keys.h"
#include "agent/state/prefix_mirror.h"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace signalbox::control {

// Finds changes of policy that did not come through a command: a command writes its audit record in
// the same transaction, so a revision without one was written past it.
// Lives on: control. Owned by FleetWatch; store and executor must outlive it.
// Failure: while the store does not answer, questions wait (a bounded number of them; the rest is
// counted as unchecked) and are asked again.
class UnauditedCheck {
public:
    // The revision, and the keys changed in it, relative to the fleet's root.
    using OnFound = std::function<void(base::Revision, const std::vector<std::string>&)>;

    UnauditedCheck(state::StateStore& store, base::Executor& executor, const StoreKeys& keys,
                   OnFound onFound);

    // What policy/ became; revisions up to `knownRevision` are old news.
    void look(const state::MirrorUpdate& update, base::Revision knownRevision,
              std::uint64_t headAuditNumber);

    std::uint64_t uncheckedTotal() const { return uncheckedTotal_; }

private:
    struct Question {
        std::map<base::Revision, std::vector<std::string>> changes;
        std::uint64_t firstRecord = 0; // the audit records that may answer begin here
        void add(base::Revision revision, std::uint64_t first, std::vector<std::string> keys);
    };

    void ask();
    void onAnswer(const Question& asked, base::Result<state::RangeResult> answer);

    state::StateStore& store_;
    base::Executor& executor_;
    const StoreKeys& keys_;
    OnFound onFound_;
    Question next_;
    bool isAsking_ = false;
    base::Executor::TimerPtr retry_;
    std::uint64_t uncheckedTotal_ = 0;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

} // namespace signalbox::control
