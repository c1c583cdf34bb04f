// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/control/policy_reader.h"
#include "agent/control/store_keys.h"
#include "agent/state/state_store.h"
#include "shared/base/clock.h"
#include "shared/model/command.h"
#include "shared/wire/store_json.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace signalbox::control {

// Who stands in the audit record of a fleet's first policy.
inline constexpr std::string_view kSeedOperator = "seed";

// Policy and the end of the audit chain, both as of one revision of the store.
struct LedgerPage {
    PolicyReading policy;
    wire::AuditHead auditHead; // number 0 = no record yet
    base::Revision auditHeadRevision = 0; // mod_revision of audit/head
};

// Policy and audit in the store, read and written together. The only place that writes policy, and
// it cannot write it without an audit record.
// Lives on: control. Owned by agent/process; store and clock must outlive it.
// Failure: an Error of origin Store, as the store gave it; DataLoss where the chain's end is gone.
class Ledger {
public:
    template <typename T>
    using Done = state::Done<T>;

    Ledger(state::StateStore& store, const base::Clock& clock, StoreKeys keys)
        : store_(store), clock_(clock), keys_(std::move(keys))
    {
    }

    void read(Done<LedgerPage> done);

    // One record with its revision. NotFound names the numbers there are.
    void record(std::uint64_t number, Done<model::AuditRecord> done);
    // Newest first, below that number (0 = from the newest); at most limits::kAuditPage. A break in
    // the chain between two of them is logged as an error.
    void list(std::uint64_t before, std::uint32_t count,
              Done<std::vector<model::AuditRecord>> done);
    // The record of that request among the newest limits::kRepeatLookback ones.
    void findRequest(const wire::AuditHead& head, std::string requestId,
                     Done<std::optional<model::AuditRecord>> done);

    // What one transaction is to write. The record's number, hash and, where it has none, time are
    // filled in here.
    struct Entry {
        LedgerPage page; // that it is based on; nothing it touches may have moved since
        model::Policy after; // equal to the page's policy = only the record is written
        model::AuditRecord record;
    };
    struct Written {
        bool hasMoved = false; // somebody else was faster: nothing was written
        base::Revision revision = 0; // of policy/head, or of the record when no policy was written
        std::uint64_t number = 0;
    };
    void write(Entry entry, Done<Written> done);

    const StoreKeys& keys() const { return keys_; }

private:
    base::Result<state::Txn> transactionFor(const Entry& entry) const;
    void addPolicy(const Entry& entry, state::Txn& txn) const;
    void readRange(std::uint64_t first, std::uint64_t end,
                   Done<std::vector<state::KeyValue>> done);

    state::StateStore& store_;
    const base::Clock& clock_;
    const StoreKeys keys_;
};

} // namespace signalbox::control
