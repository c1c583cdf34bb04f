// SPDX-License-Identifier: Apache-2.0
#include "agent/control/files/durable_file.h"

#include "agent/control/files/digest.h"
#include "shared/yaml/bounded_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace signalbox::control {

namespace {

// "signalbox-file 1 sha256=<64 digits>\n", then the body.
constexpr std::string_view kMagic = "signalbox-file 1 sha256=";
constexpr std::size_t kHashLength = 64;
constexpr std::size_t kHeadLength = kMagic.size() + kHashLength + 1;

// Closes the descriptor on every way out. Lives on: the calling thread.
class Descriptor {
public:
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor()
    {
        if (fd_ >= 0)
            ::close(fd_);
    }
    int fd() const { return fd_; }

private:
    int fd_;
};

base::Error failed(std::string_view what, const std::string& path)
{
    return base::Error(base::Code::Unavailable,
                       fmt::format("cannot {} {}: {}", what, path, std::strerror(errno)));
}

bool exists(const std::string& path)
{
    struct stat facts {};
    return ::lstat(path.c_str(), &facts) == 0;
}

base::Status writeAll(int fd, std::string_view bytes, const std::string& path)
{
    while (!bytes.empty()) {
        const ssize_t count = ::write(fd, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return failed("write", path);
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return {};
}

base::Status writeSynced(const std::string& path, std::string_view head, std::string_view body)
{
    // Only the agent's own user reads it: it names addresses and key hashes.
    const Descriptor file(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (file.fd() < 0)
        return failed("open", path);
    SB_CHECK(writeAll(file.fd(), head, path));
    SB_CHECK(writeAll(file.fd(), body, path));
    if (::fsync(file.fd()) != 0)
        return failed("sync", path);
    return {};
}

// A rename is durable only when its directory is.
base::Status syncFolderOf(const std::string& path)
{
    const std::string folder = std::filesystem::path(path).parent_path().string();
    const Descriptor handle(
        ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (handle.fd() < 0 || ::fsync(handle.fd()) != 0)
        return failed("sync the folder of", path);
    return {};
}

base::Status renameTo(const std::string& from, const std::string& to)
{
    if (::rename(from.c_str(), to.c_str()) != 0)
        return failed("rename to", to);
    return {};
}

} // namespace

base::Status DurableFile::write(std::string_view body) const
{
    if (body.size() > bytesMax_) {
        return base::Error(base::Code::ResourceExhausted,
                           fmt::format("{} would have {} bytes, the limit is {}", path_,
                                       body.size(), bytesMax_));
    }
    const std::string beside = path_ + ".new";
    SB_CHECK(writeSynced(beside, fmt::format("{}{}\n", kMagic, sha256Hex(body)), body));
    if (readGeneration(path_))
        SB_CHECK(renameTo(path_, previousPath()));
    SB_CHECK(renameTo(beside, path_));
    return syncFolderOf(path_);
}

base::Result<DurableFile::Content> DurableFile::read() const
{
    Content content;
    auto newest = readGeneration(path_);
    if (newest) {
        content.body = std::move(*newest);
        return content;
    }
    auto previous = readGeneration(previousPath());
    if (previous) {
        content.body = std::move(*previous);
        content.newestDamage = newest.error().text();
        return content;
    }
    if (!exists(path_) && !exists(previousPath()))
        return base::Error(base::Code::NotFound, fmt::format("there is no {}", path_));
    return base::Error(base::Code::DataLoss, fmt::format("{}; {}", newest.error().text(),
                                                         previous.error().text()));
}

base::Result<std::string> DurableFile::readGeneration(const std::string& path) const
{
    SB_TRY(std::string text, yaml::readBoundedFile(path, bytesMax_ + kHeadLength));
    const auto damaged = [&](std::string_view how) {
        return base::Error(base::Code::DataLoss, fmt::format("{} is damaged: {}", path, how));
    };
    if (text.size() < kHeadLength || !text.starts_with(kMagic) || text[kHeadLength - 1] != '\n')
        return damaged("its first line is not ours");
    const std::string hash = text.substr(kMagic.size(), kHashLength);
    text.erase(0, kHeadLength);
    if (sha256Hex(text) != hash)
        return damaged("the checksum does not fit");
    return text;
}

} // namespace signalbox::control
