// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/upstream/member.h"
#include "agent/upstream/random.h"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::upstream {

// Why a member gets no new work; None = it may. Warming: it was back and it was not its turn.
// OtherPaths: its engine does not serve what is asked for.
enum class Exclusion : std::uint8_t {
    None,
    Tried,
    Down,
    Draining,
    Suspect,
    Ejected,
    Warming,
    OtherPaths,
};
inline constexpr std::size_t kExclusions = 8;
std::string_view nameOf(Exclusion exclusion);
// One lower-case clause for a person, with what opened the breaker; and since when, 0 = not known.
std::string describe(Exclusion exclusion, const Member& member);
Ticks sinceOf(Exclusion exclusion, const Member& member);

// Whether passive ejection keeps members out. Ignored: so many are ejected that what is left would
// be melted, and no further pool of the route is ready (panic).
enum class Ejection : std::uint8_t { Respected, Ignored };

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

// How much of a prompt a member is likely to have read already, by MemberCell::number().
struct CachedPrefix {
    static constexpr std::size_t kMembers = 8;
    struct Share {
        std::uint32_t member = 0;
        std::uint32_t tokens = 0;
    };
    std::array<Share, kMembers> shares{};
    std::size_t count = 0;

    std::uint64_t tokensAt(std::uint32_t member) const;
};

struct PickContext {
    Ticks now = 0;
    std::uint64_t promptTokens = 1; // estimate, cached ones included
    MemberSet tried;
    Ejection ejection = Ejection::Respected;
    std::uint64_t session = 0; // hash of the client's session; 0 = none
    std::string_view zone; // ours; empty = not known
    const CachedPrefix* cached = nullptr;
    std::uint32_t apis = 0; // what is asked for, as EngineTraits::apis; 0 = anything
};

enum class PickRule : std::uint8_t {
    Nothing,
    EstimatedTtft,
    TwoChoices,
    Only,
    PrefixAffinity, // it has most of the prompt cached and costs little more than the best
    SessionAffinity, // the session's own, and it costs little more than the best
    Exploration, // measured again: it had nothing to do for a while
};
std::string_view nameOf(PickRule rule);

struct Pick {
    int index = -1; // into the members; -1 = none may be used
    PickRule rule = PickRule::Nothing;
    double estimatedTtftMs = -1; // of the chosen one; -1 = not estimated
    // More are ejected than may be, or nobody else is left: ask again with Ejection::Ignored where
    // no further pool is ready.
    bool tooManyEjected = false;
};

struct Candidate {
    Exclusion exclusion = Exclusion::None;
    float score = -1; // ms; -1 = not estimated
};

// The pool as one choice saw it, by index of the member; reused, so choosing allocates nothing.
// Lives on: core; one per core.
struct Survey {
    std::vector<Candidate> candidates;
    std::uint32_t usable = 0;
    std::uint32_t ejected = 0; // with an open breaker, spared or not
    bool allFresh = true;
};

// Exclusions of all members. At most max(1, half) of them are Ejected: what is open beyond that is
// spared. What is down for certain is always out.
void survey(std::span<const Member> members, const PickContext& context, Survey& survey);
// Somebody there may be used.
bool canServe(std::span<const Member> members, const PickContext& context, Survey& scratch);

// Milliseconds until the first token of a request placed there now (algorithms.md §1.3):
// (P + placed by us + u) / R + decoding * beta * n_ref; u without what is cached there.
double estimatedTtftMs(const Member& member, std::uint64_t promptTokens);

// Lowest estimate, corrected by what speaks against a member (recent failures, another zone), while
// every candidate's report is younger than 500 ms, ties within 5 % by lot, affinities as gates;
// else the less loaded of two drawn by lot. Reads only atomics.
Pick pickMember(std::span<const Member> members, const PickContext& context, Random& random,
                Survey& scratch);

} // namespace signalbox::upstream
