// SPDX-License-Identifier: Apache-2.0
#include "agent/upstream/load_balancer.h"

#include <algorithm>


namespace signalbox::upstream {

namespace {

constexpr Ticks kReportFresh = 500'000'000; // ns
constexpr double kTieShare = 1.05;
// How much decode crowding counts, in steps (algorithms.md §1.3, n_ref).
constexpr double kReferenceSteps = 8;
// Until an agent has measured its own: 1 / (d + a / chunk) of the fit in algorithms.md §0.2.
constexpr double kPrefillTokensPerSecondDefault = 9'470;
constexpr double kDecodeMsPerSequenceDefault = 0.223;

struct Field {
    std::size_t candidates = 0;
    bool allFresh = true;
};

Field survey(std::span<const Member> members, const PickContext& context)
{
    Field field;
    for (std::size_t i = 0; i < members.size(); ++i) {
        if (exclusionOf(members[i], i, context) != Exclusion::None)
            continue;
        ++field.candidates;
        field.allFresh
            = field.allFresh && members[i].cell->hasFreshReport(context.now, kReportFresh);
    }
    return field;
}

Pick lowestEstimate(std::span<const Member> members, const PickContext& context, Random& random)
{
    double best = -1;
    for (std::size_t i = 0; i < members.size(); ++i) {
        if (exclusionOf(members[i], i, context) != Exclusion::None)
            continue;
        const double score = estimatedTtftMs(members[i], context.promptTokens);
        if (best < 0 || score < best)
            best = score;
    }
    // Equal ones share the work: always taking the first would herd all gateways onto it.
    Pick pick{-1, PickRule::EstimatedTtft, best};
    std::uint64_t tied = 0;
    for (std::size_t i = 0; i < members.size(); ++i) {
        if (exclusionOf(members[i], i, context) == Exclusion::None
            && estimatedTtftMs(members[i], context.promptTokens) <= best * kTieShare
            && random.below(++tied) == 0)
            pick.index = static_cast<int>(i);
    }
    return pick;
}

std::uint32_t visibleLoad(const Member& member)
{
    const model::LoadReport report = member.cell->report();
    return std::max(member.cell->inFlight(), report.decoding + report.queued);
}

// The n-th member that may be used; n counts from 0.
std::size_t nthCandidate(std::span<const Member> members, const PickContext& context,
                         std::size_t n)
{
    std::size_t i = 0;
    for (;; ++i) {
        if (i + 1 == members.size())
            return i;
        if (exclusionOf(members[i], i, context) == Exclusion::None && n-- == 0)
            return i;
    }
}

Pick lessLoadedOfTwo(std::span<const Member> members, const PickContext& context,
                     std::size_t candidates, Random& random)
{
    const std::size_t drawn = random.below(candidates);
    const std::size_t other = (drawn + 1 + random.below(candidates - 1)) % candidates;
    const std::size_t first = nthCandidate(members, context, drawn);
    const std::size_t second = nthCandidate(members, context, other);
    const bool firstIsLess = visibleLoad(members[first]) <= visibleLoad(members[second]);
    return Pick{static_cast<int>(firstIsLess ? first : second), PickRule::TwoChoices, -1};
}

} // namespace

void MemberSet::add(std::size_t index)
{
    indexes_[count_ % kKept] = static_cast<std::uint32_t>(index);
    ++count_;
}

bool MemberSet::contains(std::size_t index) const
{
    const std::size_t kept = std::min<std::size_t>(count_, kKept);
    return std::find(indexes_.begin(), indexes_.begin() + kept, index)
        != indexes_.begin() + kept;
}

std::uint64_t Random::next()
{
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return state_ * 0x2545F4914F6CDD1DULL;
}

std::string_view nameOf(Exclusion exclusion)
{
    switch (exclusion) {
    case Exclusion::None: return "";
    case Exclusion::Tried: return "already tried for this request";
    case Exclusion::Down: return "its health probe is down";
    case Exclusion::Suspect: return "a connection to it failed";
    case Exclusion::Draining: return "it takes no new work";
    case Exclusion::OtherPaths: return "its engine does not serve this path";
    }
    return "";
}

std::string_view nameOf(PickRule rule)
{
    switch (rule) {
    case PickRule::Nothing: return "nothing";
    case PickRule::EstimatedTtft: return "estimated_ttft";
    case PickRule::TwoChoices: return "two_choices";
    case PickRule::Only: return "only";
    }
    return "nothing";
}

Exclusion exclusionOf(const Member& member, std::size_t index, const PickContext& context)
{
    if (context.tried.contains(index))
        return Exclusion::Tried;
    if (member.traits != nullptr && (member.traits->apis & context.apis) != context.apis)
        return Exclusion::OtherPaths;
    if (member.cell->reachability() == Reachability::Down)
        return Exclusion::Down; // first: what does not answer is not draining
    if (!member.cell->acceptsWork())
        return Exclusion::Draining;
    return member.cell->isSuspect() ? Exclusion::Suspect : Exclusion::None;
}

double estimatedTtftMs(const Member& member, std::uint64_t promptTokens)
{
    const model::LoadReport report = member.cell->report();
    const double rate = report.prefillTokensPerSecond > 0 ? report.prefillTokensPerSecond
                                                          : kPrefillTokensPerSecondDefault;
    const double crowding = report.decodeMsPerSequence > 0 ? report.decodeMsPerSequence
                                                           : kDecodeMsPerSequenceDefault;
    const double tokens = static_cast<double>(report.pendingPrefillTokens
                                              + member.cell->unreportedTokens() + promptTokens);
    return tokens / rate * 1000 + report.decoding * crowding * kReferenceSteps;
}

Pick pickMember(std::span<const Member> members, const PickContext& context, Random& random)
{
    const Field field = survey(members, context);
    if (field.candidates == 0)
        return Pick{};
    if (field.candidates == 1) {
        const std::size_t only = nthCandidate(members, context, 0);
        return Pick{static_cast<int>(only), PickRule::Only,
                    estimatedTtftMs(members[only], context.promptTokens)};
    }
    if (field.allFresh)
        return lowestEstimate(members, context, random);
    return lessLoadedOfTwo(members, context, field.candidates, random);
}

} // namespace signalbox::upstream
