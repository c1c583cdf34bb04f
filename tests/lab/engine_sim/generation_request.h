// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/lab/engine_sim/sim_options.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace signalbox::engine_sim {

enum class Route : std::uint8_t { Chat, Completions };
enum class Delivery : std::uint8_t { Whole, Stream };
enum class UsageReport : std::uint8_t { None, AtEnd, Continuous };

// One prompt, and what of its answer was already written when it came here.
struct PromptPart {
    std::string prompt; // what the answer is a function of
    std::string written;
    std::size_t tokens = 0; // of both
};

// A checked request for text.
struct GenerationRequest {
    Route route = Route::Chat;
    Delivery delivery = Delivery::Whole;
    UsageReport usage = UsageReport::None;
    std::string id; // of the answer
    std::vector<PromptPart> prompts;
    std::size_t choicesPerPrompt = 1;
    std::size_t tokensMax = 0;
    std::vector<std::string> stops;
    bool ignoresNaturalEnd = false;
    bool returnsTokenIds = false;

    std::size_t choices() const { return prompts.size() * choicesPerPrompt; }
    bool isContinuation() const;
};

// An error as vLLM words it.
struct ApiError {
    unsigned status = 400;
    std::string type;
    std::string message;
    std::string param; // empty: null
};

// Reads and checks a body the way vLLM does, with its words for what is wrong.
std::variant<GenerationRequest, ApiError> readGenerationRequest(Route route, std::string_view body,
                                                                const SimOptions& options);

} // namespace signalbox::engine_sim
