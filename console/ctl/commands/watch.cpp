// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/ctl/commands/commands.h"
#include "console/ctl/fleet_tables.h"
#include "console/ctl/model_json.h"
#include "console/ctl/units.h"

#include <fmt/format.h>

#include <map>
#include <set>

namespace signalbox::ctl {

namespace {

constexpr std::chrono::milliseconds kLook{250};

// What a line is written about when it changes. Numbers are left out: they always change.
struct Shown {
    std::string health;
    std::string admin;
    std::string drain;
    std::string freshness;
    std::map<std::string, std::string> members; // of a gateway: why each gets nothing
    bool operator==(const Shown&) const = default;
};

Shown shownOf(const AgentFacts& agent)
{
    const model::AgentState& state = agent.state;
    const model::Verdict& health = state.record.health;
    Shown shown;
    shown.health
        = std::string(nameOf(health.state)) + (health.reason.empty() ? "" : ": " + health.reason);
    shown.admin = nameOf(state.admin);
    if (state.drain.phase != model::DrainPhase::None)
        shown.drain = fmt::format("{}, {} left", nameOf(state.drain.phase), state.drain.remaining);
    shown.freshness
        = agent.goneReason.empty() ? nameOf(freshnessOf(agent)) : "left: " + agent.goneReason;
    for (const model::MemberView& member : state.members)
        shown.members[(member.agent.empty() ? member.address : member.agent) + " in "
                      + member.pool]
            = member.reason;
    return shown;
}

// Compares one picture with the one before it and writes what differs.
class Watcher {
public:
    explicit Watcher(Desk& desk)
        : desk_(desk)
    {
    }

    void look(const Picture& picture)
    {
        lookAtLink(picture);
        for (const AgentFacts& agent : picture.agents) {
            if (isWanted(agent.state.record.id.str()))
                lookAtAgent(agent, picture.nowUnixMs);
        }
        for (const model::Event& event : picture.events) {
            // Sequences begin anew when an agent does; moments go on.
            const std::pair place{event.unixMs, event.sequence};
            auto& seen = newestEvent_[event.agent];
            if (place <= seen || !isWanted(event.agent))
                continue;
            seen = place;
            if (!isFirst_)
                writeOut(event);
        }
        isFirst_ = false;
    }

private:
    bool isWanted(const std::string& agent) const
    {
        return desk_.options.agent.empty() || agent == desk_.options.agent;
    }

    void lookAtLink(const Picture& picture)
    {
        const std::string state = picture.link.state == LinkState::Connected ? "connected"
            : picture.link.state == LinkState::Lost                          ? "lost"
                                                                             : "connecting";
        const std::string now
            = state + (picture.link.problem.empty() ? "" : ": " + picture.link.problem);
        if (now == link_)
            return;
        link_ = now;
        writeOut("link", picture.link.address, "", now, picture.nowUnixMs);
    }

    void lookAtAgent(const AgentFacts& agent, std::int64_t nowUnixMs)
    {
        const std::string& id = agent.state.record.id.str();
        const Shown now = shownOf(agent);
        const auto [known, isNew] = shown_.try_emplace(id);
        const Shown before = std::exchange(known->second, now);
        if (now.health != before.health)
            writeOut("health", id, before.health, now.health, nowUnixMs);
        if (now.admin != before.admin)
            writeOut("admin", id, before.admin, now.admin, nowUnixMs);
        if (now.drain != before.drain)
            writeOut("drain", id, before.drain, now.drain.empty() ? "none" : now.drain, nowUnixMs);
        if (now.freshness != before.freshness)
            writeOut("freshness", id, before.freshness, now.freshness, nowUnixMs);
        for (const auto& [member, reason] : now.members)
            lookAtMember(id, member, before.members, reason, nowUnixMs);
    }

    void lookAtMember(const std::string& id, const std::string& member,
                      const std::map<std::string, std::string>& before, const std::string& reason,
                      std::int64_t nowUnixMs)
    {
        const auto known = before.find(member);
        const std::string old = known == before.end() ? "" : known->second;
        if (reason == old)
            return;
        const std::string what = "member " + member;
        writeOut(what.c_str(), id, old.empty() ? "gets traffic" : old,
                 reason.empty() ? "gets traffic" : reason, nowUnixMs);
    }

    void writeOut(const char* what, const std::string& object, const std::string& before,
                  const std::string& after, std::int64_t nowUnixMs)
    {
        if (desk_.options.output == Output::Json) {
            JsonWriter json;
            json.beginObject().field("type", "state");
            writeMoment(json, "at", nowUnixMs);
            json.field("what", what).field("object", object);
            json.field("before", before).field("after", after);
            desk_.terminal.print(json.endObject().str());
            return;
        }
        desk_.terminal.print(
            fmt::format("{}  {}  {}: {}{}", momentText(nowUnixMs, nowUnixMs), safeText(object),
                        what, before.empty() ? "" : safeText(before) + " -> ", safeText(after)));
    }

    void writeOut(const model::Event& event)
    {
        if (desk_.options.output == Output::Json) {
            JsonWriter json;
            json.beginObject().field("type", "event").key("event");
            writeEvent(json, event);
            desk_.terminal.print(json.endObject().str());
            return;
        }
        desk_.terminal.print(
            fmt::format("{}  {}  {}: {}", momentText(event.unixMs, desk_.fleet.nowUnixMs()),
                        safeText(event.agent), safeText(event.kind), safeText(event.text)));
    }

    Desk& desk_;
    bool isFirst_ = true; // events from before the watch are for `get events`
    std::string link_;
    std::map<std::string, Shown> shown_;
    std::map<std::string, std::pair<std::int64_t, std::uint64_t>> newestEvent_;
};

} // namespace

ExitCode runWatch(Desk& desk)
{
    if (const base::Status status = desk.fleet.watch(desk.options.timeout); !status)
        return fail(desk, "watch the fleet", status.error());
    Watcher watcher(desk);
    while (!desk.terminal.interrupted() && !desk.terminal.readerGone()) {
        watcher.look(desk.fleet.picture());
        desk.terminal.waitForKey(kLook);
    }
    return ExitCode::Done; // a watch ends when its reader has seen enough
}

} // namespace signalbox::ctl
