// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/runtime/intrusive_list.h"
#include "agent/upstream/member.h"
#include "shared/model/open_exchange.h"

#include <atomic>
#include <cstdint>
#include <vector>

namespace signalbox::proxy {

// The exchanges that one core has open, oldest first, so that a drain can say how many remain and
// how old the oldest is, and a person which they are. Lives on: core; the two numbers may be read
// by any thread.
class OpenExchanges {
public:
    // What an entry stands for; outlives it.
    class Subject {
    public:
        virtual model::OpenExchange describe(upstream::Ticks now) const = 0;

    protected:
        ~Subject() = default;
    };

    // RAII membership; lives in the exchange.
    class Entry : public runtime::ListNode {
    public:
        Entry(OpenExchanges& all, upstream::Ticks startedAt, const Subject& subject);
        ~Entry();
        Entry(const Entry&) = delete;
        Entry& operator=(const Entry&) = delete;

    private:
        friend class OpenExchanges;
        OpenExchanges& all_;
        upstream::Ticks startedAt_;
        const Subject& subject_;
    };

    std::uint32_t count() const { return count_.load(std::memory_order_relaxed); }
    // Monotonic ns at which the oldest began; 0 = none is open.
    upstream::Ticks oldestStartedAt() const { return oldest_.load(std::memory_order_relaxed); }
    // On the core: at most that many, oldest first.
    std::vector<model::OpenExchange> list(upstream::Ticks now, std::size_t most) const;

private:
    void publish();

    runtime::IntrusiveList<Entry> entries_;
    std::atomic<std::uint32_t> count_{0};
    std::atomic<upstream::Ticks> oldest_{0};
};

} // namespace signalbox::proxy
