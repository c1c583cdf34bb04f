// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/result.h"

#include <cstdint>
#include <netinet/in.h>
#include <string>
#include <string_view>

namespace signalbox::runtime {

// A numeric IPv4 or IPv6 address with a port. Lives on: any thread (a value).
class Address {
public:
    // 0.0.0.0:0, which is nowhere to connect to.
    Address();
    static Address loopback(std::uint16_t port);
    // "127.0.0.1:8800", "[::1]:8800", ":8800" is every IPv4 address. Names are not looked up.
    static base::Result<Address> parse(std::string_view text);
    // Looks "host:port" up; the first answer. Blocks: for start-up and the control thread only.
    static base::Result<Address> resolve(std::string_view text);
    static Address fromSystem(const sockaddr_storage& address);

    std::uint16_t port() const;
    void setPort(std::uint16_t port);
    bool isLoopback() const;
    bool isIpv6() const { return data_.v6.sin6_family == AF_INET6; }
    // Without the port, for counting what one source does: 16 bytes, IPv4 mapped into IPv6.
    in6_addr host() const;
    // "127.0.0.1:8800" or "[::1]:8800".
    std::string text() const;

    const sockaddr* system() const { return reinterpret_cast<const sockaddr*>(&data_); }
    socklen_t systemSize() const { return isIpv6() ? sizeof(sockaddr_in6) : sizeof(sockaddr_in); }
    bool operator==(const Address& other) const;

private:
    union {
        sockaddr_in v4;
        sockaddr_in6 v6;
    } data_;
};

} // namespace signalbox::runtime
