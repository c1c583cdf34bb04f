// SPDX-License-Identifier: Apache-2.0
#include "tests/support/memory_world.h"

#include "agent/state/store_rules.h"
#include "shared/base/limits.h"

#include <algorithm>
#include <utility>

namespace signalbox::tests {

using namespace state;

MemoryWorld::MemoryWorld(base::Executor& executor) : executor_(executor) {}

const KeyValue* MemoryWorld::newest(std::string_view key, Revision at) const
{
    const auto found = keys_.find(key);
    if (found == keys_.end())
        return nullptr;
    const KeyValue* last = nullptr;
    for (const KeyValue& version : found->second) {
        if (version.modRevision <= at)
            last = &version;
    }
    return last != nullptr && last->version != 0 ? last : nullptr;
}

std::vector<KeyValue> MemoryWorld::live(const KeyRange& keys, Revision at) const
{
    std::vector<KeyValue> found;
    for (auto i = keys_.lower_bound(keys.key); i != keys_.end() && keys.contains(i->first); ++i) {
        if (const KeyValue* key = newest(i->first, at))
            found.push_back(*key);
    }
    return found;
}

base::Status MemoryWorld::checkRevision(Revision revision) const
{
    if (revision <= 0)
        return {};
    if (revision > header_.revision)
        return fault::futureRevision();
    if (revision < compacted_)
        return fault::compacted();
    return {};
}

base::Status MemoryWorld::checkAgainstKeys(const Put& request) const
{
    if ((request.keepsValue || request.keepsLease)
        && newest(request.key, header_.revision) == nullptr)
        return fault::keyNotFound();
    if (request.lease != 0 && !leases_.contains(request.lease))
        return fault::leaseNotFound();
    return {};
}

RangeResult MemoryWorld::readRange(const Range& request, Revision at) const
{
    RangeResult result;
    result.header = header_;
    result.header.revision = at;
    result.keys = live(request.keys, request.revision > 0 ? request.revision : at);
    result.count = static_cast<std::int64_t>(result.keys.size());
    shape(request, result);
    return result;
}

base::Result<RangeResult> MemoryWorld::range(const Range& request) const
{
    SB_CHECK(check(request));
    SB_CHECK(checkRevision(request.revision));
    return readRange(request, header_.revision);
}

PutResult MemoryWorld::applyPut(const Put& request)
{
    const Revision revision = header_.revision + 1;
    const KeyValue* old = newest(request.key, revision);
    KeyValue now;
    now.key = request.key;
    now.value = request.keepsValue ? old->value : request.value;
    now.lease = request.keepsLease ? old->lease : request.lease;
    now.modRevision = revision;
    now.createRevision = old != nullptr ? old->createRevision : revision;
    now.version = old != nullptr ? old->version + 1 : 1;

    PutResult result;
    result.header = header_;
    result.header.revision = revision;
    if (old != nullptr && request.wantsPrevious)
        result.previous = *old;
    Event event{Event::Kind::Put, now, std::nullopt};
    if (old != nullptr)
        event.previous = *old;
    attach(request.key, old != nullptr ? old->lease : 0, now.lease);
    pending_.push_back(std::move(event));
    keys_[request.key].push_back(std::move(now));
    return result;
}

DeleteResult MemoryWorld::applyDelete(const Delete& request)
{
    const Revision revision = header_.revision + 1;
    DeleteResult result;
    result.header = header_;
    std::vector<KeyValue> doomed = live(request.keys, revision);
    result.deleted = static_cast<std::int64_t>(doomed.size());
    for (const KeyValue& old : doomed) {
        KeyValue grave;
        grave.key = old.key;
        grave.modRevision = revision;
        attach(old.key, old.lease, 0);
        pending_.push_back(Event{Event::Kind::Delete, grave, old});
        keys_[old.key].push_back(std::move(grave));
    }
    if (!pending_.empty())
        result.header.revision = revision;
    if (request.wantsPrevious)
        result.previous = std::move(doomed);
    return result;
}

void MemoryWorld::attach(const std::string& key, LeaseId from, LeaseId to)
{
    if (const auto old = leases_.find(from); old != leases_.end())
        old->second.keys.erase(key);
    if (const auto now = leases_.find(to); now != leases_.end())
        now->second.keys.insert(key);
}

void MemoryWorld::commit()
{
    if (pending_.empty())
        return;
    ++header_.revision;
    const std::vector<Event> events = std::exchange(pending_, {});
    log_.insert(log_.end(), events.begin(), events.end());
    // A listener may come or go while another one is told.
    const auto listeners = listeners_;
    for (const auto& [id, listener] : listeners) {
        if (listeners_.contains(id))
            listener(events);
    }
}

base::Result<PutResult> MemoryWorld::put(const Put& request)
{
    SB_CHECK(check(request));
    SB_CHECK(checkAgainstKeys(request));
    PutResult result = applyPut(request);
    commit();
    return result;
}

base::Result<DeleteResult> MemoryWorld::remove(const Delete& request)
{
    SB_CHECK(check(request));
    DeleteResult result = applyDelete(request);
    commit();
    return result;
}

bool MemoryWorld::allHold(const std::vector<Compare>& compares) const
{
    return std::all_of(compares.begin(), compares.end(), [this](const Compare& compare) {
        const std::vector<KeyValue> keys = live(compare.keys, header_.revision);
        if (keys.empty())
            return holds(compare, nullptr);
        return std::all_of(keys.begin(), keys.end(),
                           [&](const KeyValue& key) { return holds(compare, &key); });
    });
}

base::Result<TxnResult> MemoryWorld::txn(const Txn& request)
{
    SB_CHECK(check(request));
    TxnResult result;
    result.succeeded = allHold(request.compares);
    const auto& branch = result.succeeded ? request.success : request.failure;
    for (const Operation& operation : branch) {
        if (const auto* put = std::get_if<Put>(&operation))
            SB_CHECK(checkAgainstKeys(*put));
        if (const auto* range = std::get_if<Range>(&operation))
            SB_CHECK(checkRevision(range->revision));
    }
    for (const Operation& operation : branch) {
        if (const auto* put = std::get_if<Put>(&operation))
            result.results.emplace_back(applyPut(*put));
        else if (const auto* removal = std::get_if<Delete>(&operation))
            result.results.emplace_back(applyDelete(*removal));
        else
            result.results.emplace_back(readRange(std::get<Range>(operation),
                                                  header_.revision + (pending_.empty() ? 0 : 1)));
    }
    commit();
    result.header = header_;
    return result;
}

base::Status MemoryWorld::compact(Revision revision)
{
    if (revision <= compacted_)
        return fault::compacted();
    if (revision > header_.revision)
        return fault::futureRevision();
    compacted_ = revision;
    std::erase_if(log_, [&](const Event& event) { return event.now.modRevision < revision; });
    for (auto& [name, versions] : keys_) {
        const KeyValue* kept = newest(name, revision);
        const Revision keep = kept != nullptr ? kept->modRevision : revision;
        std::erase_if(versions,
                      [&](const KeyValue& version) { return version.modRevision < keep; });
    }
    return {};
}

base::Result<LeaseLife> MemoryWorld::grant(LeaseId id, std::chrono::seconds ttl)
{
    if (ttl.count() > limits::kStoreLeaseTtlSeconds)
        return fault::leaseTtlTooLarge();
    if (leases_.contains(id))
        return fault::leaseExists();
    if (id == 0)
        id = ++lastLease_;
    leases_[id].ttl = std::max(ttl, std::chrono::seconds{2});
    startTimer(id);
    return life(id);
}

void MemoryWorld::startTimer(LeaseId id)
{
    LeaseState& lease = leases_[id];
    lease.end = executor_.after(lease.ttl, [this, id] { (void)revoke(id); });
}

std::chrono::seconds MemoryWorld::keepAlive(LeaseId id)
{
    const auto found = leases_.find(id);
    if (found == leases_.end())
        return std::chrono::seconds{0};
    startTimer(id);
    return found->second.ttl;
}

base::Status MemoryWorld::revoke(LeaseId id)
{
    const auto found = leases_.find(id);
    if (found == leases_.end())
        return fault::leaseNotFound();
    const std::set<std::string> doomed = found->second.keys;
    leases_.erase(found);
    for (const std::string& key : doomed)
        (void)applyDelete(Delete{KeyRange::one(key)});
    commit();
    return {};
}

LeaseLife MemoryWorld::life(LeaseId id) const
{
    LeaseLife life;
    life.header = header_;
    life.id = id;
    if (const auto found = leases_.find(id); found != leases_.end()) {
        life.granted = found->second.ttl;
        life.remaining = found->second.ttl;
        life.keys.assign(found->second.keys.begin(), found->second.keys.end());
    }
    return life;
}

std::vector<Event> MemoryWorld::history(Revision from) const
{
    std::vector<Event> events;
    std::copy_if(log_.begin(), log_.end(), std::back_inserter(events),
                 [from](const Event& event) { return event.now.modRevision >= from; });
    return events;
}

std::uint64_t MemoryWorld::listen(Listener listener)
{
    listeners_.emplace(++listenersTotal_, std::move(listener));
    return listenersTotal_;
}

Revision MemoryWorld::put(std::string key, std::string value)
{
    (void)put(Put{std::move(key), std::move(value)});
    return header_.revision;
}

Revision MemoryWorld::remove(std::string key)
{
    (void)remove(Delete{KeyRange::one(std::move(key))});
    return header_.revision;
}

std::optional<KeyValue> MemoryWorld::get(const std::string& key) const
{
    const KeyValue* found = newest(key, header_.revision);
    return found != nullptr ? std::optional(*found) : std::nullopt;
}

std::vector<LeaseId> MemoryWorld::leases() const
{
    std::vector<LeaseId> ids;
    for (const auto& [id, lease] : leases_)
        ids.push_back(id);
    return ids;
}

void MemoryWorld::restore(Revision revision)
{
    header_.revision = revision;
    for (auto& [name, versions] : keys_)
        std::erase_if(versions, [&](const KeyValue& key) { return key.modRevision > revision; });
    std::erase_if(log_, [&](const Event& event) { return event.now.modRevision > revision; });
}

void MemoryWorld::becomeOtherCluster()
{
    ++header_.clusterId;
    header_.revision = 1;
    compacted_ = -1;
    keys_.clear();
    log_.clear();
    leases_.clear();
}

} // namespace signalbox::tests
