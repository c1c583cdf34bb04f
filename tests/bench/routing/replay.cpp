// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/routing/replay.h"

#include "agent/upstream/load_balancer.h"
#include "agent/upstream/prefix_index.h"

#include <algorithm>
#include <cstring>
#include <ctime>
#include <memory>
#include <numeric>
#include <string>

namespace signalbox::routing {

namespace {

using upstream::Ticks;

constexpr double kReportEvery = 0.02; // as limits::kLoadPoll
constexpr std::size_t kBlockBytes = 2'048; // a block of the trace as text

double cpuSeconds()
{
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

Ticks ticksOf(double second)
{
    return static_cast<Ticks>((second + 1'000) * 1e9);
}

// The prompt as a client would send it: every block is its number, again and again.
std::string textOf(const Arrival& arrival)
{
    std::string text(arrival.blocks.size() * kBlockBytes, '.');
    for (std::size_t i = 0; i < arrival.blocks.size(); ++i) {
        const std::string number = std::to_string(arrival.blocks[i]) + " ";
        for (std::size_t at = 0; at + number.size() <= kBlockBytes; at += number.size())
            std::memcpy(text.data() + i * kBlockBytes + at, number.data(), number.size());
    }
    return text;
}

class Replay {
public:
    Replay(const Setting& setting, Policy policy, std::uint64_t seed)
        : setting_(setting), policy_(policy), random_(seed),
          members_(static_cast<std::size_t>(setting.replicas)), told_(members_.size(), {-1, 0}),
          placements_(setting.arrivals->size()),
          firstTokens_(setting.arrivals->size(), 0), chains_(setting.arrivals->size())
    {
        for (std::size_t i = 0; i < members_.size(); ++i) {
            members_[i].id = "replica-" + std::to_string(i);
            members_[i].cell = std::make_shared<upstream::MemberCell>();
            engines_.push_back(std::make_unique<EngineModel>(
                constantsOf(i), [this, i](std::size_t request) { onFirstToken(i, request); },
                [this](std::size_t request) { placements_[request].release(); }));
        }
    }

    Outcome run()
    {
        const std::vector<Arrival>& arrivals = *setting_.arrivals;
        for (std::size_t i = 0; i < arrivals.size(); ++i) {
            advanceTo(arrivals[i].second);
            const std::size_t to = choose(arrivals[i], i);
            placements_[i] = upstream::Placement(members_[to].cell, arrivals[i].promptTokens,
                                                 ticksOf(arrivals[i].second));
            members_[to].cell->countRequest();
            engines_[to]->submit(i, arrivals[i], arrivals[i].second);
            report(to, arrivals[i].second);
        }
        for (const auto& engine : engines_)
            engine->advanceTo(1e9);
        return outcome();
    }

private:
    EngineConstants constantsOf(std::size_t replica) const
    {
        EngineConstants constants = setting_.engine;
        const double slower = replica == 0 ? setting_.slowFirst : 1;
        for (double* part : {&constants.step, &constants.perSequence, &constants.perContext,
                             &constants.perPrompt})
            *part *= slower;
        return constants;
    }

    // Iterations in the order in which they end, each followed by its agent's report.
    void advanceTo(double now)
    {
        for (;;) {
            const auto next = std::min_element(
                engines_.begin(), engines_.end(),
                [](const auto& a, const auto& b) { return a->nextEnd() < b->nextEnd(); });
            const double at = (*next)->nextEnd();
            if (at > now)
                break;
            (*next)->advanceTo(at);
            report(static_cast<std::size_t>(next - engines_.begin()), at);
        }
        for (std::size_t i = 0; i < engines_.size(); ++i)
            report(i, now);
    }

    // What has changed is told when 20 ms have passed since the last time, what has not each 200.
    void report(std::size_t replica, double now)
    {
        if (policy_ != Policy::Router || now - told_[replica].first < kReportEvery)
            return;
        const EngineConstants constants = constantsOf(replica);
        const EngineModel& engine = *engines_[replica];
        model::LoadReport load;
        load.sequence = ++told_[replica].second;
        load.pendingPrefillTokens = engine.pendingPromptTokens();
        load.decoding = engine.decoding();
        load.prefillTokensPerSecond = static_cast<float>(constants.prefillTokensPerSecond());
        load.decodeMsPerSequence = static_cast<float>(constants.perSequence * 1'000);
        load.acceptsWork = true;
        members_[replica].cell->take(load, ticksOf(now));
        told_[replica].first = now;
    }

    std::size_t choose(const Arrival& arrival, std::size_t request)
    {
        switch (policy_) {
        case Policy::Random: return random_.below(members_.size());
        case Policy::RoundRobin: return request % members_.size();
        case Policy::LeastRequests: return leastRequests();
        case Policy::TwoChoices:
        case Policy::Router: break;
        }
        upstream::PickContext context;
        context.now = ticksOf(arrival.second);
        context.promptTokens = arrival.promptTokens;
        upstream::CachedPrefix cached;
        const std::string text
            = policy_ == Policy::Router && setting_.engine.prefixBlocks > 0 ? textOf(arrival) : "";
        const double began = cpuSeconds();
        if (!text.empty()) {
            chains_[request] = std::make_unique<upstream::PrefixChain>();
            chains_[request]->take(text);
            cached = prefixes_.find(*chains_[request], context.now);
        }
        context.cached = &cached;
        const upstream::Pick pick = upstream::pickMember(members_, context, random_, survey_);
        spent_ += cpuSeconds() - began;
        return static_cast<std::size_t>(pick.index);
    }

    std::size_t leastRequests()
    {
        std::size_t best = random_.below(members_.size()); // ties by lot
        for (std::size_t i = 0; i < members_.size(); ++i) {
            if (members_[i].cell->inFlight() < members_[best].cell->inFlight())
                best = i;
        }
        return best;
    }

    void onFirstToken(std::size_t replica, std::size_t request)
    {
        firstTokens_[request] = engines_[replica]->now() - (*setting_.arrivals)[request].second;
        if (chains_[request])
            prefixes_.note(*chains_[request], members_[replica].cell->number(),
                           ticksOf(engines_[replica]->now()));
        chains_[request] = nullptr;
    }

    Outcome outcome()
    {
        std::sort(firstTokens_.begin(), firstTokens_.end());
        const auto count = static_cast<double>(firstTokens_.size());
        const auto at = [&](double q) {
            return firstTokens_[static_cast<std::size_t>(q * (count - 1))];
        };
        Outcome outcome;
        outcome.mean = std::accumulate(firstTokens_.begin(), firstTokens_.end(), 0.0) / count;
        outcome.p50 = at(0.5);
        outcome.p95 = at(0.95);
        outcome.p99 = at(0.99);
        double prompts = 0;
        double cached = 0;
        for (const auto& engine : engines_) {
            prompts += static_cast<double>(engine->promptTokensTotal());
            cached += static_cast<double>(engine->promptTokensCachedTotal());
        }
        outcome.cachedShare = cached / prompts;
        outcome.choiceMicroseconds = spent_ * 1e6 / count;
        return outcome;
    }

    const Setting& setting_;
    Policy policy_;
    upstream::Random random_;
    upstream::Survey survey_;
    upstream::PrefixIndex prefixes_;
    std::vector<upstream::Member> members_;
    std::vector<std::unique_ptr<EngineModel>> engines_;
    std::vector<std::pair<double, std::uint64_t>> told_; // last report: when, which
    std::vector<upstream::Placement> placements_; // by request
    std::vector<double> firstTokens_;
    std::vector<std::unique_ptr<upstream::PrefixChain>> chains_;
    double spent_ = 0; // seconds of this thread's CPU
};

} // namespace

std::string_view nameOf(Policy policy)
{
    switch (policy) {
    case Policy::Random: return "random";
    case Policy::RoundRobin: return "round robin";
    case Policy::LeastRequests: return "least requests";
    case Policy::TwoChoices: return "two choices";
    case Policy::Router: return "router";
    }
    return "";
}

Outcome replay(const Setting& setting, Policy policy, std::uint64_t seed)
{
    return Replay(setting, policy, seed).run();
}

} // namespace signalbox::routing
