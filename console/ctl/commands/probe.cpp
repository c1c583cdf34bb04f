// SPDX-License-Identifier: GPL-3.0-or-later
// Lets agents prove their engines: one token each, asked for now.
#include "console/ctl/commands/commands.h"
#include "console/ctl/json_writer.h"
#include "console/ctl/safe_text.h"
#include "console/ctl/units.h"

#include <fmt/format.h>

namespace signalbox::ctl {

namespace {

using Result = model::ProbeReport::Result;

std::string lineOf(const model::ProbeReport& report)
{
    const std::string id = safeText(report.agent);
    switch (report.result) {
    case Result::Token:
        return fmt::format("{} gave a token in {}", id,
                           millisecondsText(static_cast<double>(report.tookMs)));
    case Result::Silent: return fmt::format("{} gave no token: {}", id, safeText(report.reason));
    case Result::Refused:
        return fmt::format("{} cannot be asked: {}", id, safeText(report.reason));
    }
    return id;
}

void writeReport(JsonWriter& json, const model::ProbeReport& report)
{
    json.beginObject().field("agent", report.agent).field("result", nameOf(report.result));
    json.field("reason", report.reason);
    json.field("took_ms", static_cast<std::int64_t>(report.tookMs)).endObject();
}

} // namespace

ExitCode runProbe(Desk& desk)
{
    ExitCode code = ExitCode::Done;
    JsonWriter json;
    json.beginObject().key("probes").beginArray();
    for (const std::string& agent : desk.options.change.agents) {
        const base::Result<model::ProbeReport> report = desk.fleet.probeNow(agent);
        if (!report)
            return fail(desk, "probe " + agent, report.error());
        if (report->result != Result::Token)
            code = ExitCode::Failed;
        if (desk.options.output == Output::Json)
            writeReport(json, *report);
        else
            desk.terminal.print(lineOf(*report));
    }
    if (desk.options.output == Output::Json)
        desk.terminal.print(json.endArray().endObject().str());
    return code;
}

} // namespace signalbox::ctl
