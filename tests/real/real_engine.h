// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/lab/kit/http_fetch.h"
#include "tests/support/child_process.h"

#include <memory>
#include <string>
#include <vector>

namespace signalbox::tests {

// Path of what install_engine put there.
std::string enginePath(const std::string& engine, const std::string& file);
// A loopback port that was free a moment ago, with as many free ones right behind it.
int freePorts(int count);
// Asks until the answer is 200; false after a minute and a half.
bool becomesReady(const std::string& url, const std::string& path);
lab::HttpAnswer get(const std::string& url, const std::string& path);
lab::HttpAnswer post(const std::string& url, const std::string& path, const std::string& body);
lab::HttpAnswer put(const std::string& url, const std::string& path, const std::string& body);

// One signalbox-agent beside a real engine that it must recognise by itself, with a route for each
// model. Lives on: the test's thread; the agent ends with it.
class RealAgent {
public:
    RealAgent(const std::string& engineUrl, const std::vector<std::string>& models);

    const std::string& serve() const { return serve_; }
    const std::string& observe() const { return observe_; }
    std::string log() const { return program_->output(); }

private:
    TemporaryFolder folder_;
    std::unique_ptr<ChildProcess> program_;
    std::string serve_;
    std::string observe_;
};

} // namespace signalbox::tests
