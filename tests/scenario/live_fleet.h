// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/child_process.h"

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace signalbox::tests {

// A gateway, or an instance's agent with its simulated engine. URLs as the fleet announces them.
struct LiveAgent {
    std::string id;
    std::string serve;
    std::string control;
    std::string observe;
    std::string engine; // empty: a gateway
    pid_t pid = 0;
    pid_t enginePid = 0;
};

// A whole fleet as `./run --headless` starts it: real processes on ports of the system's choice, in
// a folder of its own, ended with the test. Without traffic unless the test sends some.
// Lives on: the test's thread. The constructor throws when the fleet does not serve.
class LiveFleet {
public:
    explicit LiveFleet(const std::vector<std::string>& options = {});
    ~LiveFleet();
    LiveFleet(const LiveFleet&) = delete;
    LiveFleet& operator=(const LiveFleet&) = delete;

    // As they are now: a part that was restarted has another pid.
    std::vector<LiveAgent> gateways() const;
    std::vector<LiveAgent> agents() const;
    LiveAgent agent(const std::string& id) const; // throws if there is none
    std::string gateway() const { return gateways().at(0).serve; }
    std::string store() const; // host:port

    // The program that keeps it: its lines tell of parts that end and start again.
    ChildProcess& program() { return *program_; }
    const std::string& dataFolder() const { return folder_.path(); }

    // signalboxctl, asking the last gateway: the one that does not keep the store, if there are
    // several.
    Finished ctl(std::vector<std::string> arguments) const;
    // `signalboxctl watch`, connected: a line for each change.
    std::unique_ptr<ChildProcess> watch() const;

    // Faults of the simulated engine beside that agent; see `signalbox-engine-sim --help`.
    void arm(const std::string& agentId, const std::string& faultJson) const;
    std::uint64_t strikes(const std::string& agentId, const std::string& kind) const;
    std::uint64_t engineCount(const std::string& agentId, const std::string& counter) const;

private:
    std::vector<LiveAgent> read(const std::string& list) const;
    std::string engineState(const std::string& agentId) const;

    TemporaryFolder folder_;
    std::string readyFile_;
    std::unique_ptr<ChildProcess> program_;
};

// Programs of the build under test.
std::string programPath(const std::string& name);

// Whether every one of these processes ends within a time that no healthy machine needs.
bool allEnd(const std::vector<pid_t>& pids);

} // namespace signalbox::tests
