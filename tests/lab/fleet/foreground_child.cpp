// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/fleet/foreground_child.h"

#include <fmt/format.h>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

namespace signalbox::lab_fleet {

using base::Code;
using base::Error;
using base::Result;

Result<ForegroundChild> ForegroundChild::start(const std::vector<std::string>& command)
{
    std::vector<std::string> texts = command;
    std::vector<char*> arguments;
    for (std::string& text : texts)
        arguments.push_back(text.data());
    arguments.push_back(nullptr);
    const pid_t parent = ::getpid();
    const pid_t pid = ::fork();
    if (pid < 0)
        return Error(Code::ResourceExhausted,
                     fmt::format("cannot start {}: {}", command.front(), std::strerror(errno)));
    if (pid == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGTERM); // so that it can give the terminal back
        if (::getppid() != parent)
            ::_exit(1);
        for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE})
            ::signal(signal, SIG_DFL);
        ::execv(arguments.front(), arguments.data());
        ::_exit(127);
    }
    return ForegroundChild(pid);
}

ForegroundChild::ForegroundChild(ForegroundChild&& other) noexcept
    : pid_(std::exchange(other.pid_, 0))
{
}

ForegroundChild::~ForegroundChild()
{
    if (hasEnded())
        return;
    ::kill(pid_, SIGTERM);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) { }
}

bool ForegroundChild::hasEnded()
{
    if (pid_ != 0 && ::waitpid(pid_, nullptr, WNOHANG) != 0)
        pid_ = 0;
    return pid_ == 0;
}

} // namespace signalbox::lab_fleet
