// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/state/store_values.h"
#include "shared/base/result.h"

#include <chrono>
#include <functional>
#include <memory>

namespace signalbox::state {

// How long one call may take in all, retries on other endpoints included.
using Timeout = std::chrono::milliseconds;
inline constexpr Timeout kStoreTimeout{5'000};

template <typename T>
using Done = std::function<void(base::Result<T>)>;

// Why a watch ended by itself. It never comes back: list again, then watch from there.
struct WatchEnd {
    enum class Why : std::uint8_t {
        Compacted, // the start revision is gone; history begins at compactRevision
        Refused,   // the store will not watch this (empty range, no permission)
        Broken,    // connection, deadline or server lost
    };
    Why why = Why::Broken;
    Revision compactRevision = 0;
    base::Error error{base::Code::Unavailable, "watch ended", base::Origin::Store};
};

struct WatchRequest {
    KeyRange keys;
    Revision startRevision = 0; // 0 = what happens after the watch exists
    bool wantsPrevious = false; // events carry the value before
    bool wantsProgress = false; // onProgress now and then while nothing happens
};

// All on the executor's thread. After onEnd nothing more comes.
struct WatchHandlers {
    std::function<void(Header)> onCreated;
    // In revision order; all events of one revision are in one batch.
    std::function<void(WatchBatch)> onEvents;
    // Nothing at or below this revision is still to come.
    std::function<void(Header)> onProgress;
    std::function<void(WatchEnd)> onEnd;
};

// A running watch; dropping it ends it, and then no handler runs any more.
class Watch {
public:
    virtual ~Watch() = default;
    // Asks the store to say how far this watch is; the answer is one onProgress.
    virtual void requestProgress() = 0;
};

// A granted lease, kept alive every third of its time-to-live until it is dropped.
// Dropping it revokes it without waiting for the answer: attached keys go at once.
class Lease {
public:
    virtual ~Lease() = default;
    virtual LeaseId id() const = 0;
    // What the store granted; never shorter than asked for, unless it was out of range.
    virtual std::chrono::seconds ttl() const = 0;
    // Gives the lease up and says when the attached keys are gone. onLost is not called.
    virtual void revoke(Timeout timeout, Done<void> done) = 0;
};

struct LeaseRequest {
    std::chrono::seconds ttl{10};
    LeaseId id = 0; // 0 = the store picks one
    // Once, on the executor's thread: the store no longer has the lease, or could not be asked for
    // a whole time-to-live, so that it must be taken for gone. The Lease object is dead from then
    // on.
    std::function<void(base::Error)> onLost;
};

// The fleet's one truth, in the words of etcd v3. Every call ends in exactly one done(), later.
// Lives on: control (the executor given to the implementation); every callback runs there too.
// Owned by agent/process. Destroying it drops what is outstanding: no callback runs afterwards.
// Failure: an Error of origin Store; retry() == Safe says that the call provably had no effect, and
// outcomeUnknown(error) that a write may have happened: read again before deciding anything.
class StateStore {
public:
    virtual ~StateStore() = default;

    virtual void range(Range request, Timeout timeout, Done<RangeResult> done) = 0;
    virtual void put(Put request, Timeout timeout, Done<PutResult> done) = 0;
    virtual void remove(Delete request, Timeout timeout, Done<DeleteResult> done) = 0;
    virtual void txn(Txn request, Timeout timeout, Done<TxnResult> done) = 0;
    // Forgets history before the revision. Error OutOfRange: already gone, or not yet reached.
    virtual void compact(Revision revision, Timeout timeout, Done<void> done) = 0;

    virtual void grantLease(LeaseRequest request, Timeout timeout,
                            Done<std::unique_ptr<Lease>> done) = 0;
    virtual void leaseLife(LeaseId id, Timeout timeout, Done<LeaseLife> done) = 0;

    [[nodiscard]] virtual std::unique_ptr<Watch> watch(WatchRequest request,
                                                       WatchHandlers handlers) = 0;

    virtual void status(Timeout timeout, Done<StoreStatus> done) = 0;
};

// True when a failed write may have been applied all the same (cut or late, not refused).
bool outcomeUnknown(const base::Error& error);

} // namespace signalbox::state
