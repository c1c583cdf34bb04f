// SPDX-License-Identifier: Apache-2.0
#include "agent/scaling/keeper.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

// Everything in class KeeperProcess runs after fork() in a process that may have had threads:
// system calls only, no allocation, no locks. Memory is prepared before the fork.

extern char** environ;

namespace signalbox::scaling {

using base::Code;
using base::Error;
using base::Result;

namespace {

constexpr int kFirstFreeDescriptor = 3;
constexpr std::size_t kLogBufferBytes = 16 * 1024;
constexpr int kOrphanSweeps = 500;    // a fork bomb must not keep the keeper for ever
constexpr int kOrphanSweepWaitMs = 2; // for the killed to become zombies

// Argument and environment arrays in the form that exec wants.
class ExecPlan {
public:
    explicit ExecPlan(const ProcessSpec& spec) : program_(findProgram(spec.command.front()))
    {
        for (const std::string& argument : spec.command)
            arguments_.push_back(argument);
        for (char** entry = environ; *entry != nullptr; ++entry) {
            const std::string_view variable(*entry);
            if (!spec.environment.contains(std::string(variable.substr(0, variable.find('=')))))
                environment_.emplace_back(variable);
        }
        for (const auto& [name, value] : spec.environment)
            environment_.push_back(name + "=" + value);
        pointTo(arguments_, argumentPointers_);
        pointTo(environment_, environmentPointers_);
        directory_ = spec.workingDirectory.string();
        log_ = spec.logFile.string();
        olderLog_ = log_ + ".1";
        logBytesMax_ = spec.logBytesMax;
    }

    const char* program() const { return program_.c_str(); }
    char* const* arguments() const { return argumentPointers_.data(); }
    char* const* environment() const { return environmentPointers_.data(); }
    const char* directory() const { return directory_.empty() ? nullptr : directory_.c_str(); }
    const char* log() const { return log_.empty() ? nullptr : log_.c_str(); }
    const char* olderLog() const { return olderLog_.c_str(); }
    std::size_t logBytesMax() const { return logBytesMax_; }

private:
    // execvpe() allocates; the search is therefore done before the fork.
    static std::string findProgram(const std::string& name)
    {
        if (name.find('/') != std::string::npos)
            return name;
        const char* path = std::getenv("PATH");
        std::string_view rest = path == nullptr ? "/usr/bin:/bin" : path;
        while (!rest.empty()) {
            const std::string_view folder = rest.substr(0, rest.find(':'));
            rest.remove_prefix(std::min(folder.size() + 1, rest.size()));
            const std::string candidate = std::string(folder) + "/" + name;
            if (!folder.empty() && ::access(candidate.c_str(), X_OK) == 0)
                return candidate;
        }
        return name;
    }

    static void pointTo(std::vector<std::string>& texts, std::vector<char*>& pointers)
    {
        for (std::string& text : texts)
            pointers.push_back(text.data());
        pointers.push_back(nullptr);
    }

    std::string program_;
    std::vector<std::string> arguments_;
    std::vector<std::string> environment_;
    std::vector<char*> argumentPointers_;
    std::vector<char*> environmentPointers_;
    std::string directory_;
    std::string log_;
    std::string olderLog_;
    std::size_t logBytesMax_ = 0;
};

// close_range() arrived with Linux 5.9; older kernels get the slow way.
void closeFrom(int first)
{
    if (::close_range(static_cast<unsigned>(first), ~0U, 0) == 0)
        return;
    const long limit = ::sysconf(_SC_OPEN_MAX);
    for (int descriptor = first; descriptor < limit; ++descriptor)
        ::close(descriptor);
}

class KeeperProcess {
public:
    KeeperProcess(const ExecPlan& plan, int connection) : plan_(plan), connection_(connection) {}

    [[noreturn]] void run()
    {
        detach();
        child_ = ::fork();
        if (child_ < 0) {
            report(KeeperReport::StartFailed, errno);
            ::_exit(1);
        }
        if (child_ == 0)
            becomeTheCommand();
        ::close(outputForChild_);
        report(KeeperReport::Started, child_);
        watch();
    }

private:
    // Keeps nothing of the parent but the connection, and hears no signal but SIGCHLD.
    void detach()
    {
        ::setpgid(0, 0);
        ::prctl(PR_SET_NAME, "sb-keeper");
        ::prctl(PR_SET_CHILD_SUBREAPER, 1); // orphans of the command come to us
        connection_ = ::dup3(connection_, kFirstFreeDescriptor, O_CLOEXEC) >= 0
            ? kFirstFreeDescriptor
            : connection_;
        closeFrom(kFirstFreeDescriptor + 1);
        const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
        for (int standard = 0; standard < kFirstFreeDescriptor; ++standard)
            ::dup2(nothing, standard);
        sigset_t all;
        sigfillset(&all);
        ::sigprocmask(SIG_SETMASK, &all, nullptr);
        sigset_t children;
        sigemptyset(&children);
        sigaddset(&children, SIGCHLD);
        childSignals_ = ::signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK);
        std::array<int, 2> output{-1, -1};
        if (::pipe2(output.data(), O_CLOEXEC) == 0) {
            output_ = output[0];
            outputForChild_ = output[1];
            ::fcntl(output_, F_SETFL, O_NONBLOCK);
        }
        openLog();
    }

    [[noreturn]] void becomeTheCommand()
    {
        ::setpgid(0, 0);
        ::prctl(PR_SET_PDEATHSIG, SIGKILL); // should the keeper itself be killed
        ::dup2(outputForChild_, STDOUT_FILENO);
        ::dup2(outputForChild_, STDERR_FILENO);
        for (int number = 1; number < NSIG; ++number)
            ::signal(number, SIG_DFL);
        sigset_t none;
        sigemptyset(&none);
        ::sigprocmask(SIG_SETMASK, &none, nullptr);
        if (plan_.directory() == nullptr || ::chdir(plan_.directory()) == 0)
            ::execve(plan_.program(), plan_.arguments(), plan_.environment());
        report(KeeperReport::StartFailed, errno);
        ::_exit(127);
    }

