// SPDX-License-Identifier: Apache-2.0
#include "agent/control/policy_reader.h"

#include "shared/model/policy_edit.h"
#include "shared/wire/store_json.h"

#include <fmt/format.h>

#include <utility>

namespace signalbox::control {

namespace {

bool holds(const model::Policy& policy, const StoreKeys::PolicyKey& object)
{
    switch (object.kind) {
    case model::PolicyKind::Access: return object.name == model::kAccessName;
    case model::PolicyKind::Key: return policy.keys.contains(object.name);
    case model::PolicyKind::Pool: return policy.pools.contains(object.name);
    case model::PolicyKind::Route: return policy.routes.contains(object.name);
    case model::PolicyKind::Admin: return policy.admin.contains(object.name);
    }
    return false;
}

} // namespace

void PolicyReader::add(const state::KeyValue& key)
{
    if (!key.key.starts_with(keys_.policyPrefix()))
        return;
    const std::string relative = keys_.relative(key.key);
    reading_.revisions[relative] = key.modRevision;
    if (key.key == keys_.policyHead())
        return addHead(key);
    const auto object = keys_.parsePolicy(key.key);
    if (!object) {
        reading_.unknownKeys.push_back(relative);
        return;
    }
    const auto status = wire::addToPolicy(object->kind, key.value, reading_.policy);
    if (!status)
        reading_.problems.push_back(fmt::format("{}: {}", relative, status.error().text()));
    else if (!holds(reading_.policy, *object))
        reading_.problems.push_back(
            fmt::format("{}: the object calls itself by another name than its key", relative));
}

void PolicyReader::addHead(const state::KeyValue& key)
{
    reading_.policy.revision = key.modRevision;
    const auto number = wire::auditNumberOfPolicyHead(key.value);
    if (number)
        reading_.headAuditNumber = *number;
    else
        reading_.problems.push_back(fmt::format("policy/head: {}", number.error().text()));
}

PolicyReading PolicyReader::finish()
{
    // An object that does not parse makes others look wrong: its own problem says enough.
    if (reading_.problems.empty())
        reading_.problems = model::validate(reading_.policy);
    return std::move(reading_);
}

} // namespace signalbox::control
