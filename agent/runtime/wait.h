// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/runtime/deadline.h"
#include "agent/runtime/fault.h"
#include "agent/runtime/socket.h"
#include "agent/runtime/timer_wheel.h"

#include <coroutine>

namespace signalbox::runtime {

// One suspended coroutine and how its operation ended. Base of every awaiter of the loop; lives in
// the coroutine's frame, so that dropping the frame takes it out of wherever it waits.
// Lives on: core.
class Wait : public ListNode {
protected:
    friend class Loop;
    std::coroutine_handle<> coroutine_;
    Fault fault_ = Fault::None;
};

// Waits for a moment, for a notify, or for a client to leave, whichever is first.
// Lives on: core; made by Loop::sleep(), Loop::yield() and Condition::wait().
class TimedWait : public Wait, private Timer, private LeaveHook {
public:
    enum class Until : std::uint8_t { Moment, Notified };
    TimedWait(Loop& loop, Until until, IntrusiveList<Wait>* waiting, Deadline deadline,
              Socket* client)
        : Timer(&onTimer), LeaveHook(&onLeft), loop_(loop), waiting_(waiting), deadline_(deadline),
          client_(client), until_(until)
    {
    }
    bool await_ready();
    void await_suspend(std::coroutine_handle<> coroutine);
    [[nodiscard]] Fault await_resume() const { return fault_; }

private:
    static void onTimer(Timer& timer);
    static void onLeft(LeaveHook& hook);
    friend class Condition;
    void finish(Fault fault);

    Loop& loop_;
    IntrusiveList<Wait>* waiting_; // null for a moment
    Deadline deadline_;
    Socket* client_;
    Until until_;
};

// Coroutines of one core that wait until somebody on the same core says that something changed.
// It remembers nothing: look at what you wait for first, and again afterwards.
// Lives on: core; owned by what changes. Those still waiting when it ends get Fault::Cancelled.
class Condition {
public:
    Condition() = default;
    ~Condition() { finishAll(Fault::Cancelled); }

    // None: notified; Deadline: the time is over; Closed: `client` left (where one is given).
    [[nodiscard]] TimedWait wait(Loop& loop, Deadline deadline, Socket* client = nullptr)
    {
        return {loop, TimedWait::Until::Notified, &waiting_, deadline, client};
    }
    // The one that has waited longest goes on, in this wakeup, after the caller next waits.
    void notifyOne();
    void notifyAll() { finishAll(Fault::None); }
    bool hasWaiters() const { return !waiting_.empty(); }

private:
    void finishAll(Fault fault);
    IntrusiveList<Wait> waiting_;
};

} // namespace signalbox::runtime
