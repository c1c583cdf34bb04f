// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/limits.h"
#include "shared/model/command.h"

#include <cstdint>
#include <string>
#include <variant>

namespace signalbox::command {

// To take back what an audit record tells.
struct UndoOf {
    std::uint64_t auditNumber = 0;
    bool operator==(const UndoOf&) const = default;
};

// What is asked for.
using Wish = std::variant<model::Edit, UndoOf>;

// A change that is being prepared. Nothing of it has left the console but questions.
struct Draft {
    std::string subject; // what it is about, the same each time: "drain agent/chat-0"
    Wish wish;
    std::string cause; // as typed
    std::string typedName; // as typed, against a refusal
};

// Agents take no longer one.
inline bool isTooLong(const std::string& cause)
{
    return cause.size() > limits::kCauseBytes;
}

// Something that keeps a draft from being applied. The first is the one to say when there is room
// for one.
enum class Hindrance : std::uint8_t {
    Replay, // what is shown is not now
    ReadOnly,
    LinkLost,
    StoreAway, // serving goes on, commands do not
    Incomplete, // the parameters name nothing yet
    NoPreview, // asked, not answered yet
    PreviewFailed,
    Expired, // the agent would not take this plan any more
    Changed, // it is another one than the operator looked at
    NothingChanges,
    NotNamed, // it is refused, and the name is not typed
    NoCause,
    CauseTooLong,
    Busy, // it is being applied
};

// Who may change anything through this window, and why not.
enum class Access : std::uint8_t { Operate, ReadOnly, Replay };

} // namespace signalbox::command
