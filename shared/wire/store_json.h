// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/result.h"
#include "shared/model/command.h"
#include "shared/model/fleet.h"
#include "shared/model/policy.h"

#include <string>
#include <string_view>

// The values of the fleet's store: canonical JSON of the protobuf messages, readable with etcdctl.
namespace signalbox::wire {

std::string toJson(const model::AgentRecord& record);
std::string toJson(const model::Access& access);
std::string toJson(const model::ApiKey& key);
std::string toJson(const model::Pool& pool);
std::string toJson(const model::Route& route);
std::string toJson(const model::AdminIntent& intent);
// Without `revision`: it is the key's own mod_revision and known only after the write.
std::string toJson(const model::AuditRecord& record);

// A newer agent may say more than we know: unknown fields of observed facts are ignored.
base::Result<model::AgentRecord> agentFromJson(std::string_view json);
base::Result<model::AuditRecord> auditFromJson(std::string_view json);

// Puts one policy object into the policy. A field we do not know is an error: half a rule is none.
base::Status addToPolicy(model::PolicyKind kind, std::string_view json, model::Policy& policy);

struct AuditHead {
    std::uint64_t number = 0;
    std::string hash; // SHA-256 of the newest record's stored bytes, lower hex
};
std::string toJson(const AuditHead& head);
base::Result<AuditHead> auditHeadFromJson(std::string_view json);
std::string policyHeadJson(std::uint64_t auditNumber);
base::Result<std::uint64_t> auditNumberOfPolicyHead(std::string_view json);

} // namespace signalbox::wire
