// SPDX-License-Identifier: Apache-2.0
#include "agent/scaling/scaled_pair.h"

#include "agent/scaling/process_supervisor.h"
#include "shared/base/limits.h"
#include "shared/model/scale_template.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace signalbox::scaling {

namespace {

using model::PairState;
using namespace std::chrono_literals;

constexpr std::size_t kPortsOfAPair = 4;
// How long a drained agent that tells nothing of its open work is waited for; it ends that itself.
constexpr auto kSilentDrain = 5s;

std::string_view kindOf(PairState state)
{
    switch (state) {
    case PairState::Starting: return "instance_starting";
    case PairState::Loading: return "instance_loading";
    case PairState::Ready: return "instance_ready";
    case PairState::BackingOff: return "instance_backing_off";
    case PairState::Draining: return "instance_draining";
    case PairState::Stopping: return "instance_stopping";
    }
    return "instance";
}

std::string openText(const PairFacts& facts)
{
    return facts.open ? fmt::format("{} open", *facts.open) : std::string();
}

} // namespace

ScaledPair::ScaledPair(const Parts& parts, model::Pool pool, std::uint32_t index)
    : parts_(parts), pool_(std::move(pool)), index_(index)
{
    told_.id = model::pairId(pool_.name, index_);
    begin();
}

bool ScaledPair::isReady() const
{
    return told_.state == PairState::Ready || told_.state == PairState::Draining;
}

void ScaledPair::begin()
{
    stage_ = Stage::Preparing;
    if (const base::Status planned = plan(); !planned)
        return pause(planned.error().text());
    told_.logPath = plan_.logFolder.string();
    become(PairState::Starting, "its files are being written");
    parts_.prepare(plan_.files, [this, alive = std::weak_ptr(alive_)](base::Status status) {
        if (alive.expired())
            return;
        if (isLast_)
            stage_ = Stage::Ended;
        else if (status)
            launch();
        else
            pause(status.error().text());
    });
}

base::Status ScaledPair::plan()
{
    while (ports_.size() < kPortsOfAPair) {
        SB_TRY(HeldPort port, HeldPort::take());
        ports_.push_back(std::move(port));
    }
    const PairPorts ports{ports_[0].number(), ports_[1].number(), ports_[2].number(),
                          ports_[3].number()};
    SB_TRY(plan_, planPair(pool_, index_, ports, parts_.settings));
    return {};
}

void ScaledPair::launch()
{
    stage_ = Stage::Running;
    become(PairState::Starting, "");
    launchedAt_ = parts_.clock.monotonic();
    startMs_ = 0;
    unreadySince_ = launchedAt_;
    auto engine = parts_.runner.start(plan_.engine);
    if (!engine)
        return pause(engine.error().text());
    engine_ = *engine;
    auto agent = parts_.runner.start(plan_.agent);
    if (agent) {
        agent_ = *agent;
        return;
    }
    whyPaused_ = agent.error().text();
    endEngine();
}

void ScaledPair::look(const PairFacts& facts)
{
    switch (stage_) {
    case Stage::Preparing:
    case Stage::Ended: return;
    case Stage::Running: return lookAtProcesses(facts);
    case Stage::EndingAgent:
        if (end(agent_))
            endEngine();
        return;
    case Stage::EndingEngine:
        if (end(engine_))
            afterEngine();
        return;
    case Stage::Pausing:
        if (parts_.clock.monotonic() >= resumeAt_)
            begin();
        return;
    }
}

void ScaledPair::lookAtProcesses(const PairFacts& facts)
{
    const auto engine = parts_.runner.facts(*engine_);
    const auto agent = parts_.runner.facts(*agent_);
    if (!engine || !agent)
        return;
    told_.enginePid = engine->pid;
    told_.agentPid = agent->pid;
    told_.restarts = restartsBefore_ + runsAgain();
    judge(facts, *engine, *agent);
    checkLeaving(facts);
    if (stage_ == Stage::Running)
        checkStartTime();
}

void ScaledPair::judge(const PairFacts& facts, const ProcessFacts& engine,
                       const ProcessFacts& agent)
{
    const ProcessFacts* ended = engine.state == ProcessState::Waiting ? &engine
        : agent.state == ProcessState::Waiting                        ? &agent
                                                                      : nullptr;
    const bool isOurs = facts.isRegistered && facts.serve == plan_.serve;
    if (ended != nullptr) {
        unreadySince_.reset();
        become(PairState::BackingOff,
               fmt::format("the {} {}; it is started again", ended == &engine ? "engine" : "agent",
                           ended->lastExit.text()));
    } else if (isOurs && model::mayServe(facts.health.state)) {
        unreadySince_.reset();
        failedStarts_ = 0;
        if (startMs_ == 0)
            startMs_ = std::chrono::ceil<std::chrono::milliseconds>(
                           parts_.clock.monotonic() - launchedAt_)
                           .count();
        become(leavingSince_ ? PairState::Draining : PairState::Ready,
               leavingSince_ ? openText(facts) : std::string());
    } else if (isOurs) {
        become(PairState::Loading,
               facts.health.reason.empty() ? std::string(nameOf(facts.health.state))
                                           : facts.health.reason);
    } else if (facts.isRegistered && facts.startedBy != parts_.settings.agentId) {
        become(PairState::Starting, "another agent of the fleet has this name");
    } else {
        become(PairState::Starting, "its agent is not in the fleet yet");
    }
    if (!unreadySince_ && ended == nullptr && !isReady())
        unreadySince_ = parts_.clock.monotonic();
}

