// SPDX-License-Identifier: Apache-2.0
#include "agent/scaling/process_supervisor.h"

#include "shared/base/check.h"
#include "shared/base/limits.h"

#include <fmt/format.h>

#include <poll.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

namespace signalbox::scaling {

using base::Code;
using base::Error;
using base::Monotonic;
using base::Result;
using base::Status;

namespace {

constexpr std::chrono::milliseconds kReadinessEvery{100};

ProcessExit exitOf(int waitStatus)
{
    ProcessExit exit;
    if (WIFSIGNALED(waitStatus))
        exit.signal = WTERMSIG(waitStatus);
    else
        exit.code = WEXITSTATUS(waitStatus);
    return exit;
}

void waitForEnd(pid_t pid)
{
    while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) { }
}

} // namespace

std::chrono::milliseconds restartDelay(unsigned earlyEnds)
{
    std::chrono::milliseconds delay = limits::kProcessBackoffFirst;
    for (unsigned i = 1; i < earlyEnds && delay < limits::kProcessBackoffMost; ++i)
        delay *= 2;
    return std::min<std::chrono::milliseconds>(delay, limits::kProcessBackoffMost);
}

ProcessSupervisor::ProcessSupervisor(const base::Clock& clock)
    : clock_(clock), epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      events_(limits::kProcessEvents, base::WhenFull::DropOldest)
{
    thread_.bind();
    SB_ASSERT(epoll_ >= 0);
    // If a keeper is killed its command becomes our child, which keeps the command's pid from
    // being used again before we have ended its group.
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
}

ProcessSupervisor::~ProcessSupervisor()
{
    thread_.check();
    for (auto& [id, process] : processes_) {
        if (process.keeper.pid == 0)
            continue;
        ::close(process.keeper.connection); // the keeper takes that for "kill"
        waitForEnd(process.keeper.pid);
    }
    ::close(epoll_);
}

Result<ProcessId> ProcessSupervisor::start(ProcessSpec spec)
{
    thread_.check();
    if (spec.command.empty() || spec.command.front().empty())
        return Error(Code::InvalidArgument, fmt::format("{}: the command is empty", spec.name));
    if (processes_.size() >= limits::kSupervisedProcesses)
        return Error(Code::ResourceExhausted,
                     fmt::format("{}: {} processes are supervised already", spec.name,
                                 processes_.size()));
    Supervised process;
    process.facts.name = spec.name;
    process.spec = std::move(spec);
    const ProcessId id = nextId_++;
    SB_CHECK(launch(id, process));
    processes_.emplace(id, std::move(process));
    return id;
}

Status ProcessSupervisor::launch(ProcessId id, Supervised& process)
{
    SB_TRY(process.keeper, forkKeeper(process.spec));
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = id;
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, process.keeper.connection, &event);
    process.hasReported = false;
    process.facts.lastExit = {};
    ++process.facts.starts;
    enter(process, ProcessState::Starting);
    return {};
}

Status ProcessSupervisor::stop(ProcessId id)
{
    thread_.check();
    const auto it = processes_.find(id);
    if (it == processes_.end())
        return Error(Code::NotFound, fmt::format("process {} is not known", id));
    Supervised& process = it->second;
    switch (process.facts.state) {
    case ProcessState::Stopping:
    case ProcessState::Ended: return {};
    case ProcessState::Waiting:
        enter(process, ProcessState::Ended);
        tell(id, process, ProcessEventKind::Ended);
        return {};
    case ProcessState::Starting:
    case ProcessState::Ready:
        order(process, KeeperOrder::Terminate);
        enter(process, ProcessState::Stopping);
        process.wakeAt = clock_.monotonic() + process.spec.stopDeadline;
        return {};
    }
    return {};
}

void ProcessSupervisor::stopAll()
{
    for (const auto& [id, process] : processes_)
        (void)stop(id); // it is there: we are iterating over it
}

void ProcessSupervisor::forget(ProcessId id)
{
    thread_.check();
    const auto it = processes_.find(id);
    if (it != processes_.end() && it->second.facts.state == ProcessState::Ended)
        processes_.erase(it);
}

bool ProcessSupervisor::allEnded() const
{
    return std::all_of(processes_.begin(), processes_.end(), [](const auto& entry) {
        return entry.second.facts.state == ProcessState::Ended;
    });
}

std::optional<ProcessFacts> ProcessSupervisor::facts(ProcessId id) const
{
    const auto it = processes_.find(id);
    if (it == processes_.end())
        return std::nullopt;
    return it->second.facts;
}

std::optional<Monotonic> ProcessSupervisor::nextWake() const
{
    std::optional<Monotonic> wake;
    for (const auto& [id, process] : processes_) {
        if (process.wakeAt && (!wake || *process.wakeAt < *wake))
            wake = process.wakeAt;
    }
    return wake;
}

void ProcessSupervisor::poll()
{
    thread_.check();
    std::array<epoll_event, 64> ready;
    const int count = ::epoll_wait(epoll_, ready.data(), static_cast<int>(ready.size()), 0);
    for (int i = 0; i < count; ++i) {
        const ProcessId id = ready[static_cast<std::size_t>(i)].data.u64;
        const auto it = processes_.find(id);
        if (it != processes_.end() && it->second.keeper.pid != 0)
            receive(id, it->second);
    }
    const Monotonic now = clock_.monotonic();
    for (auto& [id, process] : processes_) {
        if (process.wakeAt && *process.wakeAt <= now)
            onTime(id, process);
    }
}

