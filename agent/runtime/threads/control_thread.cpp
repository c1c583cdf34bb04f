// SPDX-License-Identifier: Apache-2.0
#include "agent/runtime/threads/control_thread.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <optional>
#include <thread>

#include <pthread.h>

namespace signalbox::runtime {

struct ControlThread::State {
    boost::asio::io_context context{1};
    std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>>
        keepAlive;
    std::thread thread;
};

namespace {

// The Asio timer is touched on the control thread only; the handle may be dropped anywhere.
struct TimerState {
    explicit TimerState(boost::asio::io_context& context) : timer(context) {}
    boost::asio::steady_timer timer;
    std::atomic<bool> cancelled{false};
};

class AsioTimer final : public base::Executor::Timer {
public:
    AsioTimer(std::shared_ptr<TimerState> state, std::shared_ptr<boost::asio::io_context> context)
        : context_(std::move(context)), state_(std::move(state))
    {
    }
    ~AsioTimer() override
    {
        state_->cancelled = true;
        boost::asio::post(*context_, [state = state_] { state->timer.cancel(); });
    }

private:
    // A handle may outlive the thread object, never the context its timer belongs to.
    std::shared_ptr<boost::asio::io_context> context_;
    std::shared_ptr<TimerState> state_;
};

} // namespace

ControlThread::ControlThread() : state_(std::make_shared<State>()) {}

ControlThread::~ControlThread()
{
    stop();
}

void ControlThread::start()
{
    state_->keepAlive.emplace(state_->context.get_executor());
    state_->thread = std::thread([state = state_] {
        pthread_setname_np(pthread_self(), "control");
        state->context.run();
    });
}

void ControlThread::stop()
{
    state_->keepAlive.reset();
    state_->context.stop();
    if (state_->thread.joinable())
        state_->thread.join();
}

void ControlThread::post(std::function<void()> work)
{
    boost::asio::post(state_->context, std::move(work));
}

base::Executor::TimerPtr ControlThread::after(std::chrono::nanoseconds delay,
                                              std::function<void()> work)
{
    auto timer = std::make_shared<TimerState>(state_->context);
    boost::asio::post(state_->context, [timer, delay, work = std::move(work)]() mutable {
        if (timer->cancelled)
            return;
        timer->timer.expires_after(delay);
        timer->timer.async_wait([timer, work = std::move(work)](const auto& failure) {
            if (!failure && !timer->cancelled)
                work();
        });
    });
    return std::make_unique<AsioTimer>(
        std::move(timer), std::shared_ptr<boost::asio::io_context>(state_, &state_->context));
}

boost::asio::io_context& ControlThread::ioContext()
{
    return state_->context;
}

} // namespace signalbox::runtime
