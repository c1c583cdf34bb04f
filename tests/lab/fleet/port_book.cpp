// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/fleet/port_book.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace signalbox::lab_fleet {

using base::Code;
using base::Error;
using base::Result;

namespace {

namespace files = std::filesystem;

constexpr std::string_view kListening = "0A"; // the state's number in /proc/net/tcp

std::set<std::string> socketsListeningOn(std::uint16_t port)
{
    std::set<std::string> inodes;
    for (const char* table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
        std::ifstream stream(table);
        std::string line;
        std::getline(stream, line); // the head
        while (std::getline(stream, line)) {
            std::istringstream words(line);
            std::string number, local, remote, state, skipped, inode;
            words >> number >> local >> remote >> state;
            for (int i = 0; i < 5; ++i)
                words >> skipped;
            words >> inode;
            if (state == kListening && local.ends_with(fmt::format(":{:04X}", port)))
                inodes.insert(fmt::format("socket:[{}]", inode));
        }
    }
    return inodes;
}

bool holdsOneOf(const files::path& process, const std::set<std::string>& sockets)
{
    std::error_code error;
    for (files::directory_iterator it(process / "fd", error), end; !error && it != end;
         it.increment(error)) {
        std::error_code unreadable;
        if (sockets.contains(files::read_symlink(it->path(), unreadable).string()))
            return true;
    }
    return false;
}

} // namespace

Result<std::uint16_t> PortBook::any()
{
    return exactly(0);
}

Result<std::uint16_t> PortBook::exactly(std::uint16_t port)
{
    auto held = scaling::HeldPort::take(port);
    if (held) {
        ports_.push_back(std::move(*held));
        return ports_.back().number();
    }
    if (held.error().code() != Code::AlreadyExists)
        return held.error();
    const std::string holder = listenerOf(port);
    return Error(Code::AlreadyExists, fmt::format("port {} is in use{}", port,
                                                  holder.empty() ? "" : " by " + holder));
}

std::string listenerOf(std::uint16_t port)
{
    const std::set<std::string> sockets = socketsListeningOn(port);
    if (sockets.empty())
        return {};
    std::error_code error;
    for (files::directory_iterator it("/proc", error), end; !error && it != end;
         it.increment(error)) {
        const std::string pid = it->path().filename();
        if (pid.find_first_not_of("0123456789") != std::string::npos
            || !holdsOneOf(it->path(), sockets))
            continue;
        std::string name;
        std::getline(std::ifstream(it->path() / "comm"), name);
        return fmt::format("process {} ({})", pid, name);
    }
    return "a process of another user";
}

} // namespace signalbox::lab_fleet