void ScaledPair::checkStartTime()
{
    const std::chrono::milliseconds most(pool_.scale->startTimeoutMs);
    if (!unreadySince_ || parts_.clock.monotonic() - *unreadySince_ < most)
        return;
    whyPaused_ = fmt::format("not ready within {} s ({})", most.count() / 1000,
                             told_.reason.empty() ? std::string(nameOf(told_.state))
                                                  : told_.reason);
    endAgent();
}

void ScaledPair::leave(const PairFacts& facts)
{
    if (isLast_)
        return;
    const bool isWorthWaiting = stage_ == Stage::Running && facts.mustDrain && isReady();
    if (!isWorthWaiting)
        return stop();
    if (leavingSince_)
        return;
    leavingSince_ = parts_.clock.monotonic();
    become(PairState::Draining, openText(facts));
}

void ScaledPair::checkLeaving(const PairFacts& facts)
{
    if (!leavingSince_ || !facts.mustDrain)
        return; // whoever is wanted again is told to stay, or to go without waiting
    const auto waited = parts_.clock.monotonic() - *leavingSince_;
    const bool hasDrained = facts.hasApplied
        && (facts.open ? *facts.open == 0 : waited >= kSilentDrain);
    const bool isLate = waited >= std::chrono::milliseconds(pool_.scale->drainDeadlineMs);
    if (!isReady() || hasDrained)
        return stop();
    if (!isLate)
        return;
    stop();
    (void)parts_.runner.stop(*engine_); // what is still open ends with an error that says so
}

void ScaledPair::stop()
{
    if (isLast_)
        return;
    isLast_ = true;
    if (stage_ == Stage::Running)
        return endAgent();
    become(PairState::Stopping, "");
    if (stage_ == Stage::Pausing)
        stage_ = Stage::Ended;
}

void ScaledPair::endAgent()
{
    become(PairState::Stopping, isLast_ ? std::string() : whyPaused_);
    stage_ = Stage::EndingAgent;
    (void)parts_.runner.stop(*agent_); // ours, as the engine is
}

void ScaledPair::endEngine()
{
    told_.agentPid = 0;
    stage_ = Stage::EndingEngine;
    (void)parts_.runner.stop(*engine_);
}

void ScaledPair::afterEngine()
{
    told_.enginePid = 0;
    if (isLast_)
        stage_ = Stage::Ended;
    else
        pause(std::exchange(whyPaused_, {}));
}

// True when the process has ended; its facts are dropped then.
bool ScaledPair::end(std::optional<ProcessId>& process)
{
    const auto facts = parts_.runner.facts(*process);
    if (facts && facts->state != ProcessState::Ended)
        return false;
    if (facts && facts->starts > 0)
        restartsBefore_ += static_cast<std::uint32_t>(facts->starts) - 1;
    parts_.runner.forget(*process);
    process.reset();
    return true;
}

void ScaledPair::pause(std::string reason)
{
    stage_ = Stage::Pausing;
    ++restartsBefore_;
    told_.restarts = restartsBefore_;
    unreadySince_.reset();
    const auto delay = restartDelay(++failedStarts_);
    resumeAt_ = parts_.clock.monotonic() + delay;
    become(PairState::BackingOff,
           fmt::format("{}; it is started again after {} s", reason, delay.count() / 1000));
}

std::uint32_t ScaledPair::runsAgain() const
{
    std::uint64_t runs = 0;
    for (const auto& process : {engine_, agent_}) {
        const auto facts = process ? parts_.runner.facts(*process) : std::nullopt;
        if (facts && facts->starts > 0)
            runs += facts->starts - 1;
    }
    return static_cast<std::uint32_t>(runs);
}

void ScaledPair::become(PairState state, std::string reason)
{
    const bool isNews = told_.sinceUnixMs == 0 || told_.state != state;
    told_.reason = reason.substr(0, limits::kReasonBytes);
    if (!isNews)
        return;
    told_.state = state;
    told_.sinceUnixMs = base::unixMs(parts_.clock.wall());
    model::Event event;
    event.kind = kindOf(state);
    event.object = told_.id;
    event.text = fmt::format("{} of pool {} is {}{}{}", told_.id, pool_.name, nameOf(state),
                             reason.empty() ? "" : ": ", reason);
    event.severity = state == PairState::BackingOff ? model::Severity::Warning
                                                    : model::Severity::Info;
    parts_.tell(std::move(event));
}

} // namespace signalbox::scaling
