// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace signalbox::tests {

// A program that the test starts and ends. It dies with the test, whatever becomes of that.
// Lives on: the test's thread; a thread of its own reads what the program says, so that it never
// blocks on a full pipe. Waiting is for lines and for the end, never for time.
class ChildProcess {
public:
    explicit ChildProcess(std::vector<std::string> command);
    ~ChildProcess(); // with SIGKILL, if it still runs
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    void write(const std::string& text);
    void closeInput();
    void signal(int number) const;

    // The first line that contains the text, also among those already said.
    std::optional<std::string> waitForLine(const std::string& text,
                                           std::chrono::seconds most = std::chrono::seconds{60})
    {
        return waitForLineWith({text}, most);
    }
    // The first one that contains all of the parts, in that order.
    std::optional<std::string> waitForLineWith(std::vector<std::string> parts,
                                               std::chrono::seconds most
                                               = std::chrono::seconds{60});
    // How often a line contained the text so far; waits until it is that often.
    bool waitForLines(const std::string& text, std::size_t count,
                      std::chrono::seconds most = std::chrono::seconds{60});
    // Waits for the end: its exit status, or 128 + the signal that ended it.
    int wait();

    // Everything said on standard output and standard error so far.
    std::string output() const;

private:
    void readOutput(int fd);
    std::size_t countLines(const std::string& text) const;

    pid_t pid_ = -1;
    int input_ = -1;
    int status_ = -1;
    mutable std::mutex mutex_; // guards lines_ and hasEnded_
    std::condition_variable changed_;
    std::vector<std::string> lines_;
    bool hasEnded_ = false;
    std::thread reader_;
};

// Runs a program to its end.
struct Finished {
    int status = 0;
    std::string output;
};
Finished runToEnd(std::vector<std::string> command, const std::string& input = "");

// Whether the program is in the PATH.
bool isInstalled(const std::string& program);

// A folder of the test's own, removed with everything in it.
class TemporaryFolder {
public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    const std::string& path() const { return path_; }
    std::string file(const std::string& name) const { return path_ + "/" + name; }

private:
    std::string path_;
};

} // namespace signalbox::tests
