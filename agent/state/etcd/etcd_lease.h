// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/state/state_store.h"
#include "shared/base/clock.h"
#include "shared/base/executor.h"

#include <memory>

namespace signalbox::state {

class EtcdCalls;

// A granted lease and its renewals, each on a short stream of its own, so that it fails over like
// any call. Lives on: control. Owned by the caller of StateStore::grantLease.
// Failure: lost when the store says twice that it has no such lease (by renewal and by re-read), or
// when no renewal got through for a whole time-to-live; onLost runs once.
class EtcdLease final : public Lease {
public:
    EtcdLease(std::shared_ptr<EtcdCalls> calls, LeaseId id, std::chrono::seconds ttl,
              base::Monotonic grantedAt, std::function<void(base::Error)> onLost);
    ~EtcdLease() override;

    LeaseId id() const override { return id_; }
    std::chrono::seconds ttl() const override { return ttl_; }
    void revoke(Timeout timeout, Done<void> done) override;

private:
    enum class Answer : std::uint8_t { Renewed, Missing };

    void renewAfter(std::chrono::milliseconds wait);
    void renew();
    void onRenewed(base::Monotonic askedAt, base::Result<Answer> answer);
    void readAgain();
    void lose(std::string why);

    std::shared_ptr<EtcdCalls> calls_;
    LeaseId id_;
    std::chrono::seconds ttl_;
    base::Monotonic aliveUntil_;
    std::function<void(base::Error)> onLost_;
    base::Executor::TimerPtr timer_;
    std::uint64_t renewals_ = 0;
    bool isOver_ = false;
    std::shared_ptr<EtcdLease*> self_; // cleared at the end, for answers that come later
};

} // namespace signalbox::state
