// SPDX-License-Identifier: Apache-2.0
#include "agent/scaling/process_supervisor.h"

#include "tests/support/manual_clock.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>

namespace signalbox::scaling {
namespace {

using namespace std::chrono_literals;
using tests::ManualClock;

constexpr auto kPatience = 20s; // only a broken build waits this long

ProcessSpec shell(const std::string& script)
{
    ProcessSpec spec;
    spec.name = "job";
    spec.command = {"/bin/sh", "-c", script};
    spec.restart = RestartPolicy::Never;
    return spec;
}

// Drives the supervisor until `done`, without ever advancing its clock.
bool driveUntil(ProcessSupervisor& supervisor, const std::function<bool()>& done)
{
    const auto giveUp = std::chrono::steady_clock::now() + kPatience;
    while (!done()) {
        if (std::chrono::steady_clock::now() > giveUp)
            return false;
        pollfd entry{supervisor.descriptor(), POLLIN, 0};
        ::poll(&entry, 1, 5);
        supervisor.poll();
    }
    return true;
}

bool waitUntil(const std::function<bool()>& done)
{
    const auto giveUp = std::chrono::steady_clock::now() + kPatience;
    while (!done()) {
        if (std::chrono::steady_clock::now() > giveUp)
            return false;
        ::poll(nullptr, 0, 5);
    }
    return true;
}

std::string contentOf(const std::filesystem::path& file)
{
    std::ostringstream content;
    content << std::ifstream(file).rdbuf();
    return content.str();
}

// Gone, or a zombie that only waits for its parent to notice.
bool isGone(pid_t pid)
{
    std::ifstream stat(fmt::format("/proc/{}/stat", pid));
    std::string line;
    if (!std::getline(stat, line))
        return true;
    const std::size_t name = line.rfind(')');
    return name == std::string::npos || line[name + 2] == 'Z' || line[name + 2] == 'X';
}

class ScratchFolder {
public:
    ScratchFolder()
    {
        std::string pattern = std::filesystem::temp_directory_path() / "signalbox-test-XXXXXX";
        path_ = ::mkdtemp(pattern.data());
    }
    ~ScratchFolder() { std::filesystem::remove_all(path_); }
    std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

private:
    std::filesystem::path path_;
};

std::vector<pid_t> pidsIn(const std::filesystem::path& file)
{
    std::vector<pid_t> pids;
    std::ifstream stream(file);
    for (pid_t pid = 0; stream >> pid;)
        pids.push_back(pid);
    return pids;
}

TEST(ProcessSupervisor, TellsHowAProcessEnded)
{
    const ManualClock clock;
    ProcessSupervisor supervisor(clock);

    const auto exits = supervisor.start(shell("exit 7"));
    const auto dies = supervisor.start(shell("kill -SEGV $$"));
    ProcessSpec missing = shell("");
    missing.command = {"/no/such/program"};
    const auto fails = supervisor.start(missing);
    ASSERT_TRUE(exits && dies && fails);
    ASSERT_TRUE(driveUntil(supervisor, [&] { return supervisor.allEnded(); }));

    EXPECT_EQ(supervisor.facts(*exits)->lastExit.code, 7);
    EXPECT_EQ(supervisor.facts(*dies)->lastExit.signal, SIGSEGV);
    EXPECT_EQ(supervisor.facts(*fails)->lastExit.startErrno, ENOENT);
    EXPECT_NE(supervisor.facts(*fails)->lastExit.text().find("No such file"), std::string::npos);
}

TEST(ProcessSupervisor, RefusesAnEmptyCommand)
{
    const ManualClock clock;
    ProcessSupervisor supervisor(clock);

    const auto refused = supervisor.start(ProcessSpec{});

    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), base::Code::InvalidArgument);
}

