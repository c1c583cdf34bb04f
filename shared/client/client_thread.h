// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/executor.h"

#include <memory>

namespace signalbox::client {

// A thread for programs that have no executor of their own: a fleet client's calls and answers run
// here, one piece at a time.
// Lives on: post() and after() from any thread; made and ended by who owns it.
// Its end waits for the piece that runs and drops what is queued.
class ClientThread final : public base::Executor {
public:
    ClientThread();
    ClientThread(const ClientThread&) = delete;
    ClientThread& operator=(const ClientThread&) = delete;
    ~ClientThread() override;

    void post(std::function<void()> work) override;
    TimerPtr after(std::chrono::nanoseconds delay, std::function<void()> work) override;

private:
    struct State;
    std::shared_ptr<State> state_;
};

} // namespace signalbox::client
