// SPDX-License-Identifier: Apache-2.0
#include "shared/client/surroundings.h"

#include <cstdlib>
#include <sstream>
#include <utility>

#include <pwd.h>
#include <unistd.h>

namespace signalbox::client {

std::string environment(const char* name)
{
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

std::string operatorName()
{
    if (std::string name = environment("SIGNALBOX_OPERATOR"); !name.empty())
        return name;
    const passwd* user = ::getpwuid(::getuid());
    return user == nullptr || user->pw_name == nullptr ? "unknown" : user->pw_name;
}

std::vector<std::string> splitAddresses(const std::string& list)
{
    std::vector<std::string> addresses;
    std::istringstream in(list);
    for (std::string part; std::getline(in, part, ',');) {
        if (part.empty())
            continue;
        if (part.find("://") == std::string::npos)
            part.insert(0, "grpc://");
        addresses.push_back(std::move(part));
    }
    return addresses;
}

} // namespace signalbox::client
