// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/upstream/load_balancer.h"
#include "agent/upstream/retry_policy.h"

#include <array>
#include <cstdint>

namespace signalbox::proxy {

// What an exchange notes of its choices as it makes them: numbers only and of fixed size, so that
// it costs nothing to speak of; words are made of it if it is kept.
// Lives on: core; a value of the exchange.
class DecisionDraft {
public:
    static constexpr std::size_t kAttempts = 4;
    static constexpr std::size_t kCandidates = 12;

    struct Candidate {
        float score = -1;
        std::uint16_t index = 0; // of the member in its pool
        upstream::Exclusion exclusion = upstream::Exclusion::None;
    };
    struct Attempt {
        upstream::Ticks began = 0;
        upstream::Ticks ended = 0; // 0 = it has not
        std::uint32_t pool = 0; // index in the snapshot
        std::uint32_t members = 0; // of the pool
        std::uint16_t chosen = 0;
        std::uint16_t status = 0;
        upstream::PickRule rule = upstream::PickRule::Nothing;
        upstream::AttemptEnd end = upstream::AttemptEnd::Refused;
        bool isAnswered = false;
        bool isPanic = false;
        std::uint8_t candidateCount = 0;
        std::array<Candidate, kCandidates> candidates;
    };

    // The first kCandidates of the survey are noted, and the chosen one among them.
    void begin(std::uint32_t pool, const upstream::Pick& pick, const upstream::Survey& survey);
    void chosenIn(upstream::Ejection ejection);
    void sent(upstream::Ticks now);
    void failed(const upstream::Attempt& attempt, upstream::Ticks now);
    void answered(int status, upstream::Ticks now);

    std::size_t count() const { return count_; }
    const Attempt& at(std::size_t index) const { return attempts_[index]; }

private:
    Attempt* newest() { return count_ == 0 ? nullptr : &attempts_[count_ - 1]; }

    std::array<Attempt, kAttempts> attempts_;
    std::size_t count_ = 0;
};

} // namespace signalbox::proxy
