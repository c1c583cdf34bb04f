// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/runtime/gate.h"
#include "agent/runtime/loop.h"

#include <atomic>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

namespace signalbox::runtime {

// One data-plane core: a thread with its loop, and the gate its exchanges enter.
// Lives on: core; owned by the CoreSet. index() is 0, 1, ... within the set.
class Core {
public:
    Core(std::size_t index, const base::Clock& clock, LoopOptions options)
        : index_(index), loop_(clock, options)
    {
    }
    std::size_t index() const { return index_; }
    Loop& loop() { return loop_; }
    Gate& gate() { return gate_; }

private:
    std::size_t index_;
    Gate gate_; // outlives the loop, whose tasks hold entries
    Loop loop_;
};

struct CoreSetOptions {
    std::size_t cores = 0; // 0: as many as this process may run on
    LoopOptions loop;
};

// The cores of the process. Threads start in the constructor and end in stop().
// Lives on: any thread may post; made and destroyed by the thread that composes the process.
// What was posted before stop() runs before the threads end.
class CoreSet {
public:
    explicit CoreSet(CoreSetOptions options = {}, const base::Clock& clock = base::systemClock());
    CoreSet(const CoreSet&) = delete;
    CoreSet& operator=(const CoreSet&) = delete;
    ~CoreSet() { stop(); }

    std::size_t size() const { return cores_.size(); }

    // Runs the function on core n, in order with other posts; false when its queue is full.
    bool post(std::size_t n, std::function<void(Core&)> function);
    // On every core; false when one of them refused.
    bool broadcast(const std::function<void(Core&)>& function);

    // Asks every core and gives the answers, in the order of the cores, to `done` on the core that
    // answers last. Never blocks. False when a core refused; `done` is then never called.
    template <typename T>
    bool gather(std::function<T(Core&)> ask, std::function<void(std::vector<T>)> done);

    // Ends all threads, then destroys the loops with what still runs on them. Once.
    void stop();

    // How many CPUs this process may run on.
    static std::size_t usableCpus();

private:
    struct Thread {
        std::unique_ptr<Core> core;
        std::thread thread;
    };
    std::vector<Thread> cores_;
};

// Raises the soft limit of open files to the hard one; returns what is in force now.
std::size_t raiseFileLimit();

template <typename T>
bool CoreSet::gather(std::function<T(Core&)> ask, std::function<void(std::vector<T>)> done)
{
    struct Answers {
        std::vector<T> values;
        std::atomic<std::size_t> missing;
        std::function<void(std::vector<T>)> done;
    };
    auto answers = std::make_shared<Answers>();
    answers->values.resize(size());
    answers->missing = size();
    answers->done = std::move(done);
    return broadcast([answers, ask = std::move(ask)](Core& core) {
        answers->values[core.index()] = ask(core);
        if (answers->missing.fetch_sub(1) == 1)
            answers->done(std::move(answers->values));
    });
}

} // namespace signalbox::runtime
