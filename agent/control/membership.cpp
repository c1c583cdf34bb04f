// SPDX-License-Identifier: Apache-2.0
#include "agent/control/membership.h"

#include "shared/base/log.h"
#include "shared/wire/store_json.h"

namespace signalbox::control {

namespace {
using namespace std::chrono_literals;
constexpr auto kLeaseTtl = 10s;
constexpr auto kRetryAfter = 1s;
} // namespace

Membership::Membership(state::StateStore& store, base::Executor& executor, StoreKeys keys,
                       model::AgentRecord record)
    : store_(store), executor_(executor), keys_(std::move(keys)), record_(std::move(record))
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
    store_.grantLease(std::move(request), state::kStoreTimeout,
                      [this, alive = std::weak_ptr(alive_)](auto granted) {
                          if (alive.expired() || isLeaving_)
                              return;
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
    if (lease_ && !isWriting_ && wire::toJson(record_) != written_)
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
    isWriting_ = true;
    store_.txn(std::move(txn), state::kStoreTimeout,
               [this, alive = std::weak_ptr(alive_)](auto result) {
                   if (!alive.expired())
                       onWritten(std::move(result));
               });
}

void Membership::onWritten(base::Result<state::TxnResult> result)
{
    isWriting_ = false;
    if (isLeaving_)
        return;
    if (!result) {
        retryLater("writing the agent's record failed: " + result.error().text());
        return;
    }
    if (result->succeeded) {
        ++writesTotal_;
        written_ = writing_;
        if (!isRegistered_)
            log::info("control", "registered", "agent", record_.id.str());
        isRegistered_ = true;
        problem_.clear();
        update(record_); // what changed meanwhile
        return;
    }
    const auto& found = std::get<state::RangeResult>(result->results.front()).keys;
    if (found.empty()) {
        written_.clear();
        write();
        return;
    }
    const auto other = wire::agentFromJson(found.front().value);
    if (other && other->bootId == record_.bootId) {
        // An earlier write of ours whose answer was lost.
        written_ = found.front().value;
        write();
        return;
    }
    written_.clear();
    retryLater("another agent calls itself '" + record_.id.str()
               + "' and is alive; give one of the two another id");
}

void Membership::onLost(const base::Error& error)
{
    lease_.reset();
    written_.clear();
    isRegistered_ = false;
    retryLater("the lease was lost: " + error.text());
}

void Membership::retryLater(std::string why)
{
    if (problem_ != why)
        log::warn("control", "not_registered", "agent", record_.id.str(), "why", why);
    problem_ = std::move(why);
    isRegistered_ = false;
    retry_ = executor_.after(kRetryAfter, [this] {
        if (isLeaving_)
            return;
        if (lease_)
            write();
        else
            grant();
    });
}

void Membership::leave(std::function<void()> done)
{
    isLeaving_ = true;
    retry_.reset();
    if (!lease_) {
        executor_.post(std::move(done));
        return;
    }
    lease_->revoke(std::chrono::seconds(2),
                   [alive = alive_, done = std::move(done)](const auto&) { done(); });
}

} // namespace signalbox::control
