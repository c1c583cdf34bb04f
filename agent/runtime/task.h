// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/runtime/core_pool.h"
#include "shared/base/check.h"

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

namespace signalbox::runtime {

template <typename T>
class Task;

namespace detail {

// What every promise of ours has: a frame from the core's free lists, and who waits for the end.
// Lives on: core; in the coroutine's frame.
class TaskPromise {
public:
    static void* operator new(std::size_t size)
    {
        void* frame = core_pool::allocate(size);
        noteFrame(frame);
        return frame;
    }
    static void operator delete(void* memory, std::size_t size)
    {
        core_pool::release(memory, size);
    }

    std::suspend_always initial_suspend() const noexcept { return {}; }
    void unhandled_exception() const noexcept { std::terminate(); }

    // Runs the task until it first waits; false when it has already ended. The awaiting coroutine
    // then goes on by itself, so that a chain of tasks that need not wait never deepens the stack,
    // whatever the optimiser does with tail calls.
    bool start(std::coroutine_handle<> self, std::coroutine_handle<> waiting)
    {
        phase_ = Phase::Starting;
        self.resume();
        if (phase_ == Phase::Ended)
            return false;
        phase_ = Phase::Waited;
        waiting_ = waiting;
        return true;
    }

    struct Final {
        bool await_ready() const noexcept { return false; }
        template <typename Promise>
        std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> self) const noexcept
        {
            TaskPromise& promise = self.promise();
            const Phase before = std::exchange(promise.phase_, Phase::Ended);
            if (before == Phase::Waited)
                return promise.waiting_;
            return std::noop_coroutine();
        }
        void await_resume() const noexcept {}
    };
    Final final_suspend() const noexcept { return {}; }

protected:
    // g++ 12 lays some frames out wrong: the handle points beside the frame, and resuming runs on
    // garbage. Builds without optimisation, so every test of the dev preset, stop there.
    static void checkFrame([[maybe_unused]] void* handle)
    {
#ifndef __OPTIMIZE__
        if (handle != newestFrame)
            SB_FATAL("runtime", "the compiler laid a coroutine's frame out wrong: see "
                                "tests/tidy/coroutine_rules_test.cpp, await-in-condition");
#endif
    }

private:
    static void noteFrame([[maybe_unused]] void* frame)
    {
#ifndef __OPTIMIZE__
        newestFrame = frame;
#endif
    }
#ifndef __OPTIMIZE__
    static inline thread_local void* newestFrame = nullptr;
#endif


    enum class Phase : std::uint8_t { Lazy, Starting, Waited, Ended };
    std::coroutine_handle<> waiting_;
    Phase phase_ = Phase::Lazy;
};

// Lives on: core; in the coroutine's frame.
template <typename T>
class TaskPromiseOf : public TaskPromise {
public:
    Task<T> get_return_object();
    template <typename U>
    void return_value(U&& value)
    {
        value_.emplace(std::forward<U>(value));
    }
    T take() { return std::move(*value_); }

private:
    std::optional<T> value_;
};

template <>
class TaskPromiseOf<void> : public TaskPromise {
public:
    Task<void> get_return_object();
    void return_void() const noexcept {}
    void take() const noexcept {}
};

} // namespace detail

// The coroutine type of the data plane. It starts when it is awaited, runs on the core that
// awaits it and never migrates. Lives on: core; owned by whoever holds the Task.
// Destroying one that waits is how it is cancelled: its frame is unwound from the innermost await
// outwards, and each awaiter leaves the loop as it goes; a running one must not be destroyed.
// No exception leaves it: an escaped one ends the program.
template <typename T = void>
class [[nodiscard]] Task {
public:
    using promise_type = detail::TaskPromiseOf<T>;

    Task(Task&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
    Task& operator=(Task&& other) noexcept
    {
        std::swap(frame_, other.frame_);
        return *this;
    }
    ~Task()
    {
        if (frame_)
            frame_.destroy();
    }

    class Awaiter {
    public:
        explicit Awaiter(std::coroutine_handle<promise_type> frame) : frame_(frame) {}
        bool await_ready() const noexcept { return false; }
        bool await_suspend(std::coroutine_handle<> waiting)
        {
            return frame_.promise().start(frame_, waiting);
        }
        T await_resume() { return frame_.promise().take(); }

    private:
        std::coroutine_handle<promise_type> frame_;
    };
    // A task is awaited once.
    Awaiter operator co_await() && { return Awaiter(frame_); }
    Awaiter operator co_await() & { return Awaiter(frame_); }

private:
    friend promise_type;
    explicit Task(std::coroutine_handle<promise_type> frame) : frame_(frame) {}
    std::coroutine_handle<promise_type> frame_;
};

template <typename T>
Task<T> detail::TaskPromiseOf<T>::get_return_object()
{
    const auto frame = std::coroutine_handle<TaskPromiseOf>::from_promise(*this);
    checkFrame(frame.address());
    return Task<T>(frame);
}

inline Task<void> detail::TaskPromiseOf<void>::get_return_object()
{
    const auto frame = std::coroutine_handle<TaskPromiseOf>::from_promise(*this);
    checkFrame(frame.address());
    return Task<void>(frame);
}

} // namespace signalbox::runtime
