// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/fleet/fleet_lock.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>

namespace signalbox::lab_fleet {

using base::Code;
using base::Error;
using base::Result;

Result<FleetLock> FleetLock::take(const std::filesystem::path& dataFolder)
{
    std::error_code error;
    std::filesystem::create_directories(dataFolder, error);
    const std::filesystem::path path = dataFolder / "fleet.lock";
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (file < 0)
        return Error(Code::PermissionDenied,
                     fmt::format("cannot write {}: {}", path.string(), std::strerror(errno)));
    FleetLock lock(file);
    if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
        std::array<char, 32> holder{};
        const ssize_t size = ::pread(file, holder.data(), holder.size() - 1, 0);
        return Error(Code::AlreadyExists,
                     fmt::format("a fleet runs already in {}, as process {}; end it with Ctrl-C "
                                 "there or `kill {}`, or give this one another folder with --data "
                                 "and --ports any",
                                 dataFolder.string(), size > 0 ? holder.data() : "?",
                                 size > 0 ? holder.data() : "PID"));
    }
    const std::string pid = std::to_string(::getpid());
    if (::ftruncate(file, 0) != 0
        || ::pwrite(file, pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size()))
        return Error(Code::ResourceExhausted,
                     fmt::format("cannot write {}: {}", path.string(), std::strerror(errno)));
    return lock;
}

FleetLock::~FleetLock()
{
    if (file_ >= 0)
        ::close(file_);
}

} // namespace signalbox::lab_fleet
