// SPDX-License-Identifier: Apache-2.0
#include "agent/state/embedded/key_space.h"

#include "agent/state/store_rules.h"
#include "shared/base/limits.h"

#include <algorithm>
#include <utility>

namespace signalbox::state {

namespace {

constexpr std::int64_t kSweepRows = 1'000;

// Errors of the rules carry the origin Store; what SQLite says is Local and means a broken group.
bool isOfDisk(const base::Error& error)
{
    return error.origin() == base::Origin::Local || error.code() == base::Code::DataLoss;
}

bool writesKeys(const Txn& txn)
{
    const auto isPut = [](const Operation& operation) {
        return std::holds_alternative<Put>(operation);
    };
    return std::any_of(txn.success.begin(), txn.success.end(), isPut)
        || std::any_of(txn.failure.begin(), txn.failure.end(), isPut);
}

} // namespace

base::Result<std::unique_ptr<KeySpace>> KeySpace::open(const std::string& path,
                                                       std::int64_t quotaBytes)
{
    SB_TRY(std::unique_ptr<SqliteLog> log, SqliteLog::open(path));
    return std::unique_ptr<KeySpace>(new KeySpace(std::move(log), quotaBytes));
}

KeySpace::KeySpace(std::unique_ptr<SqliteLog> log, std::int64_t quotaBytes)
    : log_(std::move(log)), quotaBytes_(quotaBytes), revision_(log_->revision()),
      committedRevision_(revision_), compacted_(log_->compacted()),
      committedCompacted_(compacted_)
{
}

template <typename T>
base::Result<T> KeySpace::noted(base::Result<T> result)
{
    if (!result && isOfDisk(result.error()))
        isBroken_ = true;
    return result;
}

base::Status KeySpace::noted(base::Status status)
{
    if (!status && isOfDisk(status.error()))
        isBroken_ = true;
    return status;
}

Header KeySpace::header() const
{
    return Header{log_->identity().clusterId, log_->identity().memberId, revision_};
}

base::Status KeySpace::begin()
{
    return database().begin();
}

base::Result<Committed> KeySpace::commit()
{
    SB_CHECK(database().checkStillThere());
    SB_CHECK(database().commit());
    committedRevision_ = revision_;
    committedCompacted_ = compacted_;
    return std::exchange(pending_, {});
}

void KeySpace::rollback()
{
    database().rollback();
    revision_ = committedRevision_;
    compacted_ = committedCompacted_;
    sub_ = 0;
    isBroken_ = false;
    pending_ = {};
}

void KeySpace::endRequest()
{
    if (sub_ != 0)
        ++revision_;
    sub_ = 0;
}

bool KeySpace::isFull()
{
    return database().usedBytes() > quotaBytes_;
}

base::Status KeySpace::checkSpace()
{
    if (isFull())
        return fault::noSpace();
    return {};
}

base::Status KeySpace::checkRevision(Revision revision) const
{
    if (revision <= 0)
        return {};
    if (revision > revision_)
        return fault::futureRevision();
    if (revision < compacted_)
        return fault::compacted();
    return {};
}

base::Status KeySpace::checkAgainstKeys(const Put& request)
{
    if (request.keepsValue || request.keepsLease) {
        SB_TRY(const std::optional<KeyValue> old, log_->newest(request.key));
        if (!old)
            return fault::keyNotFound();
    }
    if (request.lease != 0) {
        SB_TRY(const std::optional<LeaseRow> lease, log_->lease(request.lease));
        if (!lease)
            return fault::leaseNotFound();
    }
    return {};
}

base::Result<RangeResult> KeySpace::readRange(const Range& request)
{
    // Inside a transaction that has written, its own revision is the newest.
    const Revision tip = revision_ + (sub_ != 0 ? 1 : 0);
    const bool isPast = request.revision > 0 && request.revision < tip;
    ReadBounds bounds;
    bounds.bytes = limits::kStoreResponseBytes;
    RangeResult result;
    result.header = header();
    result.header.revision = tip;
    if (isPast) {
        SB_TRY(result.keys, log_->at(request.keys, request.revision, bounds));
        result.count = static_cast<std::int64_t>(result.keys.size());
    } else {
        SB_TRY(result.count, log_->count(request.keys));
        // One more than asked for tells whether any were left out; more than exist is no bound.
        if (request.limit > 0 && request.limit < result.count && limitAppliesFirst(request))
            bounds.rows = request.limit + 1;
        if (request.fields != Fields::CountOnly) {
            SB_TRY(result.keys, log_->newest(request.keys, bounds));
        }
    }
    shape(request, result);
    return result;
}

base::Result<RangeResult> KeySpace::range(const Range& request)
{
    SB_CHECK(check(request));
    SB_CHECK(checkRevision(request.revision));
    return noted(readRange(request));
}

base::Result<PutResult> KeySpace::applyPut(const Put& request)
{
    SB_TRY(std::optional<KeyValue> old, log_->newest(request.key));
    KeyValue now;
    now.key = request.key;
    now.value = request.keepsValue && old ? old->value : request.value;
    now.lease = request.keepsLease && old ? old->lease : request.lease;
    now.modRevision = writing();
    now.createRevision = old ? old->createRevision : writing();
    now.version = old ? old->version + 1 : 1;
    SB_CHECK(log_->append(now, sub_++));

    PutResult result;
    result.header = header();
    result.header.revision = writing();
    if (request.wantsPrevious)
        result.previous = old;
    Event event;
    event.kind = Event::Kind::Put;
    event.now = std::move(now);
    event.previous = std::move(old);
    pending_.events.push_back(std::move(event));
    return result;
}

base::Result<PutResult> KeySpace::put(const Put& request)
{
    SB_CHECK(check(request));
    SB_CHECK(checkSpace());
    SB_CHECK(noted(checkAgainstKeys(request)));
    base::Result<PutResult> result = noted(applyPut(request));
    endRequest();
    return result;
}

base::Status KeySpace::applyDeleteOne(KeyValue old)
{
    SB_CHECK(log_->appendDelete(old.key, writing(), sub_++));
    Event event;
    event.kind = Event::Kind::Delete;
    event.now.key = old.key;
    event.now.modRevision = writing();
    event.previous = std::move(old);
    pending_.events.push_back(std::move(event));
    return {};
}

base::Result<DeleteResult> KeySpace::applyDelete(const Delete& request)
{
    ReadBounds bounds;
    bounds.bytes = limits::kStoreResponseBytes;
    SB_TRY(std::vector<KeyValue> doomed, log_->newest(request.keys, bounds));
    DeleteResult result;
    result.deleted = static_cast<std::int64_t>(doomed.size());
    for (const KeyValue& key : doomed)
        SB_CHECK(applyDeleteOne(key));
    result.header = header();
    if (sub_ != 0)
        result.header.revision = writing();
    if (request.wantsPrevious)
        result.previous = std::move(doomed);
    return result;
}

base::Result<DeleteResult> KeySpace::remove(const Delete& request)
{
    SB_CHECK(check(request));
    base::Result<DeleteResult> result = noted(applyDelete(request));
    endRequest();
    return result;
}

base::Result<bool> KeySpace::allHold(const std::vector<Compare>& compares)
{
    ReadBounds bounds;
    bounds.bytes = limits::kStoreResponseBytes;
    for (const Compare& compare : compares) {
        SB_TRY(const std::vector<KeyValue> keys, log_->newest(compare.keys, bounds));
        if (keys.empty() && !holds(compare, nullptr))
            return false;
        for (const KeyValue& key : keys) {
            if (!holds(compare, &key))
                return false;
        }
    }
    return true;
}

base::Status KeySpace::checkBranch(const std::vector<Operation>& branch)
{
    for (const Operation& operation : branch) {
        if (const auto* put = std::get_if<Put>(&operation))
            SB_CHECK(checkAgainstKeys(*put));
        if (const auto* range = std::get_if<Range>(&operation))
            SB_CHECK(checkRevision(range->revision));
    }
    return {};
}

base::Result<OperationResult> KeySpace::apply(const Operation& operation)
{
    if (const auto* put = std::get_if<Put>(&operation)) {
        SB_TRY(PutResult result, applyPut(*put));
        return OperationResult(std::move(result));
    }
    if (const auto* removal = std::get_if<Delete>(&operation)) {
        SB_TRY(DeleteResult result, applyDelete(*removal));
        return OperationResult(std::move(result));
    }
    SB_TRY(RangeResult result, readRange(std::get<Range>(operation)));
    return OperationResult(std::move(result));
}

base::Result<TxnResult> KeySpace::txn(const Txn& request)
{
    SB_CHECK(check(request));
    if (writesKeys(request))
        SB_CHECK(checkSpace());
    TxnResult result;
    SB_TRY(result.succeeded, noted(allHold(request.compares)));
    const auto& branch = result.succeeded ? request.success : request.failure;
    SB_CHECK(noted(checkBranch(branch)));
    for (const Operation& operation : branch) {
        base::Result<OperationResult> one = noted(apply(operation));
        if (!one) {
            // Whatever it was, half a transaction must not stay.
            isBroken_ = true;
            return one.error();
        }
        result.results.push_back(std::move(*one));
    }
    endRequest();
    result.header = header();
    return result;
}

base::Status KeySpace::compact(Revision revision)
{
    if (revision <= compacted_)
        return fault::compacted();
    if (revision > revision_)
        return fault::futureRevision();
    SB_CHECK(noted(log_->markCompacted(revision)));
    compacted_ = revision;
    pending_.hasCompacted = true;
    return {};
}

base::Status KeySpace::grant(LeaseId id, std::chrono::seconds ttl)
{
    SB_CHECK(checkSpace());
    SB_TRY(const std::optional<LeaseRow> old, noted(log_->lease(id)));
    if (old)
        return fault::leaseExists();
    SB_CHECK(noted(log_->putLease(id, ttl)));
    pending_.granted.push_back(LeaseRow{id, ttl});
    return {};
}

base::Status KeySpace::revoke(LeaseId id)
{
    SB_TRY(const std::optional<LeaseRow> lease, noted(log_->lease(id)));
    if (!lease)
        return fault::leaseNotFound();
    SB_TRY(const std::vector<std::string> keys, noted(log_->keysOf(id)));
    for (const std::string& key : keys) {
        SB_TRY(std::optional<KeyValue> old, noted(log_->newest(key)));
        if (old)
            SB_CHECK(noted(applyDeleteOne(std::move(*old))));
    }
    SB_CHECK(noted(log_->removeLease(id)));
    pending_.revoked.push_back(id);
    endRequest();
    return {};
}

base::Result<std::vector<std::string>> KeySpace::keysOf(LeaseId id)
{
    return noted(log_->keysOf(id));
}

base::Result<std::vector<Event>> KeySpace::history(Revision from, Previous previous)
{
    ReadBounds bounds;
    bounds.rows = static_cast<std::int64_t>(limits::kStoreReplayEvents);
    bounds.bytes = limits::kStoreReplayBytes;
    SB_TRY(std::vector<Event> events, log_->changes(from, bounds));
    if (previous == Previous::Include) {
        for (Event& event : events) {
            SB_TRY(event.previous, log_->before(event.now.key, event.now.modRevision));
        }
    }
    return events;
}

base::Result<bool> KeySpace::sweep()
{
    return noted(log_->sweep(compacted_, kSweepRows));
}

} // namespace signalbox::state
