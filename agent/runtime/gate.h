// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/runtime/loop.h"
#include "shared/base/check.h"

#include <cstddef>
#include <optional>
#include <utility>

namespace signalbox::runtime {

// Counts what is going on, so that stopping can wait for its end: enter, hold the entry, close,
// wait. Lives on: core; owned by what can be stopped, and must be empty when it is destroyed.
class Gate {
public:
    // The right to be inside. Leaves when destroyed.
    class Entry {
    public:
        explicit Entry(Gate& gate) : gate_(&gate) { ++gate.inside_; }
        Entry(Entry&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)) {}
        Entry& operator=(Entry&& other) noexcept
        {
            std::swap(gate_, other.gate_);
            return *this;
        }
        ~Entry()
        {
            if (gate_ != nullptr && --gate_->inside_ == 0)
                gate_->changed_.notifyAll();
        }

    private:
        Gate* gate_;
    };

    Gate() = default;
    Gate(const Gate&) = delete;
    Gate& operator=(const Gate&) = delete;
    ~Gate() { SB_ASSERT(inside_ == 0); }

    // Nothing once the gate is closed.
    std::optional<Entry> enter()
    {
        if (closed_)
            return std::nullopt;
        return std::optional<Entry>(std::in_place, *this);
    }
    void close() { closed_ = true; }
    bool isClosed() const { return closed_; }
    std::size_t inside() const { return inside_; }

    // None when nothing is inside any more, Deadline when something still is.
    Task<Fault> whenEmpty(Loop& loop, Deadline deadline)
    {
        Fault fault = Fault::None;
        while (inside_ > 0 && fault == Fault::None)
            fault = co_await changed_.wait(loop, deadline);
        co_return fault;
    }

private:
    bool closed_ = false;
    std::size_t inside_ = 0;
    Condition changed_;
};

} // namespace signalbox::runtime