    [[noreturn]] void watch()
    {
        ::setpgid(child_, child_); // whoever of the two is first
        std::array<pollfd, 3> entries{{{connection_, POLLIN, 0},
                                       {childSignals_, POLLIN, 0},
                                       {output_, POLLIN, 0}}};
        while (true) {
            if (::poll(entries.data(), entries.size(), -1) < 0)
                continue;
            if (entries[2].revents != 0 && !copyOutput())
                entries[2].fd = -1;
            if (entries[0].revents != 0)
                obey();
            if (entries[1].revents != 0)
                reap();
        }
    }

    void obey()
    {
        char order = 0;
        const ssize_t got = ::recv(connection_, &order, 1, MSG_DONTWAIT);
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (got == 1 && order == static_cast<char>(KeeperOrder::Terminate)) {
            ::kill(-child_, SIGTERM);
            return;
        }
        ::kill(-child_, SIGKILL);
        if (got != 1) { // the supervisor is gone: nobody waits for a report
            endOrphans();
            ::_exit(0);
        }
    }

    void reap()
    {
        signalfd_siginfo ignored; // only says that there is something to wait for
        while (::read(childSignals_, &ignored, sizeof ignored) > 0) { }
        siginfo_t ended{};
        while (::waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT) == 0 && ended.si_pid != 0) {
            if (ended.si_pid == child_)
                finish();
            ::waitpid(ended.si_pid, nullptr, 0); // an orphan that ended by itself
            ended.si_pid = 0;
        }
    }

    [[noreturn]] void finish()
    {
        // Until we wait for the command its pid, and so the number of its group, is nobody else's.
        ::kill(-child_, SIGKILL);
        int status = 0;
        ::waitpid(child_, &status, 0);
        endOrphans();
        copyOutput();
        report(KeeperReport::Exited, status);
        ::_exit(0);
    }

    // What left the group and lost its parent is our child now.
    void endOrphans()
    {
        for (int sweep = 0; sweep < kOrphanSweeps; ++sweep) {
            while (::waitpid(-1, nullptr, WNOHANG) > 0) { }
            if (!killListed("/proc/thread-self/children"))
                return;
            ::poll(nullptr, 0, kOrphanSweepWaitMs);
        }
    }

    // Kills each pid of a file of numbers; false when it names none.
    static bool killListed(const char* path)
    {
        const int file = ::open(path, O_RDONLY | O_CLOEXEC);
        if (file < 0)
            return false;
        std::array<char, 4096> text;
        const ssize_t size = ::read(file, text.data(), text.size());
        ::close(file);
        pid_t pid = 0;
        bool any = false;
        for (ssize_t i = 0; i < size; ++i) {
            const char c = text[static_cast<std::size_t>(i)];
            if (c >= '0' && c <= '9') {
                pid = pid * 10 + (c - '0');
            } else if (pid > 0) {
                ::kill(pid, SIGKILL);
                any = true;
                pid = 0;
            }
        }
        return any;
    }

    void openLog()
    {
        if (plan_.log() == nullptr)
            return;
        log_ = ::open(plan_.log(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
        struct stat facts{};
        if (log_ >= 0 && ::fstat(log_, &facts) == 0)
            logBytes_ = static_cast<std::size_t>(facts.st_size);
    }

    // False when the output has ended.
    bool copyOutput()
    {
        std::array<char, kLogBufferBytes> buffer;
        while (true) {
            const ssize_t got = ::read(output_, buffer.data(), buffer.size());
            if (got == 0)
                return false;
            if (got < 0)
                return errno == EAGAIN || errno == EINTR;
            writeLog(buffer.data(), static_cast<std::size_t>(got));
        }
    }

    // A log that cannot be written (full disk) is lost; the command must not stand still for it.
    void writeLog(const char* data, std::size_t size)
    {
        if (log_ < 0)
            return;
        if (logBytes_ > 0 && logBytes_ + size > plan_.logBytesMax()) {
            ::close(log_);
            ::rename(plan_.log(), plan_.olderLog());
            logBytes_ = 0;
            openLog();
        }
        if (const ssize_t written = ::write(log_, data, size); written > 0)
            logBytes_ += static_cast<std::size_t>(written);
    }

    void report(KeeperReport kind, std::int32_t value) const
    {
        const KeeperMessage message{kind, value};
        ::send(connection_, &message, sizeof message, MSG_NOSIGNAL);
    }

    const ExecPlan& plan_;
    int connection_;
    int childSignals_ = -1;
    int output_ = -1;
    int outputForChild_ = -1;
    int log_ = -1;
    std::size_t logBytes_ = 0;
    pid_t child_ = 0;
};

} // namespace

Result<Keeper> forkKeeper(const ProcessSpec& spec)
{
    const ExecPlan plan(spec);
    std::array<int, 2> ends{-1, -1};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
        return Error(Code::ResourceExhausted,
                     fmt::format("cannot start {}: {}", spec.name, std::strerror(errno)));
    const pid_t pid = ::fork();
    if (pid == 0)
        KeeperProcess(plan, ends[1]).run();
    const int error = errno;
    ::close(ends[1]);
    if (pid < 0) {
        ::close(ends[0]);
        return Error(Code::ResourceExhausted,
                     fmt::format("cannot start {}: {}", spec.name, std::strerror(error)));
    }
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
    return Keeper{ends[0], pid};
}

} // namespace signalbox::scaling
