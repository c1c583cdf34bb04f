// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/engine/engine_client.h"
#include "agent/health/health_settings.h"
#include "shared/base/clock.h"
#include "shared/model/health.h"

#include <cstdint>
#include <string>

namespace signalbox::health {

// What became of the verdict: nothing, its reason only, or its state: a flip.
enum class Change : std::uint8_t { None, Reason, State };

// Turns probes and token progress into one verdict with a reason and a since. Down needs downAfter
// bad probes in a row, up again upAfter good ones; an engine that starts or loads is up at its
// first good word. Wedged ends only with a token: a probe that answers proves nothing then.
// Lives on: control. Owned by the checker of one engine. Pure but for the clock.
class HealthJudge {
public:
    HealthJudge(const HealthSettings& settings, const base::Clock& clock);

    Change takeProbe(const engine::ProbeOutcome& outcome);
    // What the engine says about sleep, beside its probe.
    Change takeSleeping(bool isAsleep);
    // Requests run and no token moves; the judge of tokens has waited long enough.
    Change takeWedged(const std::string& reason);
    // A token moved, or a one-token generation succeeded.
    Change takeToken();
    // Another process answers at the address: it begins its own life.
    Change takeRestart();

    const model::Verdict& verdict() const { return verdict_; }
    // The engine refused for the first time since it was good: ask again at once.
    bool wantsQuickProbe() const { return wantsQuickProbe_; }

private:
    Change takeGood(const std::string& reason);
    Change takeWord(model::Health word, const std::string& reason);
    Change takeSilence(const engine::ProbeOutcome& outcome);
    Change become(model::Health state, std::string reason);

    HealthSettings settings_;
    const base::Clock& clock_;
    model::Verdict verdict_;
    base::Monotonic bornAt_;
    bool wasGood_ = false; // since the process began
    bool wantsQuickProbe_ = false;
    std::uint32_t good_ = 0; // probes in a row
    std::uint32_t bad_ = 0;
};

} // namespace signalbox::health
