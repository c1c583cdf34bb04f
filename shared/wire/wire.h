// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/result.h"
#include "shared/model/answers.h"
#include "shared/model/command.h"
#include "shared/model/decision.h"
#include "shared/model/fleet.h"
#include "shared/model/open_exchange.h"
#include "shared/model/policy.h"
#include "shared/model/sample.h"
#include "shared/model/telemetry.h"

#include <cstdint>
#include <string>
#include <string_view>

// Between the wire and the model: total functions. What comes in is checked (no UNSPECIFIED enum,
// bounded lists and texts, numbers that are numbers), what goes out cannot fail. Only the doors
// include this and the generated headers.
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
class TelemetryItem;
class TelemetryBatch;
class WatchTelemetryRequest;
class GetAgentResponse;
class ListOpenExchangesResponse;
class FindDecisionResponse;
class ApplyRequest;
class ApplyResponse;
class GetPolicyResponse;
class ProbeNowResponse;
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

// What an operator sends to have a plan applied.
struct ApplyOrder {
    model::Plan plan;
    model::ApplyOptions options;
};
void toWire(const ApplyOrder& from, v1::ApplyRequest& to);
base::Result<ApplyOrder> fromWire(const v1::ApplyRequest& from);
void toWire(const model::ApplyAnswer& from, v1::ApplyResponse& to);
base::Result<model::ApplyAnswer> fromWire(const v1::ApplyResponse& from);
void toWire(const model::PolicyAnswer& from, v1::GetPolicyResponse& to);
base::Result<model::PolicyAnswer> fromWire(const v1::GetPolicyResponse& from);
void toWire(const model::ProbeReport& from, v1::ProbeNowResponse& to);
base::Result<model::ProbeReport> fromWire(const v1::ProbeNowResponse& from);

// --- telemetry ---
void toWire(const model::Event& from, v1::Event& to);
base::Result<model::Event> fromWire(const v1::Event& from);
void toWire(const model::SeriesKey& from, v1::SeriesKey& to);
base::Result<model::SeriesKey> fromWire(const v1::SeriesKey& from);
void toWire(const model::TelemetryItem& from, v1::TelemetryItem& to);
base::Result<model::TelemetryItem> fromWire(const v1::TelemetryItem& from);
void toWire(const model::TelemetryBatch& from, v1::TelemetryBatch& to);
base::Result<model::TelemetryBatch> fromWire(const v1::TelemetryBatch& from);
void toWire(const model::TelemetryWish& from, v1::WatchTelemetryRequest& to);
base::Result<model::TelemetryWish> fromWire(const v1::WatchTelemetryRequest& from);
void toWire(const model::AgentIdentity& from, v1::GetAgentResponse& to);
base::Result<model::AgentIdentity> fromWire(const v1::GetAgentResponse& from);
void toWire(const model::OpenExchangeList& from, v1::ListOpenExchangesResponse& to);
base::Result<model::OpenExchangeList> fromWire(const v1::ListOpenExchangesResponse& from);
void toWire(const model::Decision& from, v1::FindDecisionResponse& to);
base::Result<model::Decision> fromWire(const v1::FindDecisionResponse& from);

// The bytes that a plan's signature covers; the same for equal plans on every machine.
std::string signedBytes(const model::Plan& plan);

} // namespace signalbox::wire
