// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/proxy/local_reply.h"
#include "agent/proxy/route.h"
#include "agent/proxy/upstream_call.h"

#include <memory>
#include <optional>
#include <string>

namespace signalbox::proxy {

// Phase 5: choose an endpoint, ask it, and where it fails before the first token ask another, as
// product.md §12 (Retries) says. Lives on: core; one for each exchange at its entry.
class Forward {
public:
    Forward(CoreProxy& core, Exchange& exchange);
    ~Forward();

    // Nothing: call() has the answer, whole or begun. A reply: nobody could answer. ClientLeft is
    // told by the exchange's watch.
    runtime::Task<std::optional<LocalReply>> run();
    UpstreamCall* call() { return call_.get(); }

private:
    const PoolPlan& pool() const;
    bool nextPool();
    void enter(PoolOrder order);
    void leave();
    bool goToLargerContext(upstream::AnswerClass answerClass);
    bool pickInPool();
    upstream::PickContext freshContext() const;
    upstream::PickContext pickContext() const;
    bool furtherPoolReady() const;
    upstream::RetryState retryState() const;
    std::chrono::nanoseconds firstTokenLimit() const;
    void note(const CallEnd& end);
    runtime::Task<bool> again(const CallEnd& end);
    LocalReply giveUp(const CallEnd& end);
    LocalReply nobody() const;

    CoreProxy& core_;
    Exchange& exchange_;
    PoolOrder order_;
    std::size_t at_ = 0; // into order_
    bool isLarger_ = false; // order_ is the route's pools of larger contexts
    upstream::CachedPrefix cached_;
    upstream::MemberSet tried_; // of this pool
    upstream::MemberSet late_; // of this pool: missed a first-token deadline
    upstream::Pick pick_;
    int attempts_ = 0;
    int attemptsInPool_ = 0;
    upstream::RetryBudget::Grant grant_;
    std::unique_ptr<UpstreamCall> call_;
};

} // namespace signalbox::proxy