TEST(ProcessSupervisor, GivesEnvironmentDirectoryAndLog)
{
    const ManualClock clock;
    const ScratchFolder scratch;
    ProcessSupervisor supervisor(clock);
    ProcessSpec spec = shell("echo \"$GREETING from $PWD\"; echo problem >&2");
    spec.environment = {{"GREETING", "hello"}};
    spec.workingDirectory = "/";
    spec.logFile = scratch / "job.log";

    ASSERT_TRUE(supervisor.start(spec));
    ASSERT_TRUE(driveUntil(supervisor, [&] { return supervisor.allEnded(); }));

    EXPECT_EQ(contentOf(spec.logFile), "hello from /\nproblem\n");
}

TEST(ProcessSupervisor, ItsLogIsBounded)
{
    const ManualClock clock;
    const ScratchFolder scratch;
    ProcessSupervisor supervisor(clock);
    ProcessSpec spec = shell("i=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i+1)); done");
    spec.logFile = scratch / "job.log";
    spec.logBytesMax = 8 * 1024;

    const auto id = supervisor.start(spec);
    ASSERT_TRUE(id);
    ASSERT_TRUE(driveUntil(supervisor, [&] { return supervisor.allEnded(); }));

    EXPECT_EQ(supervisor.facts(*id)->lastExit.text(), "exited with status 0");
    // One read of the output is written whole, so a file may exceed its bound by one buffer.
    EXPECT_LE(std::filesystem::file_size(spec.logFile), 24 * 1024U);
    EXPECT_LE(std::filesystem::file_size(scratch / "job.log.1"), 24 * 1024U);
    const std::string newest = contentOf(spec.logFile);
    EXPECT_TRUE(newest.ends_with("line 2999\n")) << newest.size() << " bytes: " << newest;
}

TEST(ProcessSupervisor, IsReadyWhenTheHookSaysSo)
{
    ManualClock clock;
    ProcessSupervisor supervisor(clock);
    bool answers = false;
    ProcessSpec spec = shell("exec sleep 1000");
    spec.isReady = [&] { return answers; };
    const auto id = supervisor.start(spec);
    ASSERT_TRUE(id);
    ASSERT_TRUE(driveUntil(supervisor, [&] { return supervisor.facts(*id)->pid != 0; }));

    supervisor.poll();
    EXPECT_EQ(supervisor.facts(*id)->state, ProcessState::Starting);
    answers = true;
    clock.advance(200ms);
    supervisor.poll();

    EXPECT_EQ(supervisor.facts(*id)->state, ProcessState::Ready);
    const auto events = supervisor.takeEvents();
    ASSERT_EQ(events.size(), 2U);
    EXPECT_EQ(events[0].kind, ProcessEventKind::Started);
    EXPECT_EQ(events[1].kind, ProcessEventKind::Ready);
}

TEST(ProcessSupervisor, ACrashLoopIsSlowedDown)
{
    ManualClock clock;
    ProcessSupervisor supervisor(clock);
    ProcessSpec spec = shell("exit 1");
    spec.restart = RestartPolicy::AfterExit;
    const auto id = supervisor.start(spec);
    ASSERT_TRUE(id);
    const auto isWaiting
        = [&] { return supervisor.facts(*id)->state == ProcessState::Waiting; };

    std::vector<std::chrono::milliseconds> delays;
    for (int round = 0; round < 9; ++round) {
        ASSERT_TRUE(driveUntil(supervisor, isWaiting));
        for (const ProcessEvent& event : supervisor.takeEvents()) {
            if (event.kind == ProcessEventKind::Restarting)
                delays.push_back(event.delay);
        }
        clock.advance(delays.back() - 1ms);
        supervisor.poll();
        EXPECT_TRUE(isWaiting()) << "started before its time";
        clock.advance(1ms);
        supervisor.poll();
    }

    EXPECT_EQ(delays, (std::vector<std::chrono::milliseconds>{1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s,
                                                              60s}));
    EXPECT_EQ(supervisor.facts(*id)->starts, 10U);
}

