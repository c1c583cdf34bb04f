// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/engine/engine_profile.h"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::engine {

// A profile that the program carries, as the text of its file.
struct ShippedProfile {
    std::string_view name;
    std::string_view text;
};
std::span<const ShippedProfile> shippedProfiles();

using ProfilePtr = std::shared_ptr<const EngineProfile>;

// Every profile this agent knows: the shipped ones, and the user's own over them.
// Lives on: any thread, immutable once loaded. Owned by agent/process.
class ProfileRegistry {
public:
    // Where something is wrong: "file:line:column: text".
    struct Loaded;

    // `directory` may be empty. Only *.yaml files in it are read, not its folders; at most 100.
    static Loaded load(const std::string& directory);

    // nullptr when there is none of that name.
    ProfilePtr find(std::string_view name) const;
    // Sorted by name.
    const std::vector<ProfilePtr>& all() const { return profiles_; }
    std::vector<std::string> names() const;

private:
    void put(EngineProfile profile);

    std::vector<ProfilePtr> profiles_;
};

struct ProfileRegistry::Loaded {
    ProfileRegistry registry;
    std::vector<std::string> problems;
};

} // namespace signalbox::engine
