// SPDX-License-Identifier: Apache-2.0
#include "agent/process/ready_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <unistd.h>

namespace signalbox::process {

base::Status writeReadyFile(const std::string& path, const std::string& id,
                            const model::Addresses& addresses)
{
    const std::string temporary = path + "." + std::to_string(getpid());
    // Ids and addresses are checked texts: nothing in them needs escaping.
    {
        std::ofstream file(temporary, std::ios::trunc);
        file << fmt::format(
            R"({{"id":"{}","pid":{},"serve":"{}","control":"{}","observe":"{}","store":"{}"}})"
            "\n",
            id, getpid(), addresses.serve, addresses.control, addresses.observe, addresses.store);
        if (!file.flush())
            return base::Error(base::Code::PermissionDenied, "cannot write " + temporary);
    }
    if (std::rename(temporary.c_str(), path.c_str()) != 0) {
        return base::Error(base::Code::PermissionDenied,
                           "cannot rename to " + path + ": " + std::strerror(errno));
    }
    return {};
}

} // namespace signalbox::process
