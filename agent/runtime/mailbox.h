// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/runtime/loop.h"
#include "shared/base/bounded_queue.h"

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

namespace signalbox::runtime {

// Values from other threads to one core, bounded; whole batches arrive, so a storm of values costs
// one wake. Lives on: core (made and destroyed there); Sender: any thread.
// A full mailbox refuses the value and counts it; a value that comes after the end is dropped.
template <typename T>
class Mailbox {
    struct Interior {
        Interior(Loop& owner, std::size_t capacity)
            : loop(&owner), waiting(capacity, base::WhenFull::Refuse)
        {
        }
        std::mutex mutex; // guards what follows
        Loop* loop;       // null once the mailbox has ended
        base::BoundedQueue<T> waiting;
        bool announced = false;
    };

public:
    using Receive = std::function<void(std::deque<T>)>;

    // The sending end; copies are cheap and may outlive the mailbox.
    class Sender {
    public:
        bool send(T value)
        {
            const std::lock_guard lock(interior_->mutex);
            if (interior_->loop == nullptr || !interior_->waiting.push(std::move(value)))
                return false;
            if (!interior_->announced)
                interior_->announced = interior_->loop->post(Deliver(mailbox_));
            return true;
        }

    private:
        friend class Mailbox;
        explicit Sender(const Mailbox& mailbox)
            : interior_(mailbox.interior_), mailbox_(mailbox.self_)
        {
        }
        std::shared_ptr<Interior> interior_;
        std::weak_ptr<Mailbox*> mailbox_;
    };

    Mailbox(Loop& loop, std::size_t capacity, Receive receive)
        : interior_(std::make_shared<Interior>(loop, capacity)),
          self_(std::make_shared<Mailbox*>(this)), receive_(std::move(receive))
    {
    }
    Mailbox(const Mailbox&) = delete;
    Mailbox& operator=(const Mailbox&) = delete;
    ~Mailbox()
    {
        const std::lock_guard lock(interior_->mutex);
        interior_->loop = nullptr;
    }

    Sender sender() const { return Sender(*this); }
    // Values refused because the mailbox was full.
    std::uint64_t dropped() const
    {
        const std::lock_guard lock(interior_->mutex);
        return interior_->waiting.lost();
    }

private:
    struct Deliver {
        explicit Deliver(std::weak_ptr<Mailbox*> to) : mailbox(std::move(to)) {}
        void operator()()
        {
            if (const auto alive = mailbox.lock())
                (*alive)->deliver();
        }
        std::weak_ptr<Mailbox*> mailbox;
    };

    void deliver()
    {
        std::deque<T> batch;
        {
            const std::lock_guard lock(interior_->mutex);
            interior_->announced = false;
            batch = interior_->waiting.takeAll();
        }
        if (!batch.empty())
            receive_(std::move(batch));
    }

    std::shared_ptr<Interior> interior_;
    std::shared_ptr<Mailbox*> self_;
    Receive receive_;
};

} // namespace signalbox::runtime
