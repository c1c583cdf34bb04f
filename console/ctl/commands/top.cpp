// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/ctl/commands/commands.h"
#include "console/ctl/fleet_tables.h"
#include "console/ctl/model_json.h"
#include "console/ctl/units.h"

#include <fmt/format.h>

namespace signalbox::ctl {

namespace {

constexpr std::size_t kEventsWithoutScreen = 5;
constexpr std::size_t kConcernsMost = 8;

std::string linkText(const Link& link)
{
    switch (link.state) {
    case LinkState::Connected: return "connected " + safeText(link.address);
    case LinkState::Connecting: return "connecting " + safeText(link.address);
    case LinkState::Lost:
        return "LOST " + safeText(link.address) + ": " + cutTo(safeText(link.problem), 60);
    }
    return "";
}

void append(std::vector<std::string>& lines, const std::vector<std::string>& more)
{
    lines.insert(lines.end(), more.begin(), more.end());
}

// Fills `room` lines at most (0 = no limit): what needs a look stands above what merely happened.
std::vector<std::string> frame(const Picture& picture, std::size_t columns, std::size_t room,
                               Colour colour)
{
    const auto cut = [&](const std::string& text, Tone tone) {
        return toned(columns == 0 ? text : cutTo(text, columns), tone, colour);
    };
    std::vector<std::string> lines;
    const bool isLost = picture.link.state == LinkState::Lost;
    lines.push_back(
        cut(fmt::format("signalbox {}  {}  {}", safeText(picture.fleet),
                        momentText(picture.nowUnixMs, picture.nowUnixMs), linkText(picture.link)),
            isLost ? Tone::Act : Tone::Plain));
    for (const std::string& line : summaryLines(summaryOf(picture), picture.nowUnixMs))
        lines.push_back(cut(line, line.starts_with('!') ? Tone::Act : Tone::Plain));
    for (const Table& table : {gatewayTable(picture), instanceTable(picture)}) {
        if (table.empty())
            continue;
        lines.emplace_back();
        append(lines, table.lines(columns, colour));
    }

    const std::vector<Cell> concerns = concernLines(picture);
    if (!concerns.empty())
        lines.emplace_back();
    for (std::size_t at = 0; at < concerns.size() && at < kConcernsMost; ++at)
        lines.push_back(cut(safeText(concerns[at].text), concerns[at].tone));
    if (concerns.size() > kConcernsMost)
        lines.push_back(fmt::format("  and {} more", concerns.size() - kConcernsMost));

    const std::size_t used = lines.size() + 2; // a blank line and the titles
    const std::size_t free = room == 0 ? kEventsWithoutScreen : room > used ? room - used - 1 : 0;
    const std::size_t count = std::min(picture.events.size(), free);
    if (count > 0) {
        lines.emplace_back();
        append(lines,
               eventTable({picture.events.end() - static_cast<std::ptrdiff_t>(count),
                           picture.events.end()},
                          picture.nowUnixMs)
                   .lines(columns, colour));
    }
    if (picture.eventsMissed > 0)
        lines.push_back(
            cut(fmt::format("! behind: {} messages were left out here", picture.eventsMissed),
                Tone::Warn));
    return lines;
}

void printJson(Desk& desk, const Picture& picture)
{
    JsonWriter json;
    json.beginObject().field("fleet", picture.fleet);
    writeMoment(json, "at", picture.nowUnixMs);
    writeLink(json, picture.link);
    writeSummary(json, summaryOf(picture));
    json.key("agents").beginArray();
    for (const AgentFacts& agent : picture.agents)
        writeAgent(json, agent);
    json.endArray().field("messages_missed", static_cast<std::int64_t>(picture.eventsMissed));
    desk.terminal.print(json.endObject().str());
}

void printBlock(Desk& desk, const Picture& picture)
{
    Terminal& terminal = desk.terminal;
    for (const std::string& line : frame(picture, terminal.columns(), 0, terminal.colour()))
        terminal.print(line);
}

// Wakes four times a second for a key even when pictures are further apart.
bool leaves(Desk& desk, std::chrono::milliseconds time)
{
    constexpr std::chrono::milliseconds kStep{250};
    while (time.count() > 0 && !desk.terminal.interrupted()) {
        const char key = desk.terminal.waitForKey(std::min(time, kStep));
        if (key == 'q' || key == 'Q')
            return true;
        time -= kStep;
    }
    return desk.terminal.interrupted() || desk.terminal.readerGone();
}

} // namespace

ExitCode runTop(Desk& desk)
{
    if (const base::Status status = desk.fleet.watch(desk.options.timeout); !status)
        return fail(desk, "watch the fleet", status.error());
    const bool isJson = desk.options.output == Output::Json;
    const bool isScreen
        = desk.terminal.isInteractive() && !isJson && desk.options.repeat == Follow::Yes;
    if (isScreen)
        desk.terminal.enterScreen();
    do {
        const Picture picture = desk.fleet.picture();
        if (isScreen) {
            const std::size_t rows = desk.terminal.rows();
            std::vector<std::string> lines
                = frame(picture, desk.terminal.columns(), rows - 1, desk.terminal.colour());
            lines.resize(std::max(lines.size(), rows - 1));
            lines.push_back(toned("q quits", Tone::Quiet, desk.terminal.colour()));
            desk.terminal.draw(lines);
        } else if (isJson) {
            printJson(desk, picture);
        } else {
            printBlock(desk, picture);
            if (desk.options.repeat == Follow::Yes)
                desk.terminal.print("");
        }
    } while (desk.options.repeat == Follow::Yes && !leaves(desk, desk.options.interval));
    if (isScreen)
        desk.terminal.leaveScreen();
    return ExitCode::Done;
}

} // namespace signalbox::ctl
