// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/recorder/recorder.h"
#include "shared/model/fleet.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace signalbox::process {

// Turns what a gateway sends to whom into events: member_out when a member gets nothing any more,
// with the reason, member_in when it gets traffic again. A member that is new and well is no event.
// Lives on: control. Owned by ControlSide.
class MemberEvents {
public:
    // What has changed since the last look.
    std::vector<recorder::EventNote> compare(const std::vector<model::MemberView>& now,
                                             const std::string& gateway);

private:
    using Place = std::pair<std::string, std::string>; // pool, member
    std::map<Place, std::string> reasons_; // why it gets nothing; empty = it may
};

} // namespace signalbox::process
