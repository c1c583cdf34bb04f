// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/scaling/held_port.h"
#include "agent/scaling/pair_plan.h"
#include "agent/scaling/process_runner.h"
#include "shared/base/clock.h"
#include "shared/model/fleet.h"
#include "shared/model/sample.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace signalbox::scaling {

// What the fleet knows of a pair's agent now.
struct PairFacts {
    bool isRegistered = false;
    std::string startedBy;
    std::string serve; // its address
    model::Verdict health; // of its engine
    bool mustDrain = false; // policy wants it to take no new work
    bool hasApplied = false; // it runs the policy that says so
    std::optional<std::uint32_t> open; // exchanges there; nothing = not known
};

// Makes the files on a thread that may block, and says so on this one.
using PrepareFiles = std::function<void(PairFiles files, std::function<void(base::Status)> done)>;

// One engine and the agent beside it, from their start to their end: started together, the agent
// stopped first, started anew after a pause when they do not become ready in time.
// Lives on: control. Owned by ProcessScaler; everything in Parts must outlive it.
// Failure: is told in progress() and tried again, each time after a longer pause.
class ScaledPair {
public:
    struct Parts {
        ProcessRunner& runner;
        const base::Clock& clock;
        const ScalerSettings& settings;
        const PrepareFiles& prepare;
        const std::function<void(model::Event)>& tell;
    };

    ScaledPair(const Parts& parts, model::Pool pool, std::uint32_t index);
    ScaledPair(const ScaledPair&) = delete;
    ScaledPair& operator=(const ScaledPair&) = delete;

    void look(const PairFacts& facts);
    // It is one too many: it ends once nothing is open there, or the drain deadline has passed.
    void leave(const PairFacts& facts);
    // It is wanted after all. Too late once it is being stopped.
    void stay() { leavingSince_.reset(); }
    // The agent now, which ends its open work itself; then the engine.
    void stop();

    bool isStopping() const { return isLast_; }
    bool hasEnded() const { return stage_ == Stage::Ended; }
    bool isReady() const;
    // From its newest start to ready; 0 = it has not been ready since.
    std::int64_t startMs() const { return startMs_; }
    const model::PairProgress& progress() const { return told_; }

private:
    enum class Stage : std::uint8_t {
        Preparing, // files are being written
        Running,
        EndingAgent,
        EndingEngine,
        Pausing, // before the next start
        Ended,
    };

    void begin();
    base::Status plan();
    void launch();
    void lookAtProcesses(const PairFacts& facts);
    void judge(const PairFacts& facts, const ProcessFacts& engine, const ProcessFacts& agent);
    void checkStartTime();
    void checkLeaving(const PairFacts& facts);
    void endAgent();
    void endEngine();
    void afterEngine();
    void pause(std::string reason);
    bool end(std::optional<ProcessId>& process);
    void become(model::PairState state, std::string reason);
    std::uint32_t runsAgain() const;

    Parts parts_;
    model::Pool pool_; // as it was when the pair was made
    std::uint32_t index_;
    std::vector<HeldPort> ports_;
    PairPlan plan_;
    Stage stage_ = Stage::Preparing;
    bool isLast_ = false; // it is not started again
    std::optional<ProcessId> engine_;
    std::optional<ProcessId> agent_;
    std::optional<base::Monotonic> unreadySince_; // while both run
    std::optional<base::Monotonic> leavingSince_;
    base::Monotonic resumeAt_{};
    base::Monotonic launchedAt_{};
    std::int64_t startMs_ = 0;
    unsigned failedStarts_ = 0; // in a row
    std::uint32_t restartsBefore_ = 0; // of earlier starts of the pair
    std::string whyPaused_;
    model::PairProgress told_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

} // namespace signalbox::scaling
