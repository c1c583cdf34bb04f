// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/result.h"
#include "tests/lab/kit/http_fetch.h"

#include <chrono>
#include <string>

namespace signalbox::lab_fleet {

// What a running engine says of itself.
struct EngineAnswer {
    std::string kind;  // for people: "vLLM 0.32.0", "llama.cpp", "Ollama 0.17.4"
    std::string model; // the first one that it lists
};

// Asks an engine that the user runs what it is: /version, /props, /api/version and the like, then
// /v1/models. Errors name the address: nobody listens there, or no model is listed.
base::Result<EngineAnswer> askEngine(const lab::HttpUrl& url, std::chrono::milliseconds deadline);

} // namespace signalbox::lab_fleet
