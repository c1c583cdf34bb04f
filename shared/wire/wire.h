// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/result.h"
#include "shared/model/command.h"
#include "shared/model/fleet.h"
#include "shared/model/policy.h"
#include "shared/model/sample.h"

#include <string>
#include <string_view>

// Between the wire and the model: total functions. What comes in is checked (no UNSPECIFIED enum,
// bounded lists), what goes out cannot fail. Only the doors include this and the generated headers.
namespace signalbox::v1 {
class AgentRecord;
class AgentState;
class LoadReport;
class MemberView;
class Policy;
class Edit;
class Plan;
class PreviewResponse;
class AuditRecord;
class GetConvergenceResponse;
class Event;
class DiffLine;
class SurvivorLoad;
class SeriesKey;
} // namespace signalbox::v1

namespace signalbox::wire {

// --- fleet ---
void toWire(const model::AgentRecord& from, v1::AgentRecord& to);
base::Result<model::AgentRecord> fromWire(const v1::AgentRecord& from);
void toWire(const model::AgentState& from, v1::AgentState& to);
base::Result<model::AgentState> fromWire(const v1::AgentState& from);
void toWire(const model::LoadReport& from, v1::LoadReport& to);
model::LoadReport fromWire(const v1::LoadReport& from);

// --- policy ---
void toWire(const model::Policy& from, v1::Policy& to);
base::Result<model::Policy> fromWire(const v1::Policy& from);

// --- commands ---
void toWire(const model::Edit& from, v1::Edit& to);
base::Result<model::Edit> fromWire(const v1::Edit& from);
void toWire(const model::Plan& from, v1::Plan& to);
base::Result<model::Plan> fromWire(const v1::Plan& from);
void toWire(const model::Preview& from, v1::PreviewResponse& to);
base::Result<model::Preview> fromWire(const v1::PreviewResponse& from);
void toWire(const model::AuditRecord& from, v1::AuditRecord& to);
base::Result<model::AuditRecord> fromWire(const v1::AuditRecord& from);
void toWire(const model::Convergence& from, v1::GetConvergenceResponse& to);
model::Convergence fromWire(const v1::GetConvergenceResponse& from);

// --- telemetry ---
void toWire(const model::Event& from, v1::Event& to);
base::Result<model::Event> fromWire(const v1::Event& from);
void toWire(const model::SeriesKey& from, v1::SeriesKey& to);
base::Result<model::SeriesKey> fromWire(const v1::SeriesKey& from);

// The bytes that a plan's signature covers; the same for equal plans on every machine.
std::string signedBytes(const model::Plan& plan);

} // namespace signalbox::wire
