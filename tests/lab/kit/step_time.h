// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace signalbox::lab {

// How long one iteration of a continuously batching engine takes:
//   base + perSequence * decoding + perContextToken * K + perPrefillToken * prefill tokens,
// K being the summed context of the decoding sequences. Linear in all four is what published
// measurements of real engines show (median error 4 to 6 percent).
struct StepTime {
    double baseMs = 0;
    double perSequenceMs = 0;
    double perContextTokenMs = 0;
    double perPrefillTokenMs = 0;
};

// What one iteration computes.
struct StepWork {
    std::size_t decoding = 0;
    std::size_t contextTokens = 0;
    std::size_t prefillTokens = 0;
};

constexpr std::chrono::nanoseconds stepDuration(const StepTime& time, const StepWork& work)
{
    const double ms = time.baseMs + time.perSequenceMs * static_cast<double>(work.decoding)
        + time.perContextTokenMs * static_cast<double>(work.contextTokens)
        + time.perPrefillTokenMs * static_cast<double>(work.prefillTokens);
    return std::chrono::nanoseconds(static_cast<std::int64_t>(ms * 1e6));
}

// Parameters fitted to real engines, by the name of what was measured.
struct StepTimePreset {
    std::string_view name;
    std::string_view measured;
    StepTime time;
};

inline constexpr StepTimePreset kStepTimePresets[] = {
    {"8b", "Llama-3.1-8B, RTX PRO 6000", {13.8, 0.113, 0, 0.045}},
    {"8b-4090", "Llama-3.1-8B, RTX 4090", {19.3, 0.188, 0, 0.088}},
    {"32b", "Qwen3-32B, two-way tensor parallel", {26.2, 0.284, 0, 0.157}},
    {"70b", "Llama-2-70B, H100, eight-way tensor parallel", {29.9, 0.223, 1.6e-4, 0.091}},
};

constexpr const StepTimePreset* findStepTimePreset(std::string_view name)
{
    for (const StepTimePreset& preset : kStepTimePresets) {
        if (preset.name == name)
            return &preset;
    }
    return nullptr;
}

} // namespace signalbox::lab
