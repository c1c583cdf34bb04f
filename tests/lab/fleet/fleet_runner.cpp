// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/fleet/fleet_runner.h"

#include "tests/lab/fleet/foreground_child.h"
#include "tests/lab/fleet/stop_signal.h"
#include "tests/lab/kit/http_fetch.h"
#include "tests/lab/kit/json_text.h"
#include "tests/lab/kit/whole_file.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace signalbox::lab_fleet {

using base::Code;
using base::Error;
using base::Status;
using scaling::ProcessEvent;
using scaling::ProcessEventKind;

namespace {

constexpr std::chrono::seconds kStartDeadline{60};
constexpr std::chrono::milliseconds kPollEvery{50};
constexpr std::chrono::milliseconds kQuestionDeadline{500};
constexpr std::size_t kLogTailBytes = 1200;

std::string logTail(const std::filesystem::path& file)
{
    const auto content = lab::readWholeFile(file);
    if (!content || content->empty())
        return "its log is empty: " + file.string();
    std::string tail = content->substr(content->size() - std::min(content->size(), kLogTailBytes));
    if (tail.size() < content->size())
        tail.erase(0, tail.find('\n') + 1);
    return fmt::format("the end of {}:\n{}", file.string(), tail);
}

bool answersWith200(std::uint16_t port, lab::HttpCall call)
{
    lab::HttpUrl url;
    url.host = "127.0.0.1";
    url.port = port;
    const auto answer = lab::fetch(url, call, kQuestionDeadline);
    return answer && answer->status == 200;
}

std::string addressesJson(const AgentPart& part)
{
    return fmt::format(R"("id":"{}","serve":"http://127.0.0.1:{}","control":"grpc://127.0.0.1:{}",)"
                       R"("observe":"http://127.0.0.1:{}")",
                       part.id, part.serve, part.control, part.observe);
}

} // namespace

std::string readyJson(const FleetPlan& plan, const PidOf& pidOf)
{
    const AgentPart& first = plan.gateways.front();
    std::string gateways;
    for (const AgentPart& part : plan.gateways)
        gateways += fmt::format(R"({}{{{},"pid":{}}})", gateways.empty() ? "" : ",",
                                addressesJson(part), pidOf(part.id));
    std::string agents;
    for (std::size_t i = 0; i < plan.agents.size(); ++i) {
        const AgentPart& part = plan.agents[i];
        const EnginePart& engine = plan.engines[i];
        agents += fmt::format(R"({}{{{},"pool":"{}","model":{},"engine":{},"simulated":{},)"
                              R"("agent_pid":{},"engine_pid":{}}})",
                              agents.empty() ? "" : ",", addressesJson(part), part.pool,
                              lab::jsonString(engine.model), lab::jsonString(engine.url),
                              engine.isSimulated(), pidOf(part.id), pidOf(engine.id));
    }
    return fmt::format(R"({{"pid":{},"gateway":"http://127.0.0.1:{}",)"
                       R"("control":"grpc://127.0.0.1:{}","observe":"http://127.0.0.1:{}",)"
                       R"("store":"127.0.0.1:{}","gateways":[{}],"agents":[{}]}})"
                       "\n",
                       ::getpid(), first.serve, first.control, first.observe, first.store, gateways,
                       agents);
}

FleetRunner::FleetRunner(const FleetOptions& options, const FleetPlan& plan)
    : options_(options), plan_(plan), supervisor_(base::systemClock())
{
}

Status FleetRunner::start()
{
    SB_CHECK(prepareFolders());
    SB_CHECK(startEngines());
    const std::vector<AgentPart> keeper(plan_.gateways.begin(), plan_.gateways.begin() + 1);
    const std::vector<AgentPart> others(plan_.gateways.begin() + 1, plan_.gateways.end());
    SB_CHECK(startAgents(keeper, "gateway"));
    SB_CHECK(startAgents(others, "gateway"));
    SB_CHECK(startAgents(plan_.agents, "agent"));
    SB_CHECK(waitUntilServing());
    SB_CHECK(startTraffic());
    isUp_ = true;
    SB_CHECK(writeReadyFile());
    fmt::print("Serving after {:.1f} s at http://127.0.0.1:{}/v1 ; logs in {}\n",
               std::chrono::duration<double>(Clock::now() - began_).count(),
               plan_.gateways.front().serve, (options_.dataFolder / "logs").string());
    std::fflush(stdout);
    return {};
}

// Only folders of our own making are cleared.
Status FleetRunner::prepareFolders() const
{
    std::error_code error;
    for (const char* name : {"config", "ready", "logs", "state"}) {
        const std::filesystem::path folder = options_.dataFolder / name;
        const bool isKept
            = options_.oldState == OldState::Keep && std::string_view(name) == "state";
        if (!isKept)
            std::filesystem::remove_all(folder, error);
        if (!error)
            std::filesystem::create_directories(folder, error);
        if (error)
            return Error(Code::PermissionDenied,
                         fmt::format("cannot prepare {}: {}", folder.string(), error.message()));
    }
    if (!options_.readyFile.empty())
        std::filesystem::remove(options_.readyFile, error); // an old one would be a lie
    return lab::writeWholeFile(seedFile(options_), policySeed(options_, plan_));
}

