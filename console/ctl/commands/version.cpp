// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/ctl/commands/commands.h"
#include "console/ctl/json_writer.h"
#include "console/ctl/safe_text.h"

namespace signalbox::ctl {

ExitCode runVersion(Desk& desk)
{
    const base::Result<AgentAnswer> answer = desk.fleet.agent();
    if (desk.options.output == Output::Json) {
        JsonWriter json;
        json.beginObject().field("signalboxctl", SIGNALBOX_VERSION).key("agent");
        if (answer) {
            json.beginObject().field("id", answer->state.record.id.str());
            json.field("version", answer->state.record.version).field("fleet", answer->fleet);
            json.field("features", answer->features).endObject();
        } else {
            json.null();
        }
        desk.terminal.print(json.endObject().str());
    } else {
        desk.terminal.print("signalboxctl " SIGNALBOX_VERSION);
        if (answer)
            desk.terminal.print("agent " + safeText(answer->state.record.id.str()) + " "
                                + safeText(answer->state.record.version) + ", fleet "
                                + safeText(answer->fleet));
    }
    // Its own version is an answer, whether or not an agent is there to give its.
    if (!answer)
        return fail(desk, "ask an agent for its version", answer.error());
    return ExitCode::Done;
}

} // namespace signalbox::ctl
