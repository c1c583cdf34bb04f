// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/state/embedded/sqlite_log.h"
#include "agent/state/store_values.h"
#include "shared/base/result.h"

#include <memory>
#include <vector>

namespace signalbox::state {

// What one committed group of requests has changed, for those who live beside the keys.
struct Committed {
    std::vector<Event> events; // in revision order, with the values before
    std::vector<LeaseRow> granted;
    std::vector<LeaseId> revoked;
    bool hasCompacted = false;
};

// etcd's semantics over the log: revisions, transactions, leases and their keys, compaction.
// Lives on: the store thread. Owned by StoreEngine.
// Requests run between begin() and commit() and see what earlier ones of the group wrote. A refused
// request has written nothing. After any error of the disk only rollback() is right: isBroken().
class KeySpace {
public:
    static base::Result<std::unique_ptr<KeySpace>> open(const std::string& path,
                                                        std::int64_t quotaBytes);

    base::Status begin();
    base::Result<Committed> commit();
    void rollback();
    bool isBroken() const { return isBroken_; }

    base::Result<RangeResult> range(const Range& request);
    base::Result<PutResult> put(const Put& request);
    base::Result<DeleteResult> remove(const Delete& request);
    base::Result<TxnResult> txn(const Txn& request);
    base::Status compact(Revision revision);

    // The time-to-live must already be within bounds.
    base::Status grant(LeaseId id, std::chrono::seconds ttl);
    // Deletes the attached keys in one revision.
    base::Status revoke(LeaseId id);
    base::Result<std::vector<std::string>> keysOf(LeaseId id);
    base::Result<std::vector<LeaseRow>> leases() { return log_->leases(); }

    // Committed changes from the revision on: whole revisions, about as many as a replay may take.
    enum class Previous : std::uint8_t { LeaveOut, Include };
    base::Result<std::vector<Event>> history(Revision from, Previous previous);
    // Takes some of the compacted rows away; true while there may be more. In a group of its own.
    base::Result<bool> sweep();

    Header header() const;
    Revision compacted() const { return compacted_; }
    bool isFull();
    sqlite::Database& database() { return log_->database(); }

private:
    KeySpace(std::unique_ptr<SqliteLog> log, std::int64_t quotaBytes);

    base::Status checkRevision(Revision revision) const;
    base::Status checkAgainstKeys(const Put& request);
    base::Status checkSpace();
    base::Status checkBranch(const std::vector<Operation>& branch);
    base::Result<bool> allHold(const std::vector<Compare>& compares);
    base::Result<OperationResult> apply(const Operation& operation);
    base::Result<RangeResult> readRange(const Range& request);
    base::Result<PutResult> applyPut(const Put& request);
    base::Result<DeleteResult> applyDelete(const Delete& request);
    base::Status applyDeleteOne(KeyValue old);
    // The revision that the running request writes.
    Revision writing() const { return revision_ + 1; }
    void endRequest();
    template <typename T>
    base::Result<T> noted(base::Result<T> result);
    base::Status noted(base::Status status);

    std::unique_ptr<SqliteLog> log_;
    std::int64_t quotaBytes_;
    Revision revision_;          // with the running group
    Revision committedRevision_; // without it
    Revision compacted_;
    Revision committedCompacted_;
    std::int64_t sub_ = 0; // changes of the running request
    bool isBroken_ = false;
    Committed pending_;
};

} // namespace signalbox::state
