// SPDX-License-Identifier: Apache-2.0
#include "shared/rpc/credentials.h"

#include "shared/base/limits.h"
#include "shared/base/names.h"

#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <arpa/inet.h>

namespace signalbox::rpc {

namespace {

constexpr std::string_view kTunnelPath = "/tunnel";

struct SchemeName {
    ServiceAddress::Scheme scheme;
    std::string_view text;
};
constexpr std::array kSchemes{SchemeName{ServiceAddress::Scheme::Grpc, "grpc://"},
                              SchemeName{ServiceAddress::Scheme::Grpcs, "grpcs://"},
                              SchemeName{ServiceAddress::Scheme::Ws, "ws://"},
                              SchemeName{ServiceAddress::Scheme::Wss, "wss://"}};

base::Result<std::string> readPem(const std::string& path, const char* what)
{
    const std::string name = std::string(what) + " " + path;
    std::error_code failure;
    const auto size = std::filesystem::file_size(path, failure);
    if (failure)
        return base::Error(base::Code::NotFound, name + ": " + failure.message());
    if (size > limits::kPemBytes)
        return base::Error(base::Code::InvalidArgument, name + " is too large to be a PEM file");
    std::ifstream file(path, std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    if (!file || text.str().find("-----BEGIN ") == std::string::npos)
        return base::Error(base::Code::InvalidArgument, name + " cannot be read as PEM");
    return text.str();
}

// "host:port", "[::1]:port": the port is there and is a number.
bool isHostPort(std::string_view text)
{
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0)
        return false;
    const std::string_view port = text.substr(colon + 1);
    unsigned number = 0;
    const auto read = std::from_chars(port.data(), port.data() + port.size(), number);
    const std::string_view host = text.substr(0, colon);
    const bool hasBareColon = host.find(':') != std::string_view::npos && !host.starts_with('[');
    return read.ec == std::errc() && read.ptr == port.data() + port.size() && number > 0
        && number <= 65'535 && !hasBareColon
        && host.find_first_of("/@? \t\r\n") == std::string_view::npos;
}

std::string_view hostOf(std::string_view hostPort)
{
    if (hostPort.starts_with('['))
        return hostPort.substr(1, hostPort.find(']') - 1);
    const std::size_t colon = hostPort.rfind(':');
    const bool isBareIpv6 = colon != std::string_view::npos && hostPort.find(':') != colon;
    return isBareIpv6 ? hostPort : hostPort.substr(0, colon);
}

} // namespace

base::Result<TlsIdentity> readTlsFiles(const TlsFiles& files)
{
    TlsIdentity identity;
    SB_TRY(identity.authority, readPem(files.authority, "certificate authority"));
    SB_TRY(identity.certificate, readPem(files.certificate, "certificate"));
    SB_TRY(std::string key, readPem(files.key, "private key"));
    identity.key = base::Secret(std::move(key));
    return identity;
}

std::string ServiceAddress::text() const
{
    const std::string_view prefix = kSchemes[static_cast<std::size_t>(scheme)].text;
    return std::string(prefix) + hostPort + (isWebSocket() ? std::string(kTunnelPath) : "");
}

base::Result<ServiceAddress> parseServiceAddress(std::string_view text)
{
    ServiceAddress address;
    std::string_view rest = text;
    for (const SchemeName& known : kSchemes) {
        if (rest.starts_with(known.text)) {
            address.scheme = known.scheme;
            rest.remove_prefix(known.text.size());
            break;
        }
    }
    if (address.isWebSocket() && rest.ends_with(kTunnelPath))
        rest.remove_suffix(kTunnelPath.size());
    if (!isHostPort(rest))
        return base::Error(base::Code::InvalidArgument,
                           "\"" + std::string(text.substr(0, 128))
                               + "\" is no address: grpc://host:port, grpcs://host:port, "
                                 "ws://host:port/tunnel or wss://host:port/tunnel is meant",
                           base::Origin::Client);
    address.hostPort = rest;
    return address;
}

bool isLoopback(std::string_view hostPort)
{
    const std::string host(hostOf(hostPort));
    in_addr four{};
    if (inet_pton(AF_INET, host.c_str(), &four) == 1)
        return (ntohl(four.s_addr) >> 24) == 127;
    in6_addr six{};
    if (inet_pton(AF_INET6, host.c_str(), &six) == 1)
        return IN6_IS_ADDR_LOOPBACK(&six);
    return host == "localhost";
}

std::optional<Caller> callerFromUri(std::string_view uri)
{
    constexpr std::string_view kScheme = "signalbox://";
    if (!uri.starts_with(kScheme))
        return std::nullopt;
    uri.remove_prefix(kScheme.size());
    const std::size_t slash = uri.find('/');
    if (slash == std::string_view::npos || !base::isValidName(uri.substr(slash + 1)))
        return std::nullopt;
    const std::string_view kind = uri.substr(0, slash);
    Caller caller;
    caller.name = uri.substr(slash + 1);
    if (kind == "operator")
        caller.role = Role::Operator;
    else if (kind == "admin")
        caller.role = Role::Admin;
    else if (kind != "viewer" && kind != "agent")
        return std::nullopt;
    return caller;
}

} // namespace signalbox::rpc