Status FleetRunner::startEngines()
{
    for (const EnginePart& part : plan_.engines) {
        if (part.isSimulated())
            SB_CHECK(launch(engineProcess(options_, part)));
    }
    for (const EnginePart& part : plan_.engines) {
        if (part.isSimulated())
            SB_CHECK(waitFor(part.id, [&] {
                return std::filesystem::exists(readyFile(options_, part.id));
            }));
        printPart("engine", part.id, fmt::format("{}  {}, {}", part.url, part.kind, part.model));
    }
    return {};
}

Status FleetRunner::startAgents(const std::vector<AgentPart>& parts, const char* role)
{
    for (const AgentPart& part : parts) {
        SB_CHECK(lab::writeWholeFile(configFile(options_, part.id),
                                     agentConfig(options_, plan_, part)));
        SB_CHECK(launch(agentProcess(options_, part)));
    }
    for (const AgentPart& part : parts) {
        SB_CHECK(waitFor(part.id, [&] {
            return std::filesystem::exists(readyFile(options_, part.id));
        }));
        const std::string place = part.pool.empty()
            ? (part.store != 0 ? "with the store" : "")
            : fmt::format("in pool {}, beside {}", part.pool, part.engineUrl);
        printPart(role, part.id, fmt::format("http://127.0.0.1:{}  {}", part.serve, place));
    }
    return {};
}

Status FleetRunner::waitUntilServing()
{
    for (const AgentPart& part : plan_.agents)
        SB_CHECK(waitFor(part.id, [&] { return isReady(part); }));
    for (const AgentPart& part : plan_.gateways)
        SB_CHECK(waitFor(part.id, [&] { return isReady(part); }));
    for (const FleetPlan::Pool& pool : plan_.pools)
        SB_CHECK(waitFor(plan_.gateways.front().id, [&] { return answersRequests(pool); }));
    return {};
}

bool FleetRunner::isReady(const AgentPart& part) const
{
    lab::HttpCall call;
    call.path = "/readyz";
    return answersWith200(part.observe, call);
}

// One token through the first gateway proves the whole path. The user's own engines are not made
// to work for that: their agents have asked them already.
bool FleetRunner::answersRequests(const FleetPlan::Pool& pool) const
{
    lab::HttpCall call;
    call.path = "/v1/models";
    if (options_.engines.empty()) {
        call.method = "POST";
        call.path = "/v1/chat/completions";
        call.body = fmt::format(R"({{"model":{},"max_tokens":1,)"
                                R"("messages":[{{"role":"user","content":"ready?"}}]}})",
                                lab::jsonString(pool.model));
    }
    return answersWith200(plan_.gateways.front().serve, call);
}

Status FleetRunner::startTraffic()
{
    if (options_.traffic == Traffic::Off)
        return {};
    for (const FleetPlan::Pool& pool : plan_.pools) {
        scaling::ProcessSpec spec = trafficProcess(options_, plan_, pool);
        const std::string id = spec.name;
        SB_CHECK(launch(std::move(spec)));
        printPart("traffic", id,
                  fmt::format("replayer (simulated clients), {}, {:g}x",
                              options_.trace.empty()
                                  ? "generated chat"
                                  : std::filesystem::path(options_.trace).filename().string(),
                              options_.speed));
    }
    return {};
}

Status FleetRunner::launch(scaling::ProcessSpec spec)
{
    const std::string id = spec.name;
    SB_TRY(ids_[id], supervisor_.start(std::move(spec)));
    return {};
}

Status FleetRunner::waitFor(const std::string& id, const std::function<bool()>& isDone)
{
    const auto giveUp = Clock::now() + kStartDeadline;
    while (true) {
        supervisor_.pollWithin(std::chrono::milliseconds(0));
        SB_CHECK(checkEvents());
        if (isDone())
            return {};
        if (stopSignals() > 0)
            return Error(Code::Cancelled, "stopped while starting");
        if (Clock::now() > giveUp)
            return Error(Code::DeadlineExceeded,
                         fmt::format("{} is not ready after {} s; {}", id, kStartDeadline.count(),
                                     logTail(logFile(options_, id))));
        supervisor_.pollWithin(kPollEvery);
    }
}