TEST(ProcessSupervisor, ALongRunClearsTheCount)
{
    ManualClock clock;
    ProcessSupervisor supervisor(clock);
    const ScratchFolder scratch;
    ProcessSpec spec = shell(fmt::format("[ -e {0} ] && exec sleep 1000; exit 1",
                                         (scratch / "stays").string()));
    spec.restart = RestartPolicy::AfterExit;
    const auto id = supervisor.start(spec);
    ASSERT_TRUE(id);
    const auto stateIs = [&](ProcessState state) {
        return [&supervisor, &id, state] { return supervisor.facts(*id)->state == state; };
    };
    for (const auto delay : {1s, 2s}) {
        ASSERT_TRUE(driveUntil(supervisor, stateIs(ProcessState::Waiting)));
        clock.advance(delay);
        if (delay == 2s)
            std::ofstream(scratch / "stays") << "yes";
        supervisor.poll();
    }
    ASSERT_TRUE(driveUntil(supervisor, stateIs(ProcessState::Ready)));

    clock.advance(61s);
    ::kill(supervisor.facts(*id)->pid, SIGKILL);
    ASSERT_TRUE(driveUntil(supervisor, stateIs(ProcessState::Waiting)));

    EXPECT_EQ(supervisor.takeEvents().back().delay, 1s);
}

TEST(ProcessSupervisor, StopAsksThenKillsTheWholeGroup)
{
    ManualClock clock;
    const ScratchFolder scratch;
    ProcessSupervisor supervisor(clock);
    const std::string pids = scratch / "pids";
    const auto id = supervisor.start(shell(fmt::format(
        "trap '' TERM; sleep 1000 & echo $! >> {0}; echo $$ >> {0}; while :; do wait; done",
        pids)));
    ASSERT_TRUE(id);
    ASSERT_TRUE(driveUntil(supervisor, [&] { return pidsIn(pids).size() == 2; }));

    ASSERT_TRUE(supervisor.stop(*id));
    clock.advance(9s);
    supervisor.poll();
    EXPECT_FALSE(supervisor.allEnded()) << "its deadline has not come";
    clock.advance(2s);
    ASSERT_TRUE(driveUntil(supervisor, [&] { return supervisor.allEnded(); }));

    EXPECT_EQ(supervisor.facts(*id)->lastExit.signal, SIGKILL);
    for (const pid_t pid : pidsIn(pids))
        EXPECT_TRUE(isGone(pid)) << pid;
}

TEST(ProcessSupervisor, StoppedProcessesAreNotStartedAgain)
{
    const ManualClock clock;
    ProcessSupervisor supervisor(clock);
    ProcessSpec spec = shell("exec sleep 1000");
    spec.restart = RestartPolicy::AfterExit;
    const auto id = supervisor.start(spec);
    ASSERT_TRUE(id);
    ASSERT_TRUE(driveUntil(supervisor, [&] { return supervisor.facts(*id)->pid != 0; }));

    ASSERT_TRUE(supervisor.stop(*id));
    ASSERT_TRUE(driveUntil(supervisor, [&] { return supervisor.allEnded(); }));

    EXPECT_EQ(supervisor.facts(*id)->lastExit.signal, SIGTERM);
    EXPECT_EQ(supervisor.facts(*id)->starts, 1U);
    supervisor.forget(*id);
    EXPECT_EQ(supervisor.stop(*id).error().code(), base::Code::NotFound);
}

TEST(ProcessSupervisor, GrandchildrenThatLeftTheGroupEndWithTheirParent)
{
    const ManualClock clock;
    const ScratchFolder scratch;
    ProcessSupervisor supervisor(clock);
    const std::string pids = scratch / "pids";
    // A daemon in a session of its own, and one that stays in the group.
    const auto id = supervisor.start(shell(fmt::format(
        "setsid sh -c 'echo $$ >> {0}; exec sleep 1000' & sleep 1000 & echo $! >> {0}; "
        "while [ $(wc -l < {0}) -lt 2 ]; do :; done; exit 0",
        pids)));
    ASSERT_TRUE(id);

    ASSERT_TRUE(driveUntil(supervisor, [&] { return supervisor.allEnded(); }));

    ASSERT_EQ(pidsIn(pids).size(), 2U);
    for (const pid_t pid : pidsIn(pids))
        EXPECT_TRUE(isGone(pid)) << pid;
}

