// SPDX-License-Identifier: Apache-2.0
#include "agent/health/breaker_trials.h"

#include "shared/base/log.h"

#include <algorithm>
#include <utility>

namespace signalbox::health {

using engine::DeepOutcome;
using upstream::Breaker;

namespace {

// Says who asks, so that an agent takes it for a gateway's request.
class HopFetcher final : public engine::Fetcher {
public:
    HopFetcher(std::unique_ptr<engine::Fetcher> inner, std::string hop)
        : inner_(std::move(inner)), hop_(std::move(hop))
    {
    }
    void fetch(engine::FetchRequest request, Done done) override
    {
        request.hop = hop_;
        inner_->fetch(std::move(request), std::move(done));
    }
    void dropIdle() override { inner_->dropIdle(); }

private:
    std::unique_ptr<engine::Fetcher> inner_;
    std::string hop_;
};

Breaker::Trial trialOf(DeepOutcome outcome)
{
    switch (outcome) {
    case DeepOutcome::Token: return Breaker::Trial::Token;
    case DeepOutcome::Silent: return Breaker::Trial::Nothing;
    case DeepOutcome::Refused: return Breaker::Trial::CannotTell;
    }
    return Breaker::Trial::Nothing;
}

} // namespace

// One trial under way, with its connection.
struct BreakerTrials::Asked {
    Asked(engine::ProfilePtr profile, std::unique_ptr<engine::Fetcher> made)
        : fetcher(std::move(made)), client(std::move(profile), *fetcher, *fetcher)
    {
    }
    std::unique_ptr<engine::Fetcher> fetcher;
    engine::EngineClient client;
    bool hasEnded = false; // dropped at the next look, never inside its own callback
};

BreakerTrials::BreakerTrials(Options options) : options_(std::move(options)) {}
BreakerTrials::~BreakerTrials() = default;

void BreakerTrials::setTargets(std::vector<TrialTarget> targets)
{
    targets_ = std::move(targets);
    std::erase_if(asked_, [&](const auto& asked) {
        return std::none_of(targets_.begin(), targets_.end(), [&](const TrialTarget& target) {
            return target.cell->number() == asked.first;
        });
    });
}

void BreakerTrials::look()
{
    std::erase_if(asked_, [](const auto& asked) { return asked.second->hasEnded; });
    const upstream::Ticks now = options_.clock.monotonic().time_since_epoch().count();
    for (const TrialTarget& target : targets_) {
        Breaker& breaker = target.cell->breaker();
        if (!breaker.isOpen())
            continue;
        breaker.settle(now);
        const bool isBusy = target.cell->inFlight() > 0 || asked_.contains(target.cell->number());
        if (breaker.wantsTrial(now) && !isBusy)
            begin(target, now);
    }
}

void BreakerTrials::begin(const TrialTarget& target, upstream::Ticks now)
{
    target.cell->breaker().trialBegan(now);
    const auto url = engine::parseEngineUrl(target.address);
    if (!url)
        return; // the prober has said so
    const engine::ProfilePtr profile = target.profile ? target.profile : agentProfile();
    auto fetcher = options_.makeFetcher(*url, profile->connections);
    if (!target.profile)
        fetcher = std::make_unique<HopFetcher>(std::move(fetcher), options_.ownName);
    auto made = std::make_unique<Asked>(profile, std::move(fetcher));
    Asked& asked = *made;
    asked_[target.cell->number()] = std::move(made);
    ++trialsTotal_;
    const auto ended = [this, &asked, cell = target.cell,
                        address = target.address](DeepOutcome outcome, const std::string& why) {
        asked.hasEnded = true;
        trialsGoodTotal_ += outcome == DeepOutcome::Token ? 1 : 0;
        cell->breaker().trialEnded(trialOf(outcome),
                                   options_.clock.monotonic().time_since_epoch().count());
        log::info("health", "breaker_trial", "address", address, "found",
                  outcome == DeepOutcome::Token ? "a token" : why);
    };
    asked.client.generateOneToken(target.model, options_.timeout, ended);
}

} // namespace signalbox::health
