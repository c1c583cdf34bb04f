// SPDX-License-Identifier: Apache-2.0
#include "agent/process/member_events.h"

#include <fmt/format.h>

namespace signalbox::process {

namespace {

std::string nameOf(const model::MemberView& member)
{
    return member.agent.empty() ? member.address : member.agent;
}

recorder::EventNote noteOf(const model::MemberView& member, const std::string& gateway)
{
    const bool isOut = !member.reason.empty();
    recorder::EventNote note;
    note.kind = isOut ? "member_out" : "member_in";
    note.object = nameOf(member);
    note.text = isOut ? fmt::format("{} sends nothing to {} in {}: {}", gateway, nameOf(member),
                                    member.pool, member.reason)
                      : fmt::format("{} sends to {} in {} again", gateway, nameOf(member),
                                    member.pool);
    note.severity = isOut ? model::Severity::Warning : model::Severity::Info;
    return note;
}

} // namespace

std::vector<recorder::EventNote> MemberEvents::compare(const std::vector<model::MemberView>& now,
                                                       const std::string& gateway)
{
    std::vector<recorder::EventNote> notes;
    std::map<Place, std::string> reasons;
    for (const model::MemberView& member : now) {
        const Place place{member.pool, nameOf(member)};
        const auto known = reasons_.find(place);
        const bool wasOut = known != reasons_.end() && !known->second.empty();
        if (wasOut == member.reason.empty())
            notes.push_back(noteOf(member, gateway));
        reasons[place] = member.reason;
    }
    reasons_.swap(reasons);
    return notes;
}

} // namespace signalbox::process
