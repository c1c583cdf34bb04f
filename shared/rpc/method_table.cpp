// SPDX-License-Identifier: Apache-2.0
#include "shared/rpc/method_table.h"

#include "shared/base/check.h"

namespace signalbox::rpc {

std::string_view nameOf(Role role)
{
    switch (role) {
    case Role::Viewer: return "viewer";
    case Role::Operator: return "operator";
    case Role::Admin: return "admin";
    }
    return "viewer";
}

void MethodTable::add(const std::string& name, Role role, UnaryHandler handler)
{
    SB_ASSERT(!methods_.contains(name));
    methods_[name] = Method{role, std::move(handler), nullptr};
}

void MethodTable::addStream(const std::string& name, Role role, StreamHandler handler)
{
    SB_ASSERT(!methods_.contains(name));
    methods_[name] = Method{role, nullptr, std::move(handler)};
}

const Method* MethodTable::find(const std::string& name) const
{
    const auto found = methods_.find(name);
    return found == methods_.end() ? nullptr : &found->second;
}

std::vector<std::string> MethodTable::names() const
{
    std::vector<std::string> names;
    for (const auto& [name, method] : methods_)
        names.push_back(name);
    return names;
}

base::Status MethodTable::authorize(const Method& method, const Caller& caller)
{
    if (caller.role >= method.role)
        return {};
    return base::Error(base::Code::PermissionDenied,
                       "this needs the role " + std::string(nameOf(method.role)) + "; "
                           + caller.name + " is " + std::string(nameOf(caller.role)),
                       base::Origin::Client);
}

} // namespace signalbox::rpc
