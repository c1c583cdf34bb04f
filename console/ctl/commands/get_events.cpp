// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/ctl/commands/commands.h"
#include "console/ctl/fleet_tables.h"
#include "console/ctl/model_json.h"

#include <algorithm>

namespace signalbox::ctl {

ExitCode runGetEvents(Desk& desk)
{
    if (const base::Status status = desk.fleet.watch(desk.options.timeout); !status)
        return fail(desk, "watch the fleet", status.error());
    const Picture picture = desk.fleet.picture();
    std::vector<model::Event> events = picture.events;
    std::erase_if(events, [&](const model::Event& event) {
        return !desk.options.agent.empty() && event.agent != desk.options.agent;
    });
    if (events.size() > desk.options.count)
        events.erase(events.begin(),
                     events.end() - static_cast<std::ptrdiff_t>(desk.options.count));
    if (desk.options.output == Output::Json) {
        JsonWriter json;
        json.beginObject();
        writeMoment(json, "at", picture.nowUnixMs);
        json.key("events").beginArray();
        for (const model::Event& event : events)
            writeEvent(json, event);
        desk.terminal.print(json.endArray().endObject().str());
        return ExitCode::Done;
    }
    show(desk, eventTable(events, picture.nowUnixMs), "nothing has happened lately");
    return ExitCode::Done;
}

} // namespace signalbox::ctl
