// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/result.h"
#include "shared/base/secret.h"
#include "shared/rpc/method_table.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// What a connection rests on. gRPC meets only peers that have proved who they are (mutual TLS), or
// that are on this machine; anything else is the explicit `insecure: true`.
namespace signalbox::rpc {

// PEM texts. Always mutual: there is no TLS here without a certificate of the caller.
struct TlsIdentity {
    std::string authority; // certificates of those we believe
    std::string certificate; // our own chain
    base::Secret key;
};

struct TlsFiles {
    std::string authority;
    std::string certificate;
    std::string key;
};
base::Result<TlsIdentity> readTlsFiles(const TlsFiles& files);

enum class Trust : std::uint8_t {
    Loopback, // peers that are not on this machine are refused
    Certificate, // needs an identity
    Anyone, // `insecure: true`
};

struct Security {
    Trust trust = Trust::Loopback;
    std::optional<TlsIdentity> identity; // with Trust::Certificate
};

// "grpc://127.0.0.1:8801", "grpcs://gpu-01:8801", "ws://127.0.0.1:8802/tunnel", "wss://...", or as
// agent records have it "127.0.0.1:8801". The path of a WebSocket is always /tunnel and may be left
// out.
struct ServiceAddress {
    enum class Scheme : std::uint8_t { Grpc, Grpcs, Ws, Wss };
    Scheme scheme = Scheme::Grpc;
    std::string hostPort;
    bool isWebSocket() const { return scheme == Scheme::Ws || scheme == Scheme::Wss; }
    bool isTls() const { return scheme == Scheme::Grpcs || scheme == Scheme::Wss; }
    std::string text() const;
    bool operator==(const ServiceAddress&) const = default;
};
base::Result<ServiceAddress> parseServiceAddress(std::string_view text);

// A literal address of this machine, or "localhost"; without or with a port.
bool isLoopback(std::string_view hostPort);

// Metadata key with which a caller names himself where nothing proves who he is.
inline constexpr const char* kOperatorKey = "x-signalbox-operator";

// What a certificate's URI name says: signalbox://viewer|operator|admin|agent/<name>. An agent is a
// viewer: it watches its peers. Nothing else is an identity.
std::optional<Caller> callerFromUri(std::string_view uri);

} // namespace signalbox::rpc
