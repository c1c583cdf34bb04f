// SPDX-License-Identifier: Apache-2.0
#include "shared/yaml/bounded_file.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace signalbox::yaml {

namespace {

// Closes the descriptor on every way out. Lives on: the calling thread.
class OpenFile {
public:
    // O_NONBLOCK: opening a FIFO must fail the check below, not wait for a writer.
    explicit OpenFile(const std::string& path)
        : fd_(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC))
    {
    }
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    ~OpenFile()
    {
        if (fd_ >= 0)
            ::close(fd_);
    }
    int fd() const { return fd_; }

private:
    int fd_;
};

base::Error cannotRead(const std::string& path, std::string_view why)
{
    return base::Error(base::Code::InvalidArgument, fmt::format("{}: {}", path, why));
}

} // namespace

base::Result<std::string> readBoundedFile(const std::string& path, std::size_t bytesMax)
{
    const OpenFile file(path);
    if (file.fd() < 0)
        return cannotRead(path, std::strerror(errno));
    struct stat facts {};
    if (::fstat(file.fd(), &facts) != 0)
        return cannotRead(path, std::strerror(errno));
    if (!S_ISREG(facts.st_mode))
        return cannotRead(path, "not a regular file");

    // The size is checked while reading: the file may grow after fstat, and /proc says 0.
    std::string text;
    std::array<char, 16 * 1024> part;
    while (true) {
        const ssize_t count = ::read(file.fd(), part.data(), part.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return cannotRead(path, std::strerror(errno));
        if (count == 0)
            return text;
        text.append(part.data(), static_cast<std::size_t>(count));
        if (text.size() > bytesMax)
            return cannotRead(path, fmt::format("larger than {} bytes", bytesMax));
    }
}

} // namespace signalbox::yaml
