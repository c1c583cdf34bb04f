// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/ctl/fleet_numbers.h"
#include "console/ctl/json_writer.h"

// The JSON that scripts read. Shapes are documented in resources/manual/signalboxctl.md: fields are
// added, never renamed or removed. Moments are ISO 8601 in UTC, unknown is null.
namespace signalbox::ctl {

void writeMoment(JsonWriter& json, std::string_view name, std::int64_t unixMs);
void writeNumbers(JsonWriter& json, const Numbers& numbers);
void writeAgent(JsonWriter& json, const AgentFacts& agent);
void writePool(JsonWriter& json, const PoolLine& pool);
void writeScaling(JsonWriter& json, const model::ScaleProgress& progress);
void writeEvent(JsonWriter& json, const model::Event& event);
void writeSummary(JsonWriter& json, const Summary& summary);
void writeLink(JsonWriter& json, const Link& link);
void writeEdit(JsonWriter& json, const model::Edit& edit);
void writePreview(JsonWriter& json, const model::Preview& preview);
void writeAudit(JsonWriter& json, const model::AuditRecord& record);
void writePolicy(JsonWriter& json, const PolicyAnswer& answer);
void writeConvergence(JsonWriter& json, const model::Convergence& convergence);

} // namespace signalbox::ctl
