// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/result.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

// What can be called on an agent, whatever carries the call: gRPC, or frames over WebSocket. Both
// look methods up here, so both run the same handlers under the same roles.
namespace signalbox::rpc {

// Each role may do what the ones before it may.
enum class Role : std::uint8_t { Viewer, Operator, Admin };
std::string_view nameOf(Role role);

struct Caller {
    std::string name; // operator's name as the transport proved it, or as loopback said it
    Role role = Role::Viewer;
    std::string peer; // for the log
};

using Reply = std::function<void(base::Result<std::string>)>; // serialized response; called once

// The serving end of a running stream. It holds at most one item: whoever produces asks isIdle()
// and keeps a cursor, so a slow reader falls behind instead of growing a queue.
// Lives on: the executor of the table's handlers.
class OpenStream {
public:
    virtual ~OpenStream() = default;
    virtual bool isOpen() const = 0;
    virtual bool isIdle() const = 0;
    virtual void write(std::string item) = 0; // only while idle
    virtual void end(base::Status status) = 0;
};

using UnaryHandler = std::function<void(const Caller&, const std::string& request, Reply reply)>;
using StreamHandler = std::function<void(const Caller&, const std::string& request,
                                         std::shared_ptr<OpenStream> stream)>;

struct Method {
    Role role = Role::Admin;
    UnaryHandler unary; // exactly one of the two
    StreamHandler stream;
};

// Lives on: filled by agent/process before any transport starts, then read by any thread; handlers
// run on the executor that the transport was given.
class MethodTable {
public:
    // `name` is "signalbox.v1.CommandService/Preview".
    void add(const std::string& name, Role role, UnaryHandler handler);
    void addStream(const std::string& name, Role role, StreamHandler handler);

    const Method* find(const std::string& name) const;
    std::vector<std::string> names() const;
    // An error the caller gets when he may not call it.
    static base::Status authorize(const Method& method, const Caller& caller);

private:
    std::map<std::string, Method> methods_;
};

} // namespace signalbox::rpc
