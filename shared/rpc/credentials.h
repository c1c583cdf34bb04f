// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/result.h"
#include "shared/base/secret.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace grpc {
class ChannelCredentials;
class ServerCredentials;
} // namespace grpc

// What a connection rests on. gRPC meets only peers that have proved who they are (mutual TLS), or
// that are on this machine; anything else is the explicit `insecure`.
namespace signalbox::rpc {

// PEM texts. Mutual always: there is no TLS without a certificate of the caller.
struct TlsIdentity {
    std::string authority; // certificates of those we believe
    std::string certificate; // our own chain
    base::Secret<std::string> key;
};

struct TlsFiles {
    std::string authority;
    std::string certificate;
    std::string key;
};
base::Result<TlsIdentity> readTlsFiles(const TlsFiles& files);

enum class Trust : std::uint8_t {
    LoopbackOnly, // peers that are not on this machine are refused
    Anyone, // `insecure: true`
    Certificate, // needs an identity
};

struct Security {
    Trust trust = Trust::LoopbackOnly;
    std::optional<TlsIdentity> identity; // of Trust::Certificate
};

// "grpc://127.0.0.1:8801", "grpcs://gpu-01:8801", or as in agent records "127.0.0.1:8801".
struct ServiceAddress {
    enum class Scheme : std::uint8_t { Plain, Tls };
    Scheme scheme = Scheme::Plain;
    std::string hostPort;
    std::string text() const;
    bool operator==(const ServiceAddress&) const = default;
};
base::Result<ServiceAddress> parseServiceAddress(std::string_view text);

// A literal loopback address or "localhost".
bool isLoopback(std::string_view hostPort);

std::shared_ptr<grpc::ServerCredentials> serverCredentials(const Security& security);
// Fails where plain bytes would leave the machine without `Trust::Anyone`, and where TLS is asked
// for and there is no identity.
base::Result<std::shared_ptr<grpc::ChannelCredentials>>
channelCredentials(const ServiceAddress& address, const Security& security);

} // namespace signalbox::rpc
