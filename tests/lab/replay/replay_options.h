// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/lab/kit/http_fetch.h"
#include "tests/lab/kit/keyed_text.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace signalbox::replay {

// Is the text a function of the key? Ask: the answer to a first small request tells.
enum class TextCheck : std::uint8_t { Ask, Keyed, Any };

struct ReplayOptions {
    lab::HttpUrl target;
    std::string model; // empty: the first of /v1/models
    std::string apiKey;
    std::string key{lab::KeyedText::kDefaultKey};
    TextCheck textCheck = TextCheck::Ask;

    std::string trace;           // a file; empty: generated traffic
    std::string traffic = "chat";
    double speed = 1;            // times faster than the trace or profile
    double rate = 0;             // generated requests a second; 0: the profile's own
    std::uint64_t seed = 1;
    std::chrono::milliseconds duration{0}; // of sending; 0: until the load is over
    std::uint64_t requestsMax = 0;         // 0: no limit
    double streamShare = 0.8;
    double completionsShare = 0; // of requests that use /v1/completions
    double leaveShare = 0;       // of streams whose client hangs up in the middle
    std::size_t connectionsMax = 0; // 0: no limit
    std::chrono::milliseconds timeout{600'000};
    std::chrono::milliseconds drain{120'000}; // for what is open when sending has ended

    std::string reportFile;
    std::string label; // put into the report
    bool printsProgress = true;
};

} // namespace signalbox::replay
