// SPDX-License-Identifier: Apache-2.0
#include "agent/engine/engine_url.h"

#include "shared/yaml/scalar_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include <arpa/inet.h>

namespace signalbox::engine {

namespace {

constexpr std::string_view kScheme = "http://";
constexpr std::uint16_t kDefaultPort = 80;
constexpr std::size_t kHostBytesMax = 253;

base::Error invalid(std::string_view text, std::string_view why)
{
    return base::Error(base::Code::InvalidArgument,
                       fmt::format("{} is not an engine's address: {}", yaml::excerpt(text), why));
}

bool isHostName(std::string_view host)
{
    return !host.empty() && host.size() <= kHostBytesMax
        && std::all_of(host.begin(), host.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
                   || c == '.' || c == '-' || c == '_';
           });
}

bool isIpv6(const std::string& host)
{
    in6_addr address{};
    return ::inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

bool isLinkLocal(const std::string& host)
{
    in_addr v4{};
    if (::inet_pton(AF_INET, host.c_str(), &v4) == 1)
        return (ntohl(v4.s_addr) >> 16) == 0xa9fe; // 169.254.0.0/16
    in6_addr v6{};
    if (::inet_pton(AF_INET6, host.c_str(), &v6) != 1)
        return false;
    const bool mappedLinkLocal = IN6_IS_ADDR_V4MAPPED(&v6) && v6.s6_addr[12] == 169
        && v6.s6_addr[13] == 254;
    return IN6_IS_ADDR_LINKLOCAL(&v6) || mappedLinkLocal;
}

} // namespace

std::string EngineUrl::hostPort() const
{
    return host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port)
                                               : fmt::format("[{}]:{}", host, port);
}

std::string EngineUrl::text() const
{
    return std::string(kScheme) + hostPort();
}

base::Result<EngineUrl> parseEngineUrl(std::string_view text)
{
    std::string_view rest = text;
    const bool hasScheme = rest.starts_with(kScheme);
    if (hasScheme)
        rest.remove_prefix(kScheme.size());
    else if (rest.find("://") != std::string_view::npos)
        return invalid(text, "only http:// is spoken to engines");
    if (rest.ends_with('/'))
        rest.remove_suffix(1);
    if (rest.find('@') != std::string_view::npos)
        return invalid(text, "credentials do not belong into an address");
    if (rest.find_first_of("/?#") != std::string_view::npos)
        return invalid(text, "write host and port only, without a path");

    EngineUrl url;
    const bool bracketed = rest.starts_with('[');
    const std::size_t hostEnd = bracketed ? rest.find(']') : rest.find(':');
    url.host = std::string(bracketed ? rest.substr(1, hostEnd - 1) : rest.substr(0, hostEnd));
    if (bracketed ? hostEnd == std::string_view::npos || !isIpv6(url.host) : !isHostName(url.host))
        return invalid(text, "write it as http://host:port");
    if (isLinkLocal(url.host))
        return invalid(text, "link-local addresses are refused");

    std::string_view port = hostEnd == std::string_view::npos ? std::string_view()
                                                              : rest.substr(hostEnd);
    if (bracketed)
        port.remove_prefix(1);
    if (port.empty() && hasScheme) {
        url.port = kDefaultPort;
        return url;
    }
    if (!port.starts_with(':'))
        return invalid(text, "the port is missing");
    const auto number = yaml::parseInteger(port.substr(1));
    if (!number || *number == 0 || *number > 65'535)
        return invalid(text, "the port must be 1 to 65535");
    url.port = static_cast<std::uint16_t>(*number);
    return url;
}

} // namespace signalbox::engine
