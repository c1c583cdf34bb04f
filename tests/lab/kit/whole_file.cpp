// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/kit/whole_file.h"

#include <fmt/format.h>

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

namespace signalbox::lab {

using base::Code;
using base::Error;
using base::Result;
using base::Status;

Status writeWholeFile(const std::filesystem::path& file, std::string_view content)
{
    const std::filesystem::path partial = fmt::format("{}.{}.part", file.string(), ::getpid());
    std::ofstream stream(partial, std::ios::binary | std::ios::trunc);
    stream << content;
    stream.close();
    std::error_code error;
    if (stream)
        std::filesystem::rename(partial, file, error);
    if (!stream || error) {
        const std::string why = error ? error.message() : std::strerror(errno);
        std::filesystem::remove(partial, error);
        return Error(Code::Unavailable, fmt::format("cannot write {}: {}", file.string(), why));
    }
    return {};
}

Result<std::string> readWholeFile(const std::filesystem::path& file)
{
    std::ifstream stream(file, std::ios::binary);
    std::ostringstream content;
    if (stream)
        content << stream.rdbuf();
    if (!stream)
        return Error(Code::NotFound,
                     fmt::format("cannot read {}: {}", file.string(), std::strerror(errno)));
    return content.str();
}

} // namespace signalbox::lab
