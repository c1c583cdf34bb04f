// SPDX-License-Identifier: Apache-2.0
#include "tests/scenario/live_fleet.h"

#include "tests/lab/kit/http_fetch.h"
#include "tests/lab/kit/whole_file.h"

#include <simdjson.h>

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>

namespace signalbox::tests {

namespace {

using namespace std::chrono_literals;
constexpr std::chrono::seconds kStartPatience{90};
constexpr int kEndPatienceMs = 20'000;

simdjson::dom::element parse(simdjson::dom::parser& parser, const std::string& text)
{
    return parser.parse(text).value();
}

std::string textAt(simdjson::dom::element object, const char* key)
{
    std::string_view text;
    return object[key].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

pid_t pidAt(simdjson::dom::element object, const char* key)
{
    std::int64_t pid = 0;
    return object[key].get(pid) == simdjson::SUCCESS ? static_cast<pid_t>(pid) : 0;
}

lab::HttpAnswer call(const std::string& url, const lab::HttpCall& call)
{
    const auto answer = lab::fetch(*lab::parseHttpUrl(url), call, 10s);
    if (!answer)
        throw std::runtime_error(url + call.path + ": " + answer.error().text());
    return *answer;
}

} // namespace

std::string programPath(const std::string& name)
{
    return std::string(SIGNALBOX_PROGRAMS) + "/" + name;
}

LiveFleet::LiveFleet(const std::vector<std::string>& options)
    : readyFile_(folder_.file("ready"))
{
    std::vector<std::string> command{programPath("signalbox-lab-fleet"),
                                     "--headless",
                                     "--no-traffic",
                                     "--ports",
                                     "any",
                                     "--data",
                                     folder_.file("data"),
                                     "--ready-file",
                                     readyFile_};
    command.insert(command.end(), options.begin(), options.end());
    program_ = std::make_unique<ChildProcess>(std::move(command));
    if (!program_->waitForLine("Serving after", kStartPatience))
        throw std::runtime_error("the fleet does not serve:\n" + program_->output());
}

LiveFleet::~LiveFleet()
{
    program_->signal(SIGTERM);
    program_->wait();
}

std::vector<LiveAgent> LiveFleet::read(const std::string& list) const
{
    simdjson::dom::parser parser;
    const std::string text = lab::readWholeFile(readyFile_).value();
    std::vector<LiveAgent> agents;
    for (const simdjson::dom::element entry : parse(parser, text)[list].get_array()) {
        const bool isGateway = list == "gateways";
        agents.push_back({textAt(entry, "id"), textAt(entry, "serve"), textAt(entry, "control"),
                          textAt(entry, "observe"), textAt(entry, "engine"),
                          pidAt(entry, isGateway ? "pid" : "agent_pid"),
                          pidAt(entry, "engine_pid")});
    }
    return agents;
}

std::vector<LiveAgent> LiveFleet::gateways() const
{
    return read("gateways");
}

std::vector<LiveAgent> LiveFleet::agents() const
{
    return read("agents");
}

LiveAgent LiveFleet::agent(const std::string& id) const
{
    for (const LiveAgent& agent : agents()) {
        if (agent.id == id)
            return agent;
    }
    throw std::runtime_error("no agent " + id);
}

std::string LiveFleet::store() const
{
    simdjson::dom::parser parser;
    const std::string text = lab::readWholeFile(readyFile_).value();
    return textAt(parse(parser, text), "store");
}

Finished LiveFleet::ctl(std::vector<std::string> arguments) const
{
    std::vector<std::string> command{programPath("signalboxctl"), "--fleet",
                                     gateways().back().control, "--operator", "alice"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    return runToEnd(std::move(command));
}

std::unique_ptr<ChildProcess> LiveFleet::watch() const
{
    auto watch = std::make_unique<ChildProcess>(std::vector<std::string>{
        programPath("signalboxctl"), "--fleet", gateways().back().control, "watch"});
    for (const LiveAgent& agent : agents()) {
        if (!watch->waitForLine(agent.id + "  freshness: live"))
            throw std::runtime_error("watch does not see " + agent.id + ":\n" + watch->output());
    }
    return watch;
}

void LiveFleet::arm(const std::string& agentId, const std::string& faultJson) const
{
    lab::HttpCall fault;
    fault.method = "POST";
    fault.path = "/sim/fault";
    fault.body = faultJson;
    const lab::HttpAnswer answer = call(agent(agentId).engine, fault);
    if (answer.status != 200)
        throw std::runtime_error("the simulator refuses the fault: " + answer.body);
}

std::string LiveFleet::engineState(const std::string& agentId) const
{
    lab::HttpCall state;
    state.path = "/sim/state";
    return call(agent(agentId).engine, state).body;
}

std::uint64_t LiveFleet::strikes(const std::string& agentId, const std::string& kind) const
{
    simdjson::dom::parser parser;
    const std::string text = engineState(agentId);
    std::uint64_t count = 0;
    const auto error = parse(parser, text)["strikes"][kind].get(count);
    return error == simdjson::SUCCESS ? count : 0;
}

std::uint64_t LiveFleet::engineCount(const std::string& agentId, const std::string& counter) const
{
    simdjson::dom::parser parser;
    const std::string text = engineState(agentId);
    return parse(parser, text)[counter].get_uint64().value();
}

bool allEnd(const std::vector<pid_t>& pids)
{
    for (const pid_t pid : pids) {
        const int fd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
        if (fd < 0)
            continue; // there is none of that number any more
        pollfd end{fd, POLLIN, 0};
        const int ready = ::poll(&end, 1, kEndPatienceMs);
        ::close(fd);
        if (ready != 1)
            return false;
    }
    return true;
}

} // namespace signalbox::tests
