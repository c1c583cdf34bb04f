// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

// Who calls, and what he may do. The same answers over gRPC and over the WebSocket tunnel.
namespace signalbox::rpc {

// Each one may do what those before it may.
enum class Role : std::uint8_t { Viewer, Operator, Admin };
std::string_view nameOf(Role role);
bool suffices(Role has, Role needed);

// What a caller's name rests on.
enum class Proof : std::uint8_t {
    Loopback, // he is on this machine and says who he is
    Certificate, // our certificate authority says who he is
    None, // the listener is `insecure: true`: anybody who reaches it
};

// Name of an operator or of an agent, as it goes into the audit; never empty.
struct Caller {
    std::string name;
    Role role = Role::Viewer;
    Proof proof = Proof::None;
    std::string peer; // where the call came from, for logs
};

// Metadata key with which a caller on loopback names himself.
inline constexpr std::string_view kOperatorKey = "x-signalbox-operator";
inline constexpr std::string_view kLocalOperator = "local"; // when he does not

struct MethodRole {
    std::string_view method; // "signalbox.v1.CommandService/Preview"
    Role role = Role::Admin;
};

// Every method that may be served, with the least role that may call it. A method that is missing
// here cannot be registered, so nothing is ever served without a decision about who may ask.
std::span<const MethodRole> methodRoles();
std::optional<Role> roleNeeded(std::string_view method);

// What a certificate's URI name says: signalbox://viewer|operator|admin|agent/<name>. An agent is a
// viewer: it watches its peers. Nothing else is an identity.
std::optional<Caller> callerFromUri(std::string_view uri);

} // namespace signalbox::rpc
