// SPDX-License-Identifier: Apache-2.0
// How the choice of a member is told.
#include "agent/upstream/load_balancer.h"

#include <fmt/format.h>

namespace signalbox::upstream {

namespace {

std::string ejectionOf(const Breaker& breaker)
{
    const auto last = sentenceOf(breaker.lastFailure());
    if (breaker.state() == model::Breaker::HalfOpen)
        return fmt::format("its breaker is half open: a trial was good, before that {}", last);
    if (breaker.cause() == TripCause::SuccessShare)
        return fmt::format("its breaker is open: too many of its requests failed, the last one: {}",
                           last);
    return fmt::format("its breaker is open: it failed time after time, at last: {}", last);
}

} // namespace

std::string_view nameOf(Exclusion exclusion)
{
    switch (exclusion) {
    case Exclusion::None: return "";
    case Exclusion::Tried: return "already tried for this request";
    case Exclusion::Down: return "its health probe is down";
    case Exclusion::Suspect: return "a connection to it failed";
    case Exclusion::Draining: return "it takes no new work";
    case Exclusion::Ejected: return "its breaker is open";
    case Exclusion::Warming: return "it is back and warms up: not its turn";
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
    case PickRule::PrefixAffinity: return "prefix_affinity";
    case PickRule::SessionAffinity: return "session_affinity";
    case PickRule::Exploration: return "exploration";
    }
    return "nothing";
}

std::string describe(Exclusion exclusion, const Member& member)
{
    return exclusion == Exclusion::Ejected ? ejectionOf(member.cell->breaker())
                                           : std::string(nameOf(exclusion));
}

Ticks sinceOf(Exclusion exclusion, const Member& member)
{
    switch (exclusion) {
    case Exclusion::Down: return member.cell->downSince();
    case Exclusion::Suspect: return member.cell->suspectSince();
    case Exclusion::Ejected: return member.cell->breaker().since();
    case Exclusion::None:
    case Exclusion::Tried:
    case Exclusion::Draining:
    case Exclusion::Warming:
    case Exclusion::OtherPaths: return 0;
    }
    return 0;
}

} // namespace signalbox::upstream
