// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/scaling/pair_plan.h"
#include "agent/scaling/process_runner.h"
#include "agent/scaling/scaled_pair.h"
#include "agent/scaling/scaler.h"
#include "shared/base/clock.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace signalbox::scaling {

// Keeps engine and agent pairs on this machine, as many as each pool's scale wants: starts what is
// missing, one after the other, and drains and stops what is too many.
// Lives on: control. Owned by agent/process; everything in Parts must outlive it.
// Failure: of a pair is that pair's; what this agent does not allow is the pool's problem, told in
// progress(). It starts no process but through the runner, which ends them with this process.
class ProcessScaler final : public Scaler {
public:
    struct Parts {
        ProcessRunner& runner;
        const base::Clock& clock;
        ScalerSettings settings;
        std::function<PairFacts(const std::string& id)> factsOf;
        PrepareFiles prepare;
        std::function<void(model::Event)> tell;
    };

    explicit ProcessScaler(Parts parts);

    void follow(const std::vector<model::Pool>& pools) override;
    void look() override;
    std::vector<model::ScaleProgress> progress() const override;
    void stopAll() override;
    bool hasEnded() const override;

private:
    struct Kept {
        model::Pool pool;
        bool isWanted = true; // policy still names this agent
        std::string problem;
        std::int64_t lastStartMs = 0;
        std::map<std::uint32_t, std::unique_ptr<ScaledPair>> pairs; // by index
    };

    void lookAt(Kept& kept);
    std::uint32_t wantedOf(const Kept& kept) const;
    void dismiss(Kept& kept, std::size_t count);
    void startOne(Kept& kept);
    std::uint32_t freeIndex(const Kept& kept) const;
    PairFacts factsOf(const ScaledPair& pair) const { return parts_.factsOf(pair.progress().id); }

    Parts parts_;
    ScaledPair::Parts pairParts_;
    std::map<std::string, Kept> pools_; // by name
    base::Monotonic nextStartAt_{};
    bool isStopping_ = false;
};

} // namespace signalbox::scaling
