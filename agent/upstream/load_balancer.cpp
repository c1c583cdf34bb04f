// SPDX-License-Identifier: Apache-2.0
#include "agent/upstream/load_balancer.h"

#include <algorithm>

namespace signalbox::upstream {

namespace {

constexpr Ticks kSecond = 1'000'000'000;
constexpr Ticks kReportFresh = kSecond / 2;
constexpr double kTieShare = 1.05;
// How much decode crowding counts, in steps (algorithms.md §1.3, n_ref).
constexpr double kReferenceSteps = 8;
// Until an agent has measured its own: 1 / (d + a / chunk) of the fit in algorithms.md §0.2.
constexpr double kPrefillTokensPerSecondDefault = 9'470;
constexpr double kDecodeMsPerSequenceDefault = 0.223;

// A request that fails costs another attempt: its odds, times this.
constexpr double kFailureMs = 1'000;
// A hop to another zone: its round trip, and what a provider asks for the bytes.
constexpr double kOtherZoneMs = 20;
constexpr double kOtherZoneLoad = 0.25; // and as a share of load where nothing is estimated
// An affinity is kept while it costs at most this much (algorithms.md §1.3, T_max of interactive).
constexpr double kAffinityMsMost = 5'000;
constexpr double kWarmPromptShare = 0.8;
constexpr std::uint64_t kExploreOneIn = 100;
constexpr Ticks kExploreIdle = 2 * kSecond;

double odds(double share)
{
    return share / (1 - share);
}

bool isInOtherZone(const Member& member, const PickContext& context)
{
    return !context.zone.empty() && !member.zone.empty() && member.zone != context.zone;
}

bool servesPath(const Member& member, const PickContext& context)
{
    return member.traits == nullptr || (member.traits->apis & context.apis) == context.apis;
}

std::uint64_t cachedTokens(const Member& member, const PickContext& context)
{
    return context.cached == nullptr ? 0 : context.cached->tokensAt(member.cell->number());
}

double scoreOf(const Member& member, const PickContext& context)
{
    const std::uint64_t cached = std::min(cachedTokens(member, context), context.promptTokens - 1);
    const double failing = odds(member.cell->breaker().failureShare(context.now)) * kFailureMs;
    return estimatedTtftMs(member, context.promptTokens - cached) + failing
        + (isInOtherZone(member, context) ? kOtherZoneMs : 0);
}

double visibleLoad(const Member& member, const PickContext& context)
{
    const model::LoadReport report = member.cell->report();
    const double load = std::max(member.cell->inFlight(), report.decoding + report.queued);
    const double against = 1 + 4 * odds(member.cell->breaker().failureShare(context.now))
        + (isInOtherZone(member, context) ? kOtherZoneLoad : 0);
    return (load + 1) * against;
}

// The n-th member that may be used; n counts from 0 and is below survey.usable.
std::size_t nthUsable(const Survey& survey, std::size_t n)
{
    std::size_t i = 0;
    while (survey.candidates[i].exclusion != Exclusion::None || n-- != 0)
        ++i;
    return i;
}

// Somebody well was asked already: that he cannot be asked again is no reason to ask the ejected.
bool hasTried(const Survey& survey)
{
    return std::any_of(
        survey.candidates.begin(), survey.candidates.end(),
        [](const Candidate& candidate) { return candidate.exclusion == Exclusion::Tried; });
}

// What has just come back takes its turns by lot, so that it warms up whatever the load is.
void holdBackWarming(std::span<const Member> members, const PickContext& context, Random& random,
                     Survey& survey)
{
    std::uint32_t held = 0;
    for (std::size_t i = 0; i < members.size(); ++i) {
        if (survey.candidates[i].exclusion != Exclusion::None)
            continue;
        const double warmth = members[i].cell->warmth(context.now);
        if (warmth < 1 && random.unit() >= warmth) {
            survey.candidates[i].exclusion = Exclusion::Warming;
            ++held;
        }
    }
    if (held < survey.usable) {
        survey.usable -= held;
        return;
    }
    for (Candidate& candidate : survey.candidates) {
        if (candidate.exclusion == Exclusion::Warming)
            candidate.exclusion = Exclusion::None;
    }
}

// A member that had nothing to do for a while, by chance: what is known of it is old.
int idleOne(std::span<const Member> members, const PickContext& context, const Survey& survey)
{
    int found = -1;
    Ticks oldest = context.now - kExploreIdle;
    for (std::size_t i = 0; i < members.size(); ++i) {
        const MemberCell& cell = *members[i].cell;
        if (survey.candidates[i].exclusion == Exclusion::None && cell.inFlight() == 0
            && cell.breaker().failureShare(context.now) == 0 && cell.placedAt() < oldest) {
            found = static_cast<int>(i);
            oldest = cell.placedAt();
        }
    }
    return found;
}

// The session's member by rendezvous hashing: the same one at every core and gateway, without
// anything that must be remembered.
int sessionsOwn(std::span<const Member> members, const PickContext& context, const Survey& survey)
{
    int own = -1;
    std::uint64_t highest = 0;
    for (std::size_t i = 0; i < members.size(); ++i) {
        if (survey.candidates[i].exclusion != Exclusion::None)
            continue;
        const std::uint64_t weight
            = mixed(context.session ^ std::hash<std::string_view>{}(members[i].id));
        if (own < 0 || weight > highest) {
            own = static_cast<int>(i);
            highest = weight;
        }
    }
    return own;
}

int warmest(std::span<const Member> members, const PickContext& context, const Survey& survey)
{
    int found = -1;
    for (std::size_t i = 0; i < members.size(); ++i) {
        const Candidate& candidate = survey.candidates[i];
        const auto cached = static_cast<double>(cachedTokens(members[i], context));
        if (candidate.exclusion == Exclusion::None
            && cached >= kWarmPromptShare * static_cast<double>(context.promptTokens)
            && (found < 0 || candidate.score < survey.candidates[found].score))
            found = static_cast<int>(i);
    }
    return found;
}

Pick lowestEstimate(std::span<const Member> members, const PickContext& context, Random& random,
                    Survey& survey)
{
    double best = -1;
    for (std::size_t i = 0; i < members.size(); ++i) {
        Candidate& candidate = survey.candidates[i];
        if (candidate.exclusion != Exclusion::None)
            continue;
        candidate.score = static_cast<float>(scoreOf(members[i], context));
        if (best < 0 || candidate.score < best)
            best = candidate.score;
    }
    const auto keeps = [&](int index) {
        return index >= 0 && survey.candidates[index].score <= best + kAffinityMsMost;
    };
    const auto chosen = [&](int index, PickRule rule) {
        return Pick{index, rule, survey.candidates[index].score};
    };
    if (context.session != 0) {
        if (const int own = sessionsOwn(members, context, survey); keeps(own))
            return chosen(own, PickRule::SessionAffinity);
    }
    if (context.cached != nullptr && context.cached->count > 0) {
        if (const int warm = warmest(members, context, survey); keeps(warm))
            return chosen(warm, PickRule::PrefixAffinity);
    }
    if (random.below(kExploreOneIn) == 0) {
        if (const int idle = idleOne(members, context, survey); keeps(idle))
            return chosen(idle, PickRule::Exploration);
    }
    // Equal ones share the work: always taking the first would herd all gateways onto it.
    Pick pick{-1, PickRule::EstimatedTtft, best};
    std::uint64_t tied = 0;
    for (std::size_t i = 0; i < members.size(); ++i) {
        if (survey.candidates[i].exclusion == Exclusion::None
            && survey.candidates[i].score <= best * kTieShare && random.below(++tied) == 0)
            pick.index = static_cast<int>(i);
    }
    return pick;
}

Pick lessLoadedOfTwo(std::span<const Member> members, const PickContext& context, Random& random,
                     const Survey& survey)
{
    if (context.session != 0)
        return Pick{sessionsOwn(members, context, survey), PickRule::SessionAffinity, -1};
    const std::size_t drawn = random.below(survey.usable);
    const std::size_t other = (drawn + 1 + random.below(survey.usable - 1)) % survey.usable;
    const std::size_t first = nthUsable(survey, drawn);
    const std::size_t second = nthUsable(survey, other);
    const bool firstIsLess
        = visibleLoad(members[first], context) <= visibleLoad(members[second], context);
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

std::uint64_t CachedPrefix::tokensAt(std::uint32_t member) const
{
    for (std::size_t i = 0; i < count; ++i) {
        if (shares[i].member == member)
            return shares[i].tokens;
    }
    return 0;
}

void survey(std::span<const Member> members, const PickContext& context, Survey& survey)
{
    const std::size_t ejectedMost = std::max<std::size_t>(1, members.size() / 2);
    survey.candidates.assign(members.size(), Candidate{});
    survey.usable = 0;
    survey.ejected = 0;
    survey.allFresh = true;
    for (std::size_t i = 0; i < members.size(); ++i) {
        const MemberCell& cell = *members[i].cell;
        Exclusion exclusion = Exclusion::None;
        const bool isOpen = cell.breaker().isOpen();
        if (cell.reachability() == Reachability::Down)
            exclusion = Exclusion::Down; // first: what does not answer is not draining
        else if (!cell.acceptsWork())
            exclusion = Exclusion::Draining;
        else if (cell.isSuspect())
            exclusion = Exclusion::Suspect;
        else if (isOpen && ++survey.ejected <= ejectedMost
                 && context.ejection == Ejection::Respected)
            exclusion = Exclusion::Ejected;
        if (exclusion == Exclusion::None && !servesPath(members[i], context))
            exclusion = Exclusion::OtherPaths;
        if (exclusion == Exclusion::None && context.tried.contains(i))
            exclusion = Exclusion::Tried;
        survey.candidates[i].exclusion = exclusion;
        if (exclusion != Exclusion::None)
            continue;
        ++survey.usable;
        survey.allFresh = survey.allFresh && cell.hasFreshReport(context.now, kReportFresh);
    }
}

bool canServe(std::span<const Member> members, const PickContext& context, Survey& scratch)
{
    survey(members, context, scratch);
    return scratch.usable > 0;
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

Pick pickMember(std::span<const Member> members, const PickContext& context, Random& random,
                Survey& scratch)
{
    survey(members, context, scratch);
    const std::size_t ejectedMost = std::max<std::size_t>(1, members.size() / 2);
    const bool tooMany = context.ejection == Ejection::Respected && scratch.ejected > 0
        && (scratch.ejected > ejectedMost || (scratch.usable == 0 && !hasTried(scratch)));
    Pick pick;
    if (scratch.usable > 1)
        holdBackWarming(members, context, random, scratch);
    if (scratch.usable == 1) {
        const std::size_t only = nthUsable(scratch, 0);
        const double score = scoreOf(members[only], context);
        scratch.candidates[only].score = static_cast<float>(score);
        pick = Pick{static_cast<int>(only), PickRule::Only, score};
    } else if (scratch.usable > 1) {
        pick = scratch.allFresh ? lowestEstimate(members, context, random, scratch)
                                : lessLoadedOfTwo(members, context, random, scratch);
    }
    pick.tooManyEjected = tooMany;
    return pick;
}

} // namespace signalbox::upstream
