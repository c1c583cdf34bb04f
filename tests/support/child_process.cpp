// SPDX-License-Identifier: Apache-2.0
#include "tests/support/child_process.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <stdexcept>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace signalbox::tests {

ChildProcess::ChildProcess(std::vector<std::string> command)
{
    // A child that ends before it has read its input must not end the test.
    std::signal(SIGPIPE, SIG_IGN);
    std::array<int, 2> in{};
    std::array<int, 2> out{};
    if (::pipe2(in.data(), O_CLOEXEC) != 0 || ::pipe2(out.data(), O_CLOEXEC) != 0)
        throw std::runtime_error("no pipe");
    std::vector<char*> arguments;
    for (std::string& argument : command)
        arguments.push_back(argument.data());
    arguments.push_back(nullptr);
    const pid_t parent = ::getpid();
    pid_ = ::fork();
    if (pid_ == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != parent)
            ::_exit(126);
        ::dup2(in[0], STDIN_FILENO);
        ::dup2(out[1], STDOUT_FILENO);
        ::dup2(out[1], STDERR_FILENO);
        ::execvp(arguments[0], arguments.data());
        ::_exit(127);
    }
    ::close(in[0]);
    ::close(out[1]);
    input_ = in[1];
    reader_ = std::thread([this, fd = out[0]] { readOutput(fd); });
}

ChildProcess::~ChildProcess()
{
    if (status_ < 0)
        signal(SIGKILL);
    wait();
}

void ChildProcess::readOutput(int fd)
{
    std::string rest;
    std::array<char, 4096> block{};
    while (true) {
        const ssize_t got = ::read(fd, block.data(), block.size());
        if (got <= 0)
            break;
        rest.append(block.data(), static_cast<std::size_t>(got));
        const std::lock_guard lock(mutex_);
        for (std::size_t end = rest.find('\n'); end != std::string::npos; end = rest.find('\n')) {
            lines_.push_back(rest.substr(0, end));
            rest.erase(0, end + 1);
        }
        changed_.notify_all();
    }
    ::close(fd);
    const std::lock_guard lock(mutex_);
    if (!rest.empty())
        lines_.push_back(rest);
    hasEnded_ = true;
    changed_.notify_all();
}

void ChildProcess::write(const std::string& text)
{
    std::size_t sent = 0;
    while (sent < text.size()) {
        const ssize_t now = ::write(input_, text.data() + sent, text.size() - sent);
        if (now <= 0)
            return;
        sent += static_cast<std::size_t>(now);
    }
}

void ChildProcess::closeInput()
{
    if (input_ >= 0)
        ::close(input_);
    input_ = -1;
}

void ChildProcess::signal(int number) const
{
    if (status_ < 0)
        ::kill(pid_, number);
}

std::size_t ChildProcess::countLines(const std::string& text) const
{
    return static_cast<std::size_t>(
        std::count_if(lines_.begin(), lines_.end(), [&](const std::string& line) {
            return line.find(text) != std::string::npos;
        }));
}

bool ChildProcess::waitForLines(const std::string& text, std::size_t count,
                                std::chrono::seconds most)
{
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, most, [&] { return hasEnded_ || countLines(text) >= count; });
    return countLines(text) >= count;
}


std::optional<std::string> ChildProcess::waitForLineWith(std::vector<std::string> parts,
                                                         std::chrono::seconds most)
{
    const auto hasAll = [&](const std::string& line) {
        std::size_t at = 0;
        return std::all_of(parts.begin(), parts.end(), [&](const std::string& part) {
            at = line.find(part, at);
            return at != std::string::npos;
        });
    };
    std::unique_lock lock(mutex_);
    auto found = lines_.end();
    changed_.wait_for(lock, most, [&] {
        found = std::find_if(lines_.begin(), lines_.end(), hasAll);
        return hasEnded_ || found != lines_.end();
    });
    return found == lines_.end() ? std::nullopt : std::optional(*found);
}

int ChildProcess::wait()
{
    if (status_ >= 0)
        return status_;
    closeInput();
    int raw = 0;
    while (::waitpid(pid_, &raw, 0) < 0 && errno == EINTR) { }
    status_ = WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
    if (reader_.joinable())
        reader_.join();
    return status_;
}

std::string ChildProcess::output() const
{
    const std::lock_guard lock(mutex_);
    std::string all;
    for (const std::string& line : lines_)
        all += line + "\n";
    return all;
}

Finished runToEnd(std::vector<std::string> command, const std::string& input)
{
    ChildProcess child(std::move(command));
    child.write(input);
    child.closeInput();
    const int status = child.wait();
    return Finished{status, child.output()};
}

bool isInstalled(const std::string& program)
{
    const char* path = std::getenv("PATH");
    std::istringstream folders(path != nullptr ? path : "");
    for (std::string folder; std::getline(folders, folder, ':');) {
        if (::access((folder + "/" + program).c_str(), X_OK) == 0)
            return true;
    }
    return false;
}

TemporaryFolder::TemporaryFolder()
{
    std::string pattern = std::filesystem::temp_directory_path() / "signalbox-store-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr)
        throw std::runtime_error("no temporary folder");
    path_ = pattern;
}

TemporaryFolder::~TemporaryFolder()
{
    std::error_code ignored; // a leftover in /tmp harms nobody
    std::filesystem::remove_all(path_, ignored);
}

} // namespace signalbox::tests
