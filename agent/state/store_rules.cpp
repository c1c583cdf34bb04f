// SPDX-License-Identifier: Apache-2.0
#include "agent/state/store_rules.h"

#include "shared/base/limits.h"

#include <algorithm>
#include <compare>
#include <set>

namespace signalbox::state {

namespace fault {

namespace {

base::Error refused(base::Code code, const char* text)
{
    return base::Error(code, text, base::Origin::Store);
}

} // namespace

base::Error emptyKey()
{
    return refused(base::Code::InvalidArgument, "etcdserver: key is not provided");
}

base::Error keyNotFound()
{
    return refused(base::Code::InvalidArgument, "etcdserver: key not found");
}

base::Error valueProvided()
{
    return refused(base::Code::InvalidArgument, "etcdserver: value is provided");
}

base::Error leaseProvided()
{
    return refused(base::Code::InvalidArgument, "etcdserver: lease is provided");
}

base::Error tooManyOperations()
{
    return refused(base::Code::InvalidArgument, "etcdserver: too many operations in txn request");
}

base::Error duplicateKey()
{
    return refused(base::Code::InvalidArgument, "etcdserver: duplicate key given in txn request");
}

base::Error requestTooLarge()
{
    return refused(base::Code::InvalidArgument, "etcdserver: request is too large");
}

base::Error compacted()
{
    return refused(base::Code::OutOfRange,
                   "etcdserver: mvcc: required revision has been compacted");
}

base::Error futureRevision()
{
    return refused(base::Code::OutOfRange,
                   "etcdserver: mvcc: required revision is a future revision");
}

base::Error leaseTtlTooLarge()
{
    return refused(base::Code::OutOfRange, "etcdserver: too large lease TTL");
}

base::Error leaseNotFound()
{
    return refused(base::Code::NotFound, "etcdserver: requested lease not found");
}

base::Error leaseExists()
{
    return refused(base::Code::FailedPrecondition, "etcdserver: lease already exists");
}

base::Error noSpace()
{
    return refused(base::Code::ResourceExhausted, "etcdserver: mvcc: database space exceeded");
}

base::Error tooManyRequests()
{
    return base::Error(base::Code::ResourceExhausted, "etcdserver: too many requests",
                       base::Origin::Store, base::Retry::Safe);
}

base::Error serverStopped()
{
    return base::Error(base::Code::Unavailable, "etcdserver: server stopped", base::Origin::Store,
                       base::Retry::Safe);
}

} // namespace fault

namespace {

base::Status checkBranch(const std::vector<Operation>& branch)
{
    for (const Operation& operation : branch)
        SB_CHECK(std::visit([](const auto& one) { return check(one); }, operation));
    // A key may be written once in a branch, whatever the order: two puts, or a put and a delete.
    std::set<std::string_view> written;
    for (const Operation& operation : branch) {
        const auto* put = std::get_if<Put>(&operation);
        if (put == nullptr)
            continue;
        if (!written.insert(put->key).second)
            return fault::duplicateKey();
        for (const Operation& other : branch) {
            const auto* removal = std::get_if<Delete>(&other);
            if (removal != nullptr && removal->keys.contains(put->key))
                return fault::duplicateKey();
        }
    }
    return {};
}

std::strong_ordering order(const Compare& compare, const KeyValue& key)
{
    switch (compare.target) {
    case Compare::Target::Version: return key.version <=> compare.number;
    case Compare::Target::CreateRevision: return key.createRevision <=> compare.number;
    case Compare::Target::ModRevision: return key.modRevision <=> compare.number;
    case Compare::Target::Value: return key.value.compare(compare.value) <=> 0;
    case Compare::Target::Lease: return key.lease <=> compare.number;
    }
    return std::strong_ordering::equal;
}

bool before(SortBy by, const KeyValue& a, const KeyValue& b)
{
    switch (by) {
    case SortBy::Key: return a.key < b.key;
    case SortBy::Version: return a.version < b.version;
    case SortBy::CreateRevision: return a.createRevision < b.createRevision;
    case SortBy::ModRevision: return a.modRevision < b.modRevision;
    case SortBy::Value: return a.value < b.value;
    }
    return false;
}

// Sorting by anything but the key without saying which way is ascending.
SortOrder effectiveOrder(const Range& range)
{
    if (range.order == SortOrder::None && range.sortBy != SortBy::Key)
        return SortOrder::Ascending;
    return range.order;
}

bool hasBounds(const Range& range)
{
    return range.modRevision.least != 0 || range.modRevision.most != 0
        || range.createRevision.least != 0 || range.createRevision.most != 0;
}

} // namespace

base::Status check(const Range& range)
{
    if (range.keys.key.empty())
        return fault::emptyKey();
    return {};
}

base::Status check(const Put& put)
{
    if (put.key.empty())
        return fault::emptyKey();
    if (put.keepsValue && !put.value.empty())
        return fault::valueProvided();
    if (put.keepsLease && put.lease != 0)
        return fault::leaseProvided();
    return {};
}

base::Status check(const Delete& removal)
{
    if (removal.keys.key.empty())
        return fault::emptyKey();
    return {};
}

base::Status check(const Txn& txn)
{
    const std::size_t longest
        = std::max({txn.compares.size(), txn.success.size(), txn.failure.size()});
    if (longest > limits::kStoreTxnOperations)
        return fault::tooManyOperations();
    for (const Compare& compare : txn.compares) {
        if (compare.keys.key.empty())
            return fault::emptyKey();
    }
    SB_CHECK(checkBranch(txn.success));
    return checkBranch(txn.failure);
}

bool holds(const Compare& compare, const KeyValue* key)
{
    static const KeyValue kMissing;
    if (key == nullptr && compare.target == Compare::Target::Value)
        return false;
    const auto is = order(compare, key == nullptr ? kMissing : *key);
    switch (compare.relation) {
    case Compare::Relation::Equal: return is == 0;
    case Compare::Relation::Greater: return is > 0;
    case Compare::Relation::Less: return is < 0;
    case Compare::Relation::NotEqual: return is != 0;
    }
    return false;
}

bool limitAppliesFirst(const Range& range)
{
    return effectiveOrder(range) == SortOrder::None && !hasBounds(range);
}

void shape(const Range& range, RangeResult& result)
{
    auto& keys = result.keys;
    if (range.fields == Fields::CountOnly) {
        keys.clear();
        return;
    }
    std::erase_if(keys, [&](const KeyValue& key) {
        return !range.modRevision.allows(key.modRevision)
            || !range.createRevision.allows(key.createRevision);
    });
    switch (effectiveOrder(range)) {
    case SortOrder::None: break;
    case SortOrder::Ascending:
        std::stable_sort(keys.begin(), keys.end(), [&](const KeyValue& a, const KeyValue& b) {
            return before(range.sortBy, a, b);
        });
        break;
    case SortOrder::Descending:
        std::stable_sort(keys.begin(), keys.end(), [&](const KeyValue& a, const KeyValue& b) {
            return before(range.sortBy, b, a);
        });
        break;
    }
    if (range.limit > 0 && keys.size() > static_cast<std::size_t>(range.limit)) {
        keys.resize(static_cast<std::size_t>(range.limit));
        result.isCut = true;
    }
    if (range.fields == Fields::KeysOnly) {
        for (KeyValue& key : keys)
            key.value.clear();
    }
}

} // namespace signalbox::state
