// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/model/policy.h"

#include <string>
#include <string_view>
#include <vector>

namespace signalbox::control {

// The first policy of a fleet, as a person wrote it. Good only when there is no problem.
struct SeedPolicy {
    model::Policy policy; // revision 0
    std::vector<std::string> problems; // all of them, each with FILE:LINE:COLUMN in front
};

// Reads YAML (and so JSON) of this shape; `fileName` only labels the problems:
//   access: {mode: open}                       # or keys (the default)
//   pools:
//     - {name: chat, model: tiny-8b, ready_floor: 1, members: [{url: "http://host:port", profile:
//     vllm}]}
//   routes:
//     - {model: tiny, aliases: [small], targets: [{pool: chat, weight: 100}], fallbacks: [spare],
//        larger_context: [long]}
//   keys:
//     - {id: app, tenant: shop, secret_sha256: "<64 hex digits>", models: [tiny]}
// A route's `name` may be given; without it the model's name makes one. Unknown keys are problems
// that name the nearest known one.
SeedPolicy parseSeedPolicy(std::string_view text, const std::string& fileName);

// The same from a file; what cannot be read is a problem too. Blocks on the disk.
SeedPolicy readSeedPolicy(const std::string& path);

} // namespace signalbox::control
