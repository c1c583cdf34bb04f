// SPDX-License-Identifier: Apache-2.0
#include "agent/control/membership.h"

#include "shared/base/log.h"
#include "shared/wire/store_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace signalbox::control {

namespace {
using namespace std::chrono_literals;
constexpr auto kLeaseTtl = 10s;
constexpr auto kLeaveTimeout = 2s;
// Health, revision and models often change together; a flapping engine must not load the store.
constexpr auto kSettle = 200ms;
constexpr std::chrono::milliseconds kRetryLeast{250};
constexpr std::chrono::milliseconds kRetryMost{4'000};
} // namespace

Membership::Membership(state::StateStore& store, base::Executor& executor, StoreKeys keys,
                       model::AgentRecord record, Options options)
    : store_(store), executor_(executor), keys_(std::move(keys)), record_(std::move(record)),
      options_(std::move(options)), retryWait_(kRetryLeast),
      jitter_(options_.seed != 0 ? options_.seed : std::random_device{}() | 1U)
{
}

void Membership::start()
{
    grant();
}

void Membership::grant()
{
    state::LeaseRequest request;
    request.ttl = kLeaseTtl;
    request.onLost = [this, alive = std::weak_ptr(alive_)](const base::Error& error) {
        if (!alive.expired())
            onLost(error);
    };
    isBusy_ = true;
    store_.grantLease(std::move(request), state::kStoreTimeout,
                      [this, alive = std::weak_ptr(alive_)](auto granted) {
                          if (alive.expired() || isLeaving_)
                              return;
                          isBusy_ = false;
                          if (!granted) {
                              retryLater("the store gave no lease: " + granted.error().text());
                              return;
                          }
                          lease_ = std::move(*granted);
                          write();
                      });
}

void Membership::update(const model::AgentRecord& record)
{
    record_ = record;
    writeSoon();
}

void Membership::writeSoon()
{
    const bool canWrite = lease_ && isRegistered_ && !isBusy_ && !isLeaving_ && !settle_;
    if (!canWrite || wire::toJson(record_) == written_)
        return;
    settle_ = executor_.after(kSettle, [this] {
        settle_.reset();
        if (lease_ && isRegistered_ && !isBusy_ && !isLeaving_ && wire::toJson(record_) != written_)
            write();
    });
}

void Membership::onFleet(const FleetPicture& picture)
{
    if (!isRegistered_ || isBusy_ || isLeaving_)
        return;
    const auto ours = picture.agents.find(record_.id.str());
    const bool isThere = picture.isPresent(record_.id.str())
        && ours->second.bootId == record_.bootId;
    if (!isThere)
        write();
}

// Ours, or nobody's: a record of another start that is still alive is left alone.
void Membership::write()
{
    const std::string key = keys_.agent(record_.id.str());
    state::Txn txn;
    if (written_.empty())
        txn.compares.push_back(state::Compare::createRevision(key, 0));
    else
        txn.compares.push_back(state::Compare::valueOf(key, written_));
    state::Put put;
    put.key = key;
    put.value = writing_ = wire::toJson(record_);
    put.lease = lease_->id();
    txn.success.push_back(std::move(put));
    state::Range read;
    read.keys = state::KeyRange::one(key);
    txn.failure.push_back(std::move(read));
    isBusy_ = true;
    store_.txn(std::move(txn), state::kStoreTimeout,
               [this, alive = std::weak_ptr(alive_)](auto result) {
                   if (!alive.expired() && !isLeaving_)
                       onWritten(std::move(result));
               });
}

void Membership::onWritten(base::Result<state::TxnResult> result)
{
    isBusy_ = false;
    if (!lease_)
        return; // lost meanwhile: a new one is on its way
    if (!result) {
        // The lease the write named may be gone with the store that granted it.
        if (result.error().code() == base::Code::NotFound)
            return onLost(result.error());
        return retryLater("writing the agent's record failed: " + result.error().text());
    }
    if (!result->succeeded) {
        const auto& found = std::get<state::RangeResult>(result->results.front()).keys;
        written_.clear();
        return found.empty() ? write() : onOccupied(found.front());
    }
    ++writesTotal_;
    written_ = writing_;
    if (!isRegistered_)
        log::info("control", "registered", "agent", record_.id.str());
    isRegistered_ = true;
    problem_.clear();
    retryWait_ = kRetryLeast;
    writeSoon(); // what changed meanwhile
}

void Membership::onOccupied(const state::KeyValue& found)
{
    auto other = wire::agentFromJson(found.value);
    const bool isOurs = other
        && (other->bootId == record_.bootId
            || (!options_.previousBootId.empty() && other->bootId == options_.previousBootId));
    if (isOurs) {
        written_ = found.value;
        return write();
    }
    isBusy_ = true;
    store_.leaseLife(found.lease, state::kStoreTimeout,
                     [this, alive = std::weak_ptr(alive_),
                      rival = other ? std::move(*other) : model::AgentRecord{}](auto life) {
                         if (alive.expired() || isLeaving_)
                             return;
                         isBusy_ = false;
                         onRival(rival, life);
                     });
}

void Membership::onRival(const model::AgentRecord& rival,
                         const base::Result<state::LeaseLife>& life)
{
    if (!life)
        return retryLater("asking for the other agent's lease failed: " + life.error().text());
    const std::string who
        = fmt::format("another agent calls itself '{}' (control {}, boot {})", record_.id.str(),
                      rival.addresses.control.empty() ? "unknown" : rival.addresses.control,
                      rival.bootId.empty() ? "unknown" : rival.bootId);
    retryLater(
        life->remaining.count() > 0
            ? fmt::format("{}; its lease runs for {} s more. If it is an earlier run of this "
                          "one, this one registers then; if it is alive, give one of the two "
                          "another id",
                          who, life->remaining.count())
            : fmt::format("{} and has no lease: remove {} from the store", who,
                          keys_.agent(record_.id.str())));
}

void Membership::onLost(const base::Error& error)
{
    lease_.reset();
    written_.clear();
    if (!isLeaving_)
        retryLater("the lease was lost: " + error.text());
}

void Membership::retryLater(std::string why)
{
    if (problem_.empty())
        log::warn("control", "not_registered", "agent", record_.id.str(), "why", why);
    problem_ = std::move(why);
    isRegistered_ = false;
    const auto wait = kRetryLeast / 2 + uniform(retryWait_);
    retryWait_ = std::min(retryWait_ * 2, kRetryMost);
    retry_ = executor_.after(wait, [this] {
        if (isLeaving_)
            return;
        if (isBusy_) // an answer that decides is still on its way
            retryLater(problem_);
        else if (lease_)
            write();
        else
            grant();
    });
}

void Membership::leave(std::function<void()> done)
{
    isLeaving_ = true;
    retry_.reset();
    settle_.reset();
    if (!lease_ || !isRegistered_) {
        lease_.reset();
        executor_.post(std::move(done));
        return;
    }
    // Watchers keep an agent that vanishes without a word; this is the word.
    record_.health = {model::Health::Unknown, "stopped", record_.health.sinceUnixMs};
    isRegistered_ = false;
    state::Put farewell;
    farewell.key = keys_.agent(record_.id.str());
    farewell.value = wire::toJson(record_);
    farewell.lease = lease_->id();
    store_.put(std::move(farewell), kLeaveTimeout,
               [this, alive = std::weak_ptr(alive_), done = std::move(done)](const auto&) {
                   if (alive.expired() || !lease_)
                       return done();
                   lease_->revoke(kLeaveTimeout, [done](const auto&) { done(); });
               });
}

std::chrono::milliseconds Membership::uniform(std::chrono::milliseconds most)
{
    std::uniform_int_distribution<std::int64_t> pick(0, most.count());
    return std::chrono::milliseconds{pick(jitter_)};
}

} // namespace signalbox::control
