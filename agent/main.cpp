// SPDX-License-Identifier: Apache-2.0
#include "agent/process/agent_process.h"
#include "agent/process/config/config_file.h"
#include "agent/process/named_files.h"
#include "agent/process/version.h"
#include "shared/base/log.h"

#include <csignal>
#include <cstdio>
#include <string>
#include <vector>

namespace {

using namespace signalbox;

constexpr int kOk = 0;
constexpr int kFailed = 1;
constexpr int kUsage = 2;

constexpr const char* kHelp
    = "signalbox-agent: the door, health check and metrics source beside a model instance, or a\n"
      "gateway where there is none.\n"
      "\n"
      "  signalbox-agent run [FILE]        run with this configuration (none: all defaults)\n"
      "  signalbox-agent check FILE        tell every problem of it and of the files it names\n"
      "  signalbox-agent config --defaults every key with its default, unit and sentence\n"
      "  signalbox-agent version\n"
      "\n"
      "Exit: 0 ok, 1 failed (also: streams had to be cut at the end), 2 usage or configuration.\n";

// Problems and warnings, one a line; true when the configuration can be used.
bool tell(const process::LoadedConfig& loaded)
{
    for (const process::ConfigProblem& warning : loaded.warnings)
        std::fprintf(stderr, "warning: %s\n", warning.line().c_str());
    for (const process::ConfigProblem& problem : loaded.problems)
        std::fprintf(stderr, "%s\n", problem.line().c_str());
    return loaded.isUsable();
}

int check(const std::string& file)
{
    const process::LoadedConfig loaded = process::loadConfig(file, process::processEnvironment());
    const bool isUsable = tell(loaded);
    const std::vector<std::string> problems = process::readNamedFiles(loaded.config).problems;
    for (const std::string& problem : problems)
        std::fprintf(stderr, "%s\n", problem.c_str());
    if (!isUsable || !problems.empty())
        return kUsage;
    std::printf("%s is good\n", file.c_str());
    return kOk;
}

int run(const std::string& file)
{
    const process::LoadedConfig loaded = process::loadConfig(file, process::processEnvironment());
    if (!tell(loaded))
        return kUsage;
    log::setLevel(loaded.config.logLevel);
    // Blocked before any thread starts, so that every thread leaves them to this one.
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    auto agent = process::AgentProcess::start(loaded.config);
    if (!agent) {
        std::fprintf(stderr, "signalbox-agent did not start: %s\n", agent.error().text().c_str());
        return kFailed;
    }
    int received = 0;
    sigwait(&signals, &received);
    log::info("process", "stopping", "signal", received);
    return (*agent)->stop() ? kOk : kFailed;
}

} // namespace

int main(int count, char** values)
{
    const std::vector<std::string> arguments(values + 1, values + count);
    const std::string verb = arguments.empty() ? "" : arguments[0];
    if (verb == "run" && arguments.size() <= 2)
        return run(arguments.size() == 2 ? arguments[1] : "");
    if (verb == "check" && arguments.size() == 2)
        return check(arguments[1]);
    if (verb == "config" && arguments.size() == 2 && arguments[1] == "--defaults") {
        std::fputs(process::describeDefaults().c_str(), stdout);
        return kOk;
    }
    if (verb == "version" || verb == "--version") {
        std::printf("signalbox-agent %s\n", process::kVersion);
        return kOk;
    }
    const bool asksHelp = verb == "--help" || verb == "-h" || verb == "help";
    std::fputs(kHelp, asksHelp ? stdout : stderr);
    return asksHelp ? kOk : kUsage;
}
