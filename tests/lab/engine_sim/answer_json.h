// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/lab/engine_sim/generation_request.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::engine_sim {

// Says in every answer that no model wrote it.
inline constexpr std::string_view kFingerprint = "signalbox-engine-sim";

struct Usage {
    std::size_t promptTokens = 0;
    std::size_t completionTokens = 0;
};

// What stands at the top of every event and answer of one request.
struct AnswerHead {
    Route route = Route::Chat;
    std::string id;
    std::string model;
    std::int64_t created = 0; // Unix seconds
};

// One event's worth of one choice.
struct ChunkPiece {
    std::size_t choice = 0;
    std::string_view text;
    std::string_view finishReason; // empty: not finished
    std::string_view stopReason;   // the stop text that was found, or empty
    const std::vector<std::uint32_t>* tokenIds = nullptr;
    std::optional<Usage> usage;
};

// One finished choice of a plain answer.
struct WholeChoice {
    std::string text;
    std::string finishReason;
    std::string stopReason;
    std::vector<std::uint32_t> tokenIds;
};

// Data of SSE events, without "data: " and line ends. Only chat has a role event.
std::string roleEvent(const AnswerHead& head, std::size_t choice,
                      const std::vector<std::uint32_t>* promptTokenIds,
                      const std::optional<Usage>& usage);
std::string pieceEvent(const AnswerHead& head, const ChunkPiece& piece);
std::string usageEvent(const AnswerHead& head, const Usage& usage);

enum class TokenIds : std::uint8_t { Left, Shown };
std::string wholeAnswer(const AnswerHead& head, const std::vector<WholeChoice>& choices,
                        const Usage& usage, TokenIds tokenIds);

std::string errorBody(const ApiError& error);

} // namespace signalbox::engine_sim