// While the fleet starts, a part that ends is an error; later it is news, and started again.
Status FleetRunner::checkEvents()
{
    bool hasNews = false;
    for (const ProcessEvent& event : supervisor_.takeEvents()) {
        if (event.kind == ProcessEventKind::Exited && !isUp_)
            return Error(Code::FailedPrecondition,
                         fmt::format("{} {}; {}", event.name, event.exit.text(),
                                     logTail(logFile(options_, event.name))));
        if (!isUp_)
            continue;
        hasNews = true;
        if (!tableIsShown_)
            tell(event);
    }
    return hasNews ? writeReadyFile() : Status();
}

void FleetRunner::tell(const ProcessEvent& event) const
{
    const auto now = std::chrono::system_clock::to_time_t(base::systemClock().wall());
    std::string text;
    switch (event.kind) {
    case ProcessEventKind::Started: text = fmt::format("started, process {}", event.pid); break;
    case ProcessEventKind::Exited: text = event.exit.text(); break;
    case ProcessEventKind::Restarting:
        text = fmt::format("starts again in {} s", event.delay.count() / 1000);
        break;
    case ProcessEventKind::Ready:
    case ProcessEventKind::Ended: return;
    }
    fmt::print("{:%H:%M:%S} {} {}\n", fmt::localtime(now), event.name, text);
    std::fflush(stdout);
}

void FleetRunner::printPart(const std::string& role, const std::string& id,
                            const std::string& text) const
{
    fmt::print("{:>6.1f} s  {:<8} {:<16} {}\n",
               std::chrono::duration<double>(Clock::now() - began_).count(), role, id, text);
    std::fflush(stdout);
}

pid_t FleetRunner::pidOf(const std::string& id) const
{
    const auto it = ids_.find(id);
    if (it == ids_.end())
        return 0;
    const auto facts = supervisor_.facts(it->second);
    return facts ? facts->pid : 0;
}

Status FleetRunner::writeReadyFile()
{
    if (options_.readyFile.empty())
        return {};
    return lab::writeWholeFile(
        options_.readyFile, readyJson(plan_, [this](const std::string& id) { return pidOf(id); }));
}

// It is the user's to close; the fleet goes on without it.
Status FleetRunner::openConsole()
{
    if (options_.window == Window::None)
        return {};
    SB_TRY(auto console,
           ForegroundChild::start({(options_.programFolder / "signalbox").string(), "--connect",
                                   fmt::format("grpc://127.0.0.1:{}",
                                               plan_.gateways.front().control),
                                   "--label", "LAB"}));
    console_.emplace(std::move(console));
    return {};
}

Status FleetRunner::watch()
{
    SB_CHECK(openConsole());
    if (options_.picture == Picture::None) {
        fmt::print("Ctrl-C ends the fleet.\n");
        std::fflush(stdout);
        while (stopSignals() == 0) {
            supervisor_.pollWithin(std::chrono::seconds(1));
            SB_CHECK(checkEvents());
        }
        return {};
    }
    tableIsShown_ = true;
    SB_TRY(auto table,
           ForegroundChild::start({(options_.programFolder / "signalboxctl").string(), "--fleet",
                                   fmt::format("grpc://127.0.0.1:{}",
                                               plan_.gateways.front().control),
                                   "top"}));
    while (stopSignals() == 0 && !table.hasEnded()) {
        supervisor_.pollWithin(std::chrono::milliseconds(200));
        SB_CHECK(checkEvents());
    }
    return {};
}

void FleetRunner::stop()
{
    console_.reset();
    const auto isOneOf = [](const std::vector<AgentPart>& parts, const std::string& id) {
        return std::any_of(parts.begin(), parts.end(),
                           [&id](const AgentPart& part) { return part.id == id; });
    };
    if (!options_.readyFile.empty()) {
        std::error_code ignored; // it may not have been written yet
        std::filesystem::remove(options_.readyFile, ignored);
    }
    stopAll([](const std::string& id) { return id.starts_with("traffic-"); });
    stopAll([&](const std::string& id) { return isOneOf(plan_.agents, id); });
    stopAll([&](const std::string& id) { return isOneOf(plan_.gateways, id); });
    stopAll([](const std::string&) { return true; });
    fmt::print("All {} processes have ended.\n", ids_.size());
}

// A second signal does not wait for anybody: the supervisor's end kills what is left.
void FleetRunner::stopAll(const std::function<bool(const std::string&)>& isMeant)
{
    const int signalsBefore = stopSignals();
    std::vector<scaling::ProcessId> meant;
    for (const auto& [id, process] : ids_) {
        if (!isMeant(id))
            continue;
        (void)supervisor_.stop(process); // it is known: we started it
        meant.push_back(process);
    }
    const auto hasEnded = [this](scaling::ProcessId process) {
        const auto facts = supervisor_.facts(process);
        return !facts || facts->state == scaling::ProcessState::Ended;
    };
    while (stopSignals() == signalsBefore && !std::all_of(meant.begin(), meant.end(), hasEnded))
        supervisor_.pollWithin(std::chrono::milliseconds(200));
}

} // namespace signalbox::lab_fleet
