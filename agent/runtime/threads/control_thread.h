// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/executor.h"

#include <memory>

namespace boost::asio {
class io_context;
}

namespace signalbox::runtime {

// The control thread: everything off the hot path runs here, one piece at a time.
// Lives on: start(), stop(), post() and after() from any thread; the work on its own thread.
// Owned by agent/process. Work posted after stop() is dropped; stop() waits for the piece that
// runs.
class ControlThread final : public base::Executor {
public:
    ControlThread();
    ~ControlThread() override;

    void start();
    void stop();

    void post(std::function<void()> work) override;
    TimerPtr after(std::chrono::nanoseconds delay, std::function<void()> work) override;

    // For the rooms that do their own networking with Asio; include its headers in .cpp files only.
    boost::asio::io_context& ioContext();

private:
    struct State;
    std::shared_ptr<State> state_;
};

} // namespace signalbox::runtime