TEST(ProcessSupervisor, AKilledKeeperTakesItsGroupWithIt)
{
    const ManualClock clock;
    const ScratchFolder scratch;
    ProcessSupervisor supervisor(clock);
    const std::string pids = scratch / "pids";
    const auto id = supervisor.start(shell(
        fmt::format("sleep 1000 & echo $! >> {0}; echo $$ >> {0}; echo $PPID >> {0}; wait", pids)));
    ASSERT_TRUE(id);
    ASSERT_TRUE(driveUntil(supervisor, [&] { return pidsIn(pids).size() == 3; }));

    const pid_t keeper = pidsIn(pids).back();
    ASSERT_EQ(::kill(keeper, SIGKILL), 0);
    ASSERT_TRUE(driveUntil(supervisor, [&] { return supervisor.allEnded(); }));

    EXPECT_EQ(supervisor.facts(*id)->lastExit.signal, SIGKILL);
    for (const pid_t pid : pidsIn(pids))
        EXPECT_TRUE(waitUntil([pid] { return isGone(pid); })) << pid;
}

// A supervisor in a process of its own, which nobody stops.
pid_t forkSupervisor(const std::string& pids)
{
    const pid_t pid = ::fork();
    if (pid != 0)
        return pid;
    const ManualClock clock;
    ProcessSupervisor supervisor(clock);
    for (int i = 0; i < 3; ++i) {
        const auto started = supervisor.start(shell(fmt::format(
            "sleep 1000 & echo $! >> {0}; setsid sleep 1000 & echo $! >> {0}; echo $$ >> {0}; wait",
            pids)));
        if (!started)
            ::_exit(1);
    }
    driveUntil(supervisor, [] { return false; });
    ::_exit(1);
}

TEST(ProcessSupervisor, NothingSurvivesAKilledSupervisorAndNothingElseDies)
{
    const ScratchFolder scratch;
    const std::string pids = scratch / "pids";
    const pid_t bystander = ::fork();
    if (bystander == 0) {
        ::setpgid(0, 0);
        ::execlp("sleep", "sleep", "1000", nullptr);
        ::_exit(127);
    }
    const pid_t supervisor = forkSupervisor(pids);
    ASSERT_TRUE(waitUntil([&] { return pidsIn(pids).size() == 9; }));

    ASSERT_EQ(::kill(supervisor, SIGKILL), 0);
    ASSERT_EQ(::waitpid(supervisor, nullptr, 0), supervisor);

    for (const pid_t pid : pidsIn(pids))
        EXPECT_TRUE(waitUntil([pid] { return isGone(pid); })) << pid;
    EXPECT_FALSE(isGone(bystander));
    ::kill(bystander, SIGKILL);
    ::waitpid(bystander, nullptr, 0);
}

TEST(ProcessSupervisor, ItsEndIsTheEndOfWhatItStarted)
{
    const ManualClock clock;
    const ScratchFolder scratch;
    const std::string pids = scratch / "pids";
    {
        ProcessSupervisor supervisor(clock);
        ASSERT_TRUE(supervisor.start(shell(fmt::format(
            "trap '' TERM; sleep 1000 & echo $! >> {0}; echo $$ >> {0}; wait", pids))));
        ASSERT_TRUE(driveUntil(supervisor, [&] { return pidsIn(pids).size() == 2; }));
    }

    for (const pid_t pid : pidsIn(pids))
        EXPECT_TRUE(isGone(pid)) << pid;
}

} // namespace
} // namespace signalbox::scaling
