// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/scaling/keeper.h"
#include "agent/scaling/process_runner.h"
#include "agent/scaling/process_spec.h"
#include "shared/base/bounded_queue.h"
#include "shared/base/clock.h"
#include "shared/base/on_thread.h"
#include "shared/base/result.h"

#include <map>
#include <optional>
#include <vector>

namespace signalbox::scaling {

// Starts local processes, keeps them running and ends them with all their descendants.
// Lives on: one thread, that of its constructor; it starts no thread and never blocks: the
// owner calls poll() when descriptor() is readable or nextWake() has come.
// When it ends, or its process is killed, everything it started is killed too, and nothing else.
class ProcessSupervisor final : public ProcessRunner {
public:
    explicit ProcessSupervisor(const base::Clock& clock);
    ~ProcessSupervisor() override;
    ProcessSupervisor(const ProcessSupervisor&) = delete;
    ProcessSupervisor& operator=(const ProcessSupervisor&) = delete;

    // As events they are Exited, and Ended when it is over.
    base::Result<ProcessId> start(ProcessSpec spec) override;
    base::Status stop(ProcessId id) override;
    void stopAll();
    void forget(ProcessId id) override;

    bool allEnded() const;
    std::optional<ProcessFacts> facts(ProcessId id) const override;

    int descriptor() const { return epoll_; }
    std::optional<base::Monotonic> nextWake() const;
    void poll();
    // For an owner without a loop: sleeps until something is due, at most so long, then poll().
    void pollWithin(std::chrono::milliseconds most);

    std::vector<ProcessEvent> takeEvents();
    std::uint64_t eventsLost() const { return events_.lost(); }

private:
    struct Supervised {
        ProcessSpec spec;
        ProcessFacts facts;
        Keeper keeper;
        bool hasReported = false; // the keeper told how the command ended
        unsigned earlyEnds = 0;   // in a row
        std::optional<base::Monotonic> wakeAt; // next start, readiness question or SIGKILL
    };

    base::Status launch(ProcessId id, Supervised& process);
    void receive(ProcessId id, Supervised& process);
    void onMessage(ProcessId id, Supervised& process, const KeeperMessage& message);
    void onKeeperGone(ProcessId id, Supervised& process);
    void onEnded(ProcessId id, Supervised& process);
    void onTime(ProcessId id, Supervised& process);
    void order(Supervised& process, KeeperOrder order);
    void enter(Supervised& process, ProcessState state);
    void tell(ProcessId id, const Supervised& process, ProcessEventKind kind);

    base::OnThread thread_;
    const base::Clock& clock_;
    int epoll_ = -1;
    ProcessId nextId_ = 1;
    std::map<ProcessId, Supervised> processes_;
    base::BoundedQueue<ProcessEvent> events_;
};

// How long to wait before the start that follows `earlyEnds` early ends in a row: 1, 2, 4 .. 60 s.
std::chrono::milliseconds restartDelay(unsigned earlyEnds);

} // namespace signalbox::scaling
