// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/engine/fetcher.h"
#include "agent/engine/profile_registry.h"

#include <functional>
#include <string>

namespace signalbox::engine {

// What an unknown engine turned out to be.
struct Recognition {
    ProfilePtr profile; // nullptr: not known, or not yet
    std::string reason; // why not; or what gave it away
    FetchFault fault = FetchFault::None; // where it did not answer at all
    // It answers and is not ready to say more (503): ask again later.
    bool isLoading = false;
};

// Asks the server at the fetcher's address for what the profiles are recognised by: the paths that
// most profiles share first, so that most engines see one question. Needs the fetcher until `done`
// has run; as a fetch, it never calls back when the fetcher is gone.
void recognise(Fetcher& fetcher, const ProfileRegistry& registry,
               std::function<void(Recognition)> done);

} // namespace signalbox::engine
