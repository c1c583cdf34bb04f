// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/model/decision.h"

#include <array>
#include <cstdint>
#include <deque>
#include <string_view>

namespace signalbox::proxy {

// Why a request's decision is kept; the first that fits.
enum class Kept : std::uint8_t { No, Failed, Retried, Slow, Sample };
inline constexpr std::size_t kKeptKinds = 5;
std::string_view nameOf(Kept kept);

// Follows the 99th percentile of what it is shown, without keeping any of it: a step up weighs 99
// steps down. Lives on: core; one per core and kind of answer.
class SlowMark {
public:
    // True: slower than about 99 % of those before it.
    bool isSlow(std::int64_t nanoseconds);

private:
    double mark_ = 0; // ns
    std::uint32_t seen_ = 0;
};

// The newest decisions of one core, so many of each kind: a storm of failures pushes out failures.
// Lives on: core; owned by CoreProxy. What is pushed out is gone.
class DecisionRing {
public:
    void keep(Kept kept, model::Decision decision);
    const model::Decision* find(std::string_view requestId) const; // the newest of that id

private:
    std::array<std::deque<model::Decision>, kKeptKinds> kept_;
};

} // namespace signalbox::proxy
