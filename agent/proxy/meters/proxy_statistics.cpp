// SPDX-License-Identifier: Apache-2.0
#include "agent/proxy/meters/proxy_statistics.h"

#include <numeric>

namespace signalbox::proxy {

std::string_view nameOf(Outcome outcome)
{
    switch (outcome) {
    case Outcome::Completed: return "completed";
    case Outcome::Interrupted: return "interrupted";
    case Outcome::ClientLeft: return "client_left";
    case Outcome::Denied: return "denied";
    case Outcome::Refused: return "refused";
    case Outcome::Unavailable: return "unavailable";
    }
    return "unavailable";
}

void StatisticsTotals::add(const CoreStatistics& core)
{
    for (std::size_t i = 0; i < kOutcomes; ++i)
        outcomes[i] += core.outcomes[i].value();
    for (std::size_t i = 0; i < kAttemptEnds; ++i)
        attemptEnds[i] += core.attemptEnds[i].value();
    for (std::size_t i = 0; i < kPickRules; ++i)
        picks[i] += core.picks[i].value();
    largerContexts += core.largerContexts.value();
    decisionsKept += core.decisionsKept.value();
    panicPicks += core.panicPicks.value();
    attempts += core.attempts.value();
    retries += core.retries.value();
    replays += core.replays.value();
    retriesRefused += core.retriesRefused.value();
    staleConnections += core.staleConnections.value();
    promptTokens += core.promptTokens.value();
    completionTokens += core.completionTokens.value();
    events += core.events.value();
    notJsonEvents += core.notJsonEvents.value();
    answersCompleted += core.answersCompleted.value();
    connectionsOpened += core.connectionsOpened.value();
    core.timeToFirstToken.addTo(timeToFirstToken);
    core.tokenGap.addTo(tokenGap);
    core.endToEnd.addTo(endToEnd);
}

std::uint64_t StatisticsTotals::requests() const
{
    return std::accumulate(outcomes.begin(), outcomes.end(), std::uint64_t{0});
}

} // namespace signalbox::proxy
