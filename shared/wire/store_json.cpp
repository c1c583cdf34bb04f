// SPDX-License-Identifier: Apache-2.0
#include "shared/wire/store_json.h"

#include "proto/signalbox/v1/audit.pb.h"
#include "shared/base/limits.h"
#include "shared/wire/bounds.h"
#include "shared/wire/enum_wire.h"
#include "shared/wire/policy_wire.h"
#include "shared/wire/wire.h"

#include <google/protobuf/util/json_util.h>

namespace signalbox::wire {

namespace {

enum class Unknown : std::uint8_t { Ignore, Refuse };

template <typename Message>
std::string print(const Message& message)
{
    std::string json;
    // Cannot fail for messages without Any and with valid UTF-8, which is all we build.
    (void)google::protobuf::util::MessageToJsonString(message, &json);
    return json;
}

template <typename Message>
base::Result<Message> parse(std::string_view json, Unknown unknown)
{
    if (json.size() > limits::kStoreRequestBytes)
        return base::Error(base::Code::InvalidArgument, "not a valid object: too large",
                           base::Origin::Store);
    Message message;
    google::protobuf::util::JsonParseOptions options;
    options.ignore_unknown_fields = unknown == Unknown::Ignore;
    const auto status = google::protobuf::util::JsonStringToMessage(
        {json.data(), json.size()}, &message, options);
    if (!status.ok()) {
        return base::Error(base::Code::InvalidArgument,
                           "not a valid object: " + std::string(status.message()),
                           base::Origin::Store);
    }
    SB_CHECK(checkBounds(message));
    return message;
}

template <typename Message, typename Model>
std::string printObject(const Model& object)
{
    Message message;
    detail::objectToWire(object, message);
    return print(message);
}

template <typename Message>
base::Status addParsed(std::string_view json, model::Policy& policy)
{
    SB_TRY(const Message message, parse<Message>(json, Unknown::Refuse));
    return detail::addObject(message, policy);
}

} // namespace

std::string toJson(const model::AgentRecord& record)
{
    v1::AgentRecord message;
    toWire(record, message);
    return print(message);
}

std::string toJson(const model::Access& access)
{
    v1::Access message;
    message.set_mode(detail::toWire(access.mode));
    return print(message);
}

std::string toJson(const model::ApiKey& key) { return printObject<v1::ApiKey>(key); }
std::string toJson(const model::Pool& pool) { return printObject<v1::Pool>(pool); }
std::string toJson(const model::Route& route) { return printObject<v1::Route>(route); }
std::string toJson(const model::AdminIntent& intent)
{
    return printObject<v1::AdminIntent>(intent);
}

std::string toJson(const model::AuditRecord& record)
{
    v1::AuditRecord message;
    toWire(record, message);
    message.clear_revision();
    return print(message);
}

base::Result<model::AgentRecord> agentFromJson(std::string_view json)
{
    SB_TRY(const v1::AgentRecord message, parse<v1::AgentRecord>(json, Unknown::Ignore));
    return fromWire(message);
}

base::Result<model::AuditRecord> auditFromJson(std::string_view json)
{
    SB_TRY(const v1::AuditRecord message, parse<v1::AuditRecord>(json, Unknown::Ignore));
    return fromWire(message);
}

base::Status addToPolicy(model::PolicyKind kind, std::string_view json, model::Policy& policy)
{
    switch (kind) {
    case model::PolicyKind::Access: return addParsed<v1::Access>(json, policy);
    case model::PolicyKind::Key: return addParsed<v1::ApiKey>(json, policy);
    case model::PolicyKind::Pool: return addParsed<v1::Pool>(json, policy);
    case model::PolicyKind::Route: return addParsed<v1::Route>(json, policy);
    case model::PolicyKind::Admin: return addParsed<v1::AdminIntent>(json, policy);
    }
    return base::Error(base::Code::InvalidArgument, "unknown kind of policy object");
}

std::string toJson(const AuditHead& head)
{
    v1::AuditHead message;
    message.set_number(head.number);
    message.set_hash(head.hash);
    return print(message);
}

base::Result<AuditHead> auditHeadFromJson(std::string_view json)
{
    SB_TRY(const v1::AuditHead message, parse<v1::AuditHead>(json, Unknown::Ignore));
    AuditHead head;
    head.number = message.number();
    head.hash = message.hash();
    return head;
}

std::string policyHeadJson(std::uint64_t auditNumber)
{
    v1::PolicyHead message;
    message.set_audit_number(auditNumber);
    return print(message);
}

base::Result<std::uint64_t> auditNumberOfPolicyHead(std::string_view json)
{
    SB_TRY(const v1::PolicyHead message, parse<v1::PolicyHead>(json, Unknown::Ignore));
    return message.audit_number();
}

} // namespace signalbox::wire
