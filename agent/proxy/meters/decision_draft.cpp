// SPDX-License-Identifier: Apache-2.0
#include "agent/proxy/meters/decision_draft.h"

#include <algorithm>

namespace signalbox::proxy {

void DecisionDraft::begin(std::uint32_t pool, const upstream::Pick& pick,
                          const upstream::Survey& survey)
{
    if (count_ == kAttempts)
        return;
    Attempt& attempt = attempts_[count_++];
    attempt.pool = pool;
    attempt.rule = pick.rule;
    attempt.chosen = static_cast<std::uint16_t>(pick.index);
    attempt.members = static_cast<std::uint32_t>(survey.candidates.size());
    const std::size_t kept = std::min(survey.candidates.size(), kCandidates);
    for (std::size_t i = 0; i < kept; ++i) {
        const upstream::Candidate& from = survey.candidates[i];
        attempt.candidates[i] = {from.score, static_cast<std::uint16_t>(i), from.exclusion};
    }
    if (pick.index >= 0 && static_cast<std::size_t>(pick.index) >= kept && kept > 0) {
        const upstream::Candidate& from = survey.candidates[static_cast<std::size_t>(pick.index)];
        attempt.candidates[kept - 1] = {from.score, attempt.chosen, from.exclusion};
    }
    attempt.candidateCount = static_cast<std::uint8_t>(kept);
}

void DecisionDraft::chosenIn(upstream::Ejection ejection)
{
    if (Attempt* attempt = newest())
        attempt->isPanic = ejection == upstream::Ejection::Ignored;
}

void DecisionDraft::sent(upstream::Ticks now)
{
    if (Attempt* attempt = newest())
        attempt->began = now;
}

void DecisionDraft::failed(const upstream::Attempt& from, upstream::Ticks now)
{
    Attempt* attempt = newest();
    if (attempt == nullptr)
        return;
    attempt->end = from.end;
    attempt->status = static_cast<std::uint16_t>(from.status);
    attempt->ended = now;
}

void DecisionDraft::answered(int status, upstream::Ticks now)
{
    Attempt* attempt = newest();
    if (attempt == nullptr)
        return;
    attempt->isAnswered = true;
    attempt->status = static_cast<std::uint16_t>(status);
    attempt->ended = now;
}

} // namespace signalbox::proxy
