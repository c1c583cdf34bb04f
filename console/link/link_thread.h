// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/executor.h"

#include <QObject>
#include <QThread>

namespace signalbox::link {

// The one thread that talks to fleets: an executor for the shared client, with Qt's event loop
// inside, which WebSockets need.
// Lives on: post() and after() from any thread; made and ended on the gui thread. Its end waits for
// the piece that runs and drops what is queued.
class LinkThread final : public base::Executor {
public:
    LinkThread();
    LinkThread(const LinkThread&) = delete;
    LinkThread& operator=(const LinkThread&) = delete;
    ~LinkThread() override;

    void post(std::function<void()> work) override;
    TimerPtr after(std::chrono::nanoseconds delay, std::function<void()> work) override;
    // Runs it there and waits; for the end of what lives there.
    void runAndWait(std::function<void()> work);

private:
    QThread thread_;
    QObject* worker_; // lives in the thread
};

} // namespace signalbox::link
