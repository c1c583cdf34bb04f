// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/upstream/member.h"

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace signalbox::upstream {

// Small and fast; one per core. xorshift64*, period 2^64 - 1; never for secrets.
// Lives on: core; one per core.
class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed == 0 ? 1 : seed) {}
    std::uint64_t next();
    // Uniform in [0, below); below >= 1.
    std::uint64_t below(std::uint64_t below) { return next() % below; }

private:
    std::uint64_t state_;
};

// Why a member gets no new work; None = it may.
enum class Exclusion : std::uint8_t { None, Tried, Down, Suspect, Draining, OtherPaths };
std::string_view nameOf(Exclusion exclusion);

// The members of one pool that this request must not be offered again. Attempts are few, so it
// is; the oldest is forgotten when it is full.
// Lives on: core; a value of the exchange.
class MemberSet {
public:
    void add(std::size_t index);
    bool contains(std::size_t index) const;

private:
    static constexpr std::size_t kKept = 4;
    std::array<std::uint32_t, kKept> indexes_{};
    std::uint8_t count_ = 0;
};

struct PickContext {
    Ticks now = 0;
    std::uint64_t promptTokens = 1; // estimate, not cached
    MemberSet tried;
    std::uint32_t apis = 0; // what is asked for, as EngineTraits::apis; 0 = anything
};

enum class PickRule : std::uint8_t { Nothing, EstimatedTtft, TwoChoices, Only };
std::string_view nameOf(PickRule rule);

struct Pick {
    int index = -1; // into the members; -1 = none may be used
    PickRule rule = PickRule::Nothing;
    double estimatedTtftMs = -1; // of the chosen one; -1 = not estimated
};

Exclusion exclusionOf(const Member& member, std::size_t index, const PickContext& context);

// Milliseconds until the first token of a request placed there now (algorithms.md §1.3):
// (P + placed by us + u) / R + decoding * beta * n_ref.
double estimatedTtftMs(const Member& member, std::uint64_t promptTokens);

// Lowest estimate while every candidate's report is younger than 500 ms, ties within 5 % by lot;
// else the less loaded of two drawn by lot. Reads only atomics; no allocation.
Pick pickMember(std::span<const Member> members, const PickContext& context, Random& random);

} // namespace signalbox::upstream
