// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/engine/engine_profile.h"
#include "shared/yaml/strict_yaml.h"

#include <string>
#include <string_view>
#include <vector>

namespace signalbox::engine {

// The profile is complete only when there is no problem.
struct ReadProfile {
    EngineProfile profile;
    std::vector<yaml::Problem> problems; // all of them, with line and column
};

// One profile from the text of its file; fileStem is the file's name without ".yaml", which the
// profile must bear.
ReadProfile readProfile(std::string_view text, std::string_view fileStem);

} // namespace signalbox::engine
