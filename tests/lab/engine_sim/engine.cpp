// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/engine_sim/engine.h"

#include "shared/base/limits.h"

#include <algorithm>

namespace signalbox::engine_sim {

using base::Monotonic;

namespace {

constexpr std::size_t kUtilisationSamples = 10;
// How far behind its schedule the simulation may be and still catch up; beyond that the
// machine was too slow, and pretending otherwise would make bursts no engine makes.
constexpr std::chrono::milliseconds kCatchUp{50};
constexpr std::chrono::milliseconds kWedgedRecheck{20};
constexpr int kIterationsAtOnce = 64; // so that one call never starves the connections

SequenceId sequenceOf(GenerationId id, std::size_t choice)
{
    return id * limits::kSimChoices + choice;
}

} // namespace

Engine::Engine(const SimOptions& options, const base::Clock& clock, FaultPlan& faults)
    : options_(options), clock_(clock), faults_(faults), scheduler_(options.batch),
      metrics_(options.model)
{
}

GenerationId Engine::start(GenerationRequest request, std::optional<Fault> fault, AnswerSink& sink)
{
    const GenerationId id = nextId_++;
    ++counters_.started;
    if (request.isContinuation()) {
        ++counters_.continuations;
        for (const PromptPart& part : request.prompts) {
            const lab::KeyedText text({options_.key, options_.model, part.prompt, 0});
            counters_.foreignContinuations += text.positionAfter(part.written) ? 0 : 1;
        }
    }
    Running running;
    running.arrived = clock_.monotonic();
    running.lastToken = running.arrived;
    if (fault && fault->kind == FaultKind::SlowFirstToken) {
        running.startsAt = running.arrived + fault->delay;
        ++delayed_;
    }
    GenerationSetting setting{
        options_.key, options_.model,
        std::chrono::duration_cast<std::chrono::seconds>(clock_.wall().time_since_epoch()).count(),
        std::move(fault)};
    running.generation
        = std::make_unique<Generation>(std::move(request), std::move(setting), sink);
    Running& stored = generations_.emplace(id, std::move(running)).first->second;
    if (!stored.startsAt)
        schedule(id, stored);
    return id;
}

void Engine::schedule(GenerationId id, Running& running)
{
    const GenerationRequest& request = running.generation->request();
    for (const PromptPart& part : request.prompts)
        metrics_.onPrompt(part.tokens);
    for (std::size_t choice = 0; choice < request.choices(); ++choice) {
        const std::size_t tokens = running.generation->promptOf(choice).tokens;
        const bool isSibling = choice % request.choicesPerPrompt != 0;
        scheduler_.add({sequenceOf(id, choice), tokens, isSibling ? tokens : 0});
    }
    if (!iterationEnd_)
        planIteration(clock_.monotonic());
}

void Engine::cancel(GenerationId id)
{
    const auto it = generations_.find(id);
    if (it == generations_.end())
        return;
    ++counters_.cancelled;
    metrics_.onFinished({"abort", clock_.monotonic() - it->second.arrived,
                         it->second.generation->generated()});
    dropSequences(id, it->second.generation->request().choices());
    delayed_ -= it->second.startsAt ? 1 : 0;
    generations_.erase(it);
}

void Engine::abortAll()
{
    while (!generations_.empty()) {
        const GenerationId id = generations_.begin()->first;
        generations_.begin()->second.generation->abort();
        retire(id);
    }
}

void Engine::onTimer()
{
    const Monotonic now = clock_.monotonic();
    startDelayed(now);
    for (int i = 0; i < kIterationsAtOnce && iterationEnd_ && *iterationEnd_ <= now; ++i) {
        if (faults_.standing(FaultKind::Wedged)) {
            iterationEnd_ = now + kWedgedRecheck;
            return;
        }
        const Monotonic ended = *iterationEnd_;
        iterationEnd_.reset();
        busy_ += iterationTime_;
        for (const SequenceId sequence : scheduler_.commit())
            deliver(sequence, now);
        planIteration(std::max(ended, now - kCatchUp));
    }
}

void Engine::startDelayed(Monotonic now)
{
    if (delayed_ == 0)
        return;
    for (auto& [id, running] : generations_) {
        if (!running.startsAt || *running.startsAt > now)
            continue;
        running.startsAt.reset();
        --delayed_;
        schedule(id, running);
    }
}

void Engine::planIteration(Monotonic from)
{
    lab::StepWork work;
    if (!scheduler_.plan(work))
        return;
    double scale = 1 / options_.speed;
    if (const auto slow = faults_.standing(FaultKind::Slow))
        scale *= slow->factor;
    const auto time = lab::stepDuration(options_.stepTime, work);
    iterationTime_ = std::chrono::nanoseconds(
        static_cast<std::int64_t>(static_cast<double>(time.count()) * scale));
    iterationEnd_ = from + iterationTime_;
}

void Engine::deliver(SequenceId sequence, Monotonic now)
{
    const GenerationId id = sequence / limits::kSimChoices;
    const auto it = generations_.find(id);
    if (it == generations_.end())
        return; // ended by another choice of the same request in this iteration
    Running& running = it->second;
    observeToken(running, now);
    metrics_.onTokens(1);
    switch (running.generation->onToken(sequence % limits::kSimChoices)) {
    case Generation::Progress::More: return;
    case Generation::Progress::ChoiceDone: scheduler_.remove(sequence); return;
    case Generation::Progress::AllDone: retire(id); return;
    }
}

void Engine::observeToken(Running& running, Monotonic now)
{
    if (running.hasToken)
        metrics_.onNextToken(now - running.lastToken);
    else
        metrics_.onFirstToken(now - running.arrived);
    running.hasToken = true;
    running.lastToken = now;
}

void Engine::retire(GenerationId id)
{
    const auto it = generations_.find(id);
    Running& running = it->second;
    ++counters_.finished;
    metrics_.onFinished({running.generation->finishReason(), clock_.monotonic() - running.arrived,
                         running.generation->generated()});
    dropSequences(id, running.generation->request().choices());
    delayed_ -= running.startsAt ? 1 : 0;
    generations_.erase(it);
}

void Engine::dropSequences(GenerationId id, std::size_t choices)
{
    for (std::size_t choice = 0; choice < choices; ++choice)
        scheduler_.remove(sequenceOf(id, choice));
}

std::optional<Monotonic> Engine::nextWake() const
{
    std::optional<Monotonic> wake = iterationEnd_;
    if (delayed_ == 0)
        return wake;
    for (const auto& [id, running] : generations_) {
        if (running.startsAt && (!wake || *running.startsAt < *wake))
            wake = running.startsAt;
    }
    return wake;
}

void Engine::sampleUtilisation()
{
    busySamples_.emplace_back(clock_.monotonic(), busy_);
    if (busySamples_.size() > kUtilisationSamples + 1)
        busySamples_.pop_front();
}

EngineGauges Engine::gauges() const
{
    EngineGauges gauges{scheduler_.running(), scheduler_.waiting(), scheduler_.kvUsage(),
                        scheduler_.preemptions(), 0};
    if (busySamples_.size() >= 2) {
        const auto& [from, busyBefore] = busySamples_.front();
        const auto& [to, busyAfter] = busySamples_.back();
        const std::chrono::duration<double> window = to - from;
        const std::chrono::duration<double> busy = busyAfter - busyBefore;
        gauges.utilisation = window.count() > 0 ? std::min(1.0, busy / window) : 0;
    }
    return gauges;
}

} // namespace signalbox::engine_sim
