// SPDX-License-Identifier: Apache-2.0
#include "shared/client/client_thread.h"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include <pthread.h>

namespace signalbox::client {

struct ClientThread::State {
    using Key = std::pair<std::chrono::steady_clock::time_point, std::uint64_t>;

    std::mutex mutex; // guards what follows but the thread
    std::condition_variable changed;
    std::deque<std::function<void()>> ready;
    std::map<Key, std::function<void()>> timers;
    std::uint64_t timersTotal = 0;
    bool isEnding = false;
    std::thread thread;

    void run();
};

namespace {

template <typename State, typename Key>
class TimerHandle final : public base::Executor::Timer {
public:
    TimerHandle(std::weak_ptr<State> state, Key key) : state_(std::move(state)), key_(key) {}
    ~TimerHandle() override
    {
        const auto state = state_.lock();
        if (!state)
            return;
        std::function<void()> dropped; // ends outside of the lock
        const std::lock_guard lock(state->mutex);
        if (const auto found = state->timers.find(key_); found != state->timers.end()) {
            dropped = std::move(found->second);
            state->timers.erase(found);
        }
    }

private:
    std::weak_ptr<State> state_;
    Key key_;
};

} // namespace

void ClientThread::State::run()
{
    pthread_setname_np(pthread_self(), "fleet-client");
    std::unique_lock lock(mutex);
    while (!isEnding) {
        const auto now = std::chrono::steady_clock::now();
        if (!timers.empty() && timers.begin()->first.first <= now) {
            ready.push_back(std::move(timers.begin()->second));
            timers.erase(timers.begin());
        }
        if (!ready.empty()) {
            auto work = std::move(ready.front());
            ready.pop_front();
            lock.unlock();
            work();
            work = nullptr;
            lock.lock();
        } else if (timers.empty()) {
            changed.wait(lock);
        } else {
            const auto due = timers.begin()->first.first;
            changed.wait_until(lock, due);
        }
    }
}

ClientThread::ClientThread() : state_(std::make_shared<State>())
{
    state_->thread = std::thread([state = state_.get()] { state->run(); });
}

ClientThread::~ClientThread()
{
    std::deque<std::function<void()>> queued;
    std::map<State::Key, std::function<void()>> waiting;
    {
        const std::lock_guard lock(state_->mutex);
        state_->isEnding = true;
    }
    state_->changed.notify_one();
    state_->thread.join();
    const std::lock_guard lock(state_->mutex);
    queued.swap(state_->ready);
    waiting.swap(state_->timers);
}

void ClientThread::post(std::function<void()> work)
{
    {
        const std::lock_guard lock(state_->mutex);
        state_->ready.push_back(std::move(work));
    }
    state_->changed.notify_one();
}

base::Executor::TimerPtr ClientThread::after(std::chrono::nanoseconds delay,
                                             std::function<void()> work)
{
    const auto due = std::chrono::steady_clock::now()
        + std::chrono::duration_cast<std::chrono::steady_clock::duration>(delay);
    State::Key key;
    {
        const std::lock_guard lock(state_->mutex);
        key = {due, ++state_->timersTotal};
        state_->timers.emplace(key, std::move(work));
    }
    state_->changed.notify_one();
    return std::make_unique<TimerHandle<State, State::Key>>(state_, key);
}

} // namespace signalbox::client
