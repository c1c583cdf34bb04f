// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace signalbox::routing {

// One recorded request. Blocks are named by what they and all before them hold, 512 tokens each;
// empty where the trace does not say.
struct Arrival {
    double second = 0;
    std::uint32_t promptTokens = 1;
    std::uint32_t outputTokens = 1;
    std::vector<std::uint32_t> blocks;
};

// In the order of their arrival, the first at 0; empty when the file is not there.
std::vector<Arrival> readAzureTrace(const std::string& path, double speed);
std::vector<Arrival> readMooncakeTrace(const std::string& path);

} // namespace signalbox::routing
