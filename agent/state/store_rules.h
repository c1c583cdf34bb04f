// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/state/store_values.h"
#include "shared/base/result.h"

#include <string_view>

// etcd's rules that need no store: what a request must look like, when a condition holds, how an
// answer is sorted and cut. Shared by the embedded store and the one in memory.
namespace signalbox::state {

// etcd's own words with its own codes; its clients match on the text, so it is byte-exact.
namespace fault {
base::Error emptyKey();
base::Error keyNotFound();
base::Error valueProvided();
base::Error leaseProvided();
base::Error tooManyOperations();
base::Error duplicateKey();
base::Error requestTooLarge();
base::Error compacted();
base::Error futureRevision();
base::Error leaseTtlTooLarge();
base::Error leaseNotFound();
base::Error leaseExists();
base::Error noSpace();
base::Error tooManyRequests();
base::Error serverStopped();
inline constexpr std::string_view kEmptyWatchRange = "mvcc: watcher range is empty";
inline constexpr std::string_view kDuplicateWatchId
    = "mvcc: duplicate watch ID provided on the WatchStream";
} // namespace fault

base::Status check(const Range& range);
base::Status check(const Put& put);
base::Status check(const Delete& removal);
base::Status check(const Txn& txn);

// Whether the condition holds for this key; null = the key does not exist.
bool holds(const Compare& compare, const KeyValue* key);

// Filters, sorts, cuts and strips keys (ascending by key, all of the range) as the request says.
void shape(const Range& range, RangeResult& result);

// True when shape() may see only the first limit + 1 keys and still be right.
bool limitAppliesFirst(const Range& range);

} // namespace signalbox::state