void ProcessSupervisor::pollWithin(std::chrono::milliseconds most)
{
    auto wait = most;
    if (const auto wake = nextWake()) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(*wake - clock_.monotonic());
        wait = std::clamp(left, std::chrono::milliseconds(0), most);
    }
    pollfd entry{epoll_, POLLIN, 0};
    ::poll(&entry, 1, static_cast<int>(wait.count())); // a signal may end it early: that is fine
    poll();
}

void ProcessSupervisor::receive(ProcessId id, Supervised& process)
{
    while (true) {
        KeeperMessage message;
        const ssize_t got = ::recv(process.keeper.connection, &message, sizeof message, 0);
        if (got == sizeof message) {
            onMessage(id, process, message);
        } else if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
            onKeeperGone(id, process);
            return;
        } else if (errno == EAGAIN) {
            return;
        }
    }
}

void ProcessSupervisor::onMessage(ProcessId id, Supervised& process, const KeeperMessage& message)
{
    switch (message.report) {
    case KeeperReport::Started:
        process.facts.pid = message.value;
        tell(id, process, ProcessEventKind::Started);
        if (process.facts.state == ProcessState::Starting)
            process.wakeAt = clock_.monotonic(); // ask at once whether it is ready
        return;
    case KeeperReport::StartFailed: process.facts.lastExit.startErrno = message.value; return;
    case KeeperReport::Exited: {
        const int startErrno = process.facts.lastExit.startErrno;
        process.facts.lastExit = exitOf(message.value);
        process.facts.lastExit.startErrno = startErrno;
        process.hasReported = true;
        return;
    }
    }
}

// The connection has ended: after a report as it should, without one because somebody killed
// the keeper. Then its command was killed with it, and we end what is left of the group, as long
// as the command is our child, which proves that the group is still this group.
void ProcessSupervisor::onKeeperGone(ProcessId id, Supervised& process)
{
    // A keeper that is being forked may hold this socket for a moment longer: closing it would
    // not yet take it out of the epoll set.
    ::epoll_ctl(epoll_, EPOLL_CTL_DEL, process.keeper.connection, nullptr);
    ::close(process.keeper.connection);
    waitForEnd(process.keeper.pid);
    const pid_t pid = process.facts.pid;
    if (!process.hasReported && pid > 0) {
        siginfo_t facts{};
        if (::waitid(P_PID, static_cast<id_t>(pid), &facts, WEXITED | WNOHANG | WNOWAIT) == 0) {
            ::kill(-pid, SIGKILL);
            waitForEnd(pid);
        }
        process.facts.lastExit.signal = SIGKILL;
    }
    process.keeper = {};
    onEnded(id, process);
}

void ProcessSupervisor::onEnded(ProcessId id, Supervised& process)
{
    const Monotonic now = clock_.monotonic();
    const bool wasStopped = process.facts.state == ProcessState::Stopping;
    const bool wasReady = process.facts.state == ProcessState::Ready;
    const bool ranLong = wasReady && now - process.facts.since >= limits::kProcessBackoffMost;
    tell(id, process, ProcessEventKind::Exited);
    process.facts.pid = 0;
    if (wasStopped || process.spec.restart == RestartPolicy::Never) {
        enter(process, ProcessState::Ended);
        tell(id, process, ProcessEventKind::Ended);
        return;
    }
    process.earlyEnds = ranLong ? 1 : process.earlyEnds + 1;
    enter(process, ProcessState::Waiting);
    process.wakeAt = now + restartDelay(process.earlyEnds);
    tell(id, process, ProcessEventKind::Restarting);
}

void ProcessSupervisor::onTime(ProcessId id, Supervised& process)
{
    process.wakeAt.reset();
    switch (process.facts.state) {
    case ProcessState::Starting:
        if (process.spec.isReady && !process.spec.isReady()) {
            process.wakeAt = clock_.monotonic() + kReadinessEvery;
            return;
        }
        enter(process, ProcessState::Ready);
        tell(id, process, ProcessEventKind::Ready);
        return;
    case ProcessState::Waiting:
        if (!launch(id, process)) // no process to be had now: as if it had ended early again
            onEnded(id, process);
        return;
    case ProcessState::Stopping: order(process, KeeperOrder::Kill); return;
    case ProcessState::Ready:
    case ProcessState::Ended: return;
    }
}

void ProcessSupervisor::order(Supervised& process, KeeperOrder order)
{
    const char byte = static_cast<char>(order);
    // If the keeper is gone already, receive() learns that and does what is left to do.
    ::send(process.keeper.connection, &byte, 1, MSG_NOSIGNAL);
}

void ProcessSupervisor::enter(Supervised& process, ProcessState state)
{
    process.facts.state = state;
    process.facts.since = clock_.monotonic();
    process.wakeAt.reset();
}

void ProcessSupervisor::tell(ProcessId id, const Supervised& process, ProcessEventKind kind)
{
    ProcessEvent event;
    event.process = id;
    event.name = process.spec.name;
    event.kind = kind;
    event.pid = process.facts.pid;
    event.exit = process.facts.lastExit;
    if (kind == ProcessEventKind::Restarting)
        event.delay = restartDelay(process.earlyEnds);
    events_.push(std::move(event));
}

std::vector<ProcessEvent> ProcessSupervisor::takeEvents()
{
    thread_.check();
    std::vector<ProcessEvent> events;
    while (auto event = events_.pop())
        events.push_back(*std::move(event));
    return events;
}

} // namespace signalbox::scaling
