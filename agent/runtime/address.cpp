// SPDX-License-Identifier: Apache-2.0
#include "agent/runtime/address.h"

#include <fmt/format.h>

#include <arpa/inet.h>
#include <charconv>
#include <cstring>
#include <memory>
#include <netdb.h>
#include <optional>
#include <utility>

namespace signalbox::runtime {

namespace {

base::Error badAddress(std::string_view text, std::string_view wanted)
{
    return {base::Code::InvalidArgument,
            fmt::format("\"{}\" is not an address: {}", text.substr(0, 64), wanted)};
}

struct HostAndPort {
    std::string host;
    std::uint16_t port = 0;
};

std::optional<HostAndPort> split(std::string_view text)
{
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos)
        return std::nullopt;
    const std::string_view digits = text.substr(colon + 1);
    std::string_view host = text.substr(0, colon);
    if (host.size() >= 2 && host.front() == '[' && host.back() == ']')
        host = host.substr(1, host.size() - 2);
    else if (host.find(':') != std::string_view::npos)
        return std::nullopt; // an IPv6 address needs its brackets, or its end is taken for a port
    HostAndPort parts;
    parts.host = host;
    const auto [end, problem]
        = std::from_chars(digits.data(), digits.data() + digits.size(), parts.port);
    if (problem != std::errc{} || end != digits.data() + digits.size() || digits.empty())
        return std::nullopt;
    return parts;
}

} // namespace

Address::Address()
{
    std::memset(&data_, 0, sizeof data_);
    data_.v4.sin_family = AF_INET;
}

Address Address::loopback(std::uint16_t port)
{
    Address address;
    address.data_.v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.data_.v4.sin_port = htons(port);
    return address;
}

base::Result<Address> Address::parse(std::string_view text)
{
    const auto parts = split(text);
    if (!parts)
        return badAddress(text, "write host:port, an IPv6 host in brackets");
    Address address;
    address.data_.v4.sin_port = htons(parts->port);
    if (parts->host.empty()
        || inet_pton(AF_INET, parts->host.c_str(), &address.data_.v4.sin_addr) == 1)
        return address;
    address.data_.v6.sin6_family = AF_INET6;
    address.data_.v6.sin6_port = htons(parts->port);
    if (inet_pton(AF_INET6, parts->host.c_str(), &address.data_.v6.sin6_addr) == 1)
        return address;
    return badAddress(text, "the host is neither an IPv4 nor an IPv6 address");
}

base::Result<Address> Address::resolve(std::string_view text)
{
    if (auto numeric = parse(text))
        return numeric;
    const auto parts = split(text);
    if (!parts)
        return badAddress(text, "write host:port, an IPv6 host in brackets");
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const int problem
        = getaddrinfo(parts->host.c_str(), std::to_string(parts->port).c_str(), &hints, &found);
    if (problem != 0) {
        return base::Error(base::Code::Unavailable,
                           fmt::format("cannot look up host \"{}\": {}", parts->host.substr(0, 64),
                                       gai_strerror(problem)));
    }
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, &freeaddrinfo);
    sockaddr_storage storage{};
    std::memcpy(&storage, found->ai_addr, std::min<std::size_t>(found->ai_addrlen, sizeof storage));
    return fromSystem(storage);
}

Address Address::fromSystem(const sockaddr_storage& system)
{
    Address address;
    std::memcpy(&address.data_, &system, sizeof address.data_);
    return address;
}

std::uint16_t Address::port() const
{
    return ntohs(isIpv6() ? data_.v6.sin6_port : data_.v4.sin_port);
}

void Address::setPort(std::uint16_t port)
{
    (isIpv6() ? data_.v6.sin6_port : data_.v4.sin_port) = htons(port);
}

bool Address::isLoopback() const
{
    const in6_addr whole = host();
    if (IN6_IS_ADDR_V4MAPPED(&whole))
        return whole.s6_addr[12] == 127;
    return IN6_IS_ADDR_LOOPBACK(&whole);
}

in6_addr Address::host() const
{
    if (isIpv6())
        return data_.v6.sin6_addr;
    in6_addr mapped{};
    mapped.s6_addr[10] = mapped.s6_addr[11] = 0xff;
    std::memcpy(&mapped.s6_addr[12], &data_.v4.sin_addr, sizeof data_.v4.sin_addr);
    return mapped;
}

std::string Address::text() const
{
    char buffer[INET6_ADDRSTRLEN] = {};
    if (isIpv6()) {
        inet_ntop(AF_INET6, &data_.v6.sin6_addr, buffer, sizeof buffer);
        return fmt::format("[{}]:{}", buffer, port());
    }
    inet_ntop(AF_INET, &data_.v4.sin_addr, buffer, sizeof buffer);
    return fmt::format("{}:{}", buffer, port());
}

bool Address::operator==(const Address& other) const
{
    const in6_addr mine = host();
    const in6_addr theirs = other.host();
    return port() == other.port() && std::memcmp(&mine, &theirs, sizeof mine) == 0;
}

} // namespace signalbox::runtime
