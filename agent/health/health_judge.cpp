// SPDX-License-Identifier: Apache-2.0
#include "agent/health/health_judge.h"

#include "shared/yaml/scalar_text.h"

#include <fmt/format.h>

#include <utility>

namespace signalbox::health {

using engine::FetchFault;
using engine::ProbeOutcome;
using model::Health;

HealthJudge::HealthJudge(const HealthSettings& settings, const base::Clock& clock)
    : settings_(settings), clock_(clock), bornAt_(clock.monotonic())
{
    (void)become(Health::Unknown, "not probed yet"); // the first verdict is no change of one
}

Change HealthJudge::takeProbe(const ProbeOutcome& outcome)
{
    wantsQuickProbe_ = false;
    if (outcome.means == Health::Ready || outcome.means == Health::Degraded) {
        bad_ = 0;
        ++good_;
        wasGood_ = true;
        return outcome.means == Health::Ready ? takeGood(outcome.reason)
                                              : takeWord(outcome.means, outcome.reason);
    }
    good_ = 0;
    ++bad_;
    return outcome.means == Health::Unknown ? takeSilence(outcome)
                                            : takeWord(outcome.means, outcome.reason);
}

Change HealthJudge::takeSleeping(bool isAsleep)
{
    if (isAsleep && model::mayServe(verdict_.state))
        return become(Health::Sleeping, "asleep: unloaded on purpose");
    if (!isAsleep && verdict_.state == Health::Sleeping)
        return become(Health::Ready, {});
    return Change::None;
}

Change HealthJudge::takeWedged(const std::string& reason)
{
    // An engine that is down or loading has a better explanation already.
    if (!model::mayServe(verdict_.state) && verdict_.state != Health::Wedged)
        return Change::None;
    return become(Health::Wedged, reason);
}

Change HealthJudge::takeToken()
{
    if (verdict_.state != Health::Wedged)
        return Change::None;
    return become(Health::Ready, {});
}

Change HealthJudge::takeRestart()
{
    bornAt_ = clock_.monotonic();
    wasGood_ = false;
    good_ = 0;
    bad_ = 0;
    // It answered, or nobody would know that it is another one; its next probe says how it is.
    if (verdict_.state == Health::Wedged)
        return become(Health::Loading, "the engine was restarted");
    return Change::None;
}

Change HealthJudge::takeGood(const std::string& reason)
{
    switch (verdict_.state) {
    case Health::Failed:
        if (good_ < settings_.upAfter)
            return Change::None;
        break;
    case Health::Wedged: // answers, but only a token proves that it works
    case Health::Sleeping: // stays 200 while it sleeps: its own word about sleep ends that
        return Change::None;
    case Health::Unknown:
    case Health::Starting:
    case Health::Loading:
    case Health::Degraded:
    case Health::Ready:
        break;
    }
    return become(Health::Ready, reason);
}

Change HealthJudge::takeWord(Health word, const std::string& reason)
{
    const bool isServing = model::mayServe(verdict_.state) || verdict_.state == Health::Sleeping;
    const bool isDegrading = word == Health::Degraded && model::mayServe(verdict_.state);
    if (isServing && !isDegrading && bad_ < settings_.downAfter)
        return Change::None;
    // "Loading" of one that failed or is wedged is news, and good news; "failed" is final for now.
    if (verdict_.state == Health::Wedged && word == Health::Degraded)
        return Change::None;
    return become(word, reason);
}

Change HealthJudge::takeSilence(const ProbeOutcome& outcome)
{
    if (wasGood_) {
        if (bad_ >= settings_.downAfter)
            return become(Health::Failed, outcome.reason);
        wantsQuickProbe_ = outcome.fault == FetchFault::Refused;
        return Change::None;
    }
    if (verdict_.state == Health::Failed)
        return become(Health::Failed, outcome.reason);
    if (clock_.monotonic() - bornAt_ < settings_.startWithin)
        return become(Health::Starting, outcome.reason);
    return become(Health::Failed,
                  fmt::format("did not start within {}: {}",
                              yaml::durationText(settings_.startWithin), outcome.reason));
}

Change HealthJudge::become(Health state, std::string reason)
{
    if (verdict_.state == state && verdict_.reason == reason)
        return Change::None;
    const bool isFlip = verdict_.state != state || verdict_.sinceUnixMs == 0;
    if (isFlip) {
        const auto sinceEpoch = clock_.wall().time_since_epoch();
        verdict_.sinceUnixMs
            = std::chrono::duration_cast<std::chrono::milliseconds>(sinceEpoch).count();
    }
    const bool wasState = verdict_.state != state;
    verdict_.state = state;
    verdict_.reason = std::move(reason);
    return wasState ? Change::State : Change::Reason;
}

} // namespace signalbox::health
