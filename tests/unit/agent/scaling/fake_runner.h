// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/scaling/process_runner.h"

#include <map>
#include <string>
#include <vector>

namespace signalbox::scaling {

// Starts nothing: the test says what becomes of each process. Lives on: the test's thread.
class FakeRunner final : public ProcessRunner {
public:
    base::Result<ProcessId> start(ProcessSpec spec) override
    {
        started.push_back(spec);
        ProcessFacts facts;
        facts.name = spec.name;
        facts.state = ProcessState::Ready;
        facts.pid = static_cast<pid_t>(100 + next_);
        facts.starts = 1;
        processes_[next_] = facts;
        return next_++;
    }
    base::Status stop(ProcessId id) override
    {
        stopped.push_back(processes_.at(id).name);
        processes_.at(id).state = ProcessState::Stopping;
        return {};
    }
    void forget(ProcessId id) override { processes_.erase(id); }
    std::optional<ProcessFacts> facts(ProcessId id) const override
    {
        const auto found = processes_.find(id);
        return found == processes_.end() ? std::nullopt : std::optional(found->second);
    }

    // Whatever was told to end has ended.
    void endStopped()
    {
        for (auto& [id, facts] : processes_) {
            if (facts.state == ProcessState::Stopping)
                facts.state = ProcessState::Ended;
        }
    }
    // It was killed, and its next start is due after a pause; then it has been started again.
    void crash(const std::string& name)
    {
        ProcessFacts& facts = named(name);
        facts.state = ProcessState::Waiting;
        facts.pid = 0;
        facts.lastExit.signal = 9;
    }
    void startAgain(const std::string& name)
    {
        ProcessFacts& facts = named(name);
        facts.state = ProcessState::Ready;
        ++facts.starts;
    }
    std::size_t running() const { return processes_.size(); }

    std::vector<ProcessSpec> started;
    std::vector<std::string> stopped;

private:
    ProcessFacts& named(const std::string& name)
    {
        for (auto& [id, facts] : processes_) {
            if (facts.name == name)
                return facts;
        }
        return processes_.at(0); // throws: the test names a process that is not there
    }

    ProcessId next_ = 1;
    std::map<ProcessId, ProcessFacts> processes_;
};

} // namespace signalbox::scaling
