// SPDX-License-Identifier: Apache-2.0
#include "agent/control/drain_watch.h"

#include "shared/base/log.h"
#include "shared/model/policy_edit.h"

#include <fmt/format.h>

#include <utility>

namespace signalbox::control {

namespace {

using namespace std::chrono_literals;
using model::DrainPhase;

constexpr auto kLookEvery = 250ms;
// A request may have been on its way to a core when the core was told: one idle look proves
// nothing, and the first moments do not either.
constexpr auto kSettledAfter = 500ms;

// Maint and off mean the same to running exchanges as drain does.
bool isDrain(model::Admin admin)
{
    return admin == model::Admin::Drain || admin == model::Admin::Maint
        || admin == model::Admin::Off;
}

std::string exchanges(std::uint32_t count)
{
    return count == 1 ? "1 exchange" : fmt::format("{} exchanges", count);
}

} // namespace

DrainWatch::DrainWatch(base::Executor& executor, const base::Clock& clock, std::string agent,
                       Handlers handlers)
    : executor_(executor), clock_(clock), agent_(std::move(agent)), handlers_(std::move(handlers))
{
}

void DrainWatch::follow(const std::optional<model::AdminIntent>& intent)
{
    const bool wasDraining = progress_.phase != DrainPhase::None;
    const model::AdminIntent next = intent.value_or(model::AdminIntent{});
    if (next.deadlineUnixMs != intent_.deadlineUnixMs)
        isDeadlineTold_ = false;
    intent_ = next;
    if (isDrain(next.admin) && !wasDraining)
        begin();
    else if (!isDrain(next.admin) && wasDraining)
        end();
}

void DrainWatch::begin()
{
    begunAt_ = clock_.monotonic();
    wasIdle_ = false;
    isDeadlineTold_ = false;
    const OpenWork open = handlers_.openWork();
    become({DrainPhase::Draining, open.count, open.oldestMs, nowUnixMs()});
    tell(model::Severity::Info, "drain_started",
         fmt::format("{} takes no new work; {} open{}", agent_, exchanges(open.count),
                     intent_.deadlineUnixMs == 0
                         ? std::string(", waiting without end")
                         : ", deadline " + model::timeText(intent_.deadlineUnixMs)));
    tick_ = executor_.after(kLookEvery, [this] { look(); });
}

void DrainWatch::end()
{
    tick_.reset();
    become({});
    tell(model::Severity::Info, "drain_ended", fmt::format("{} takes new work again", agent_));
}

void DrainWatch::look()
{
    const OpenWork open = handlers_.openWork();
    const bool isIdle = open.count == 0;
    const bool isSettled = clock_.monotonic() - begunAt_ >= kSettledAfter;
    const bool isDrained = isIdle && wasIdle_ && isSettled;
    wasIdle_ = isIdle;
    model::DrainProgress next = progress_;
    const DrainPhase before = progress_.phase;
    if (isDrained)
        next.phase = DrainPhase::Drained;
    else if (!isIdle)
        next.phase = DrainPhase::Draining; // somebody asked it directly, past every gateway
    next.remaining = open.count;
    next.longestMs = isIdle ? 0 : open.oldestMs;
    become(next);
    if (next.phase == DrainPhase::Drained && before != DrainPhase::Drained)
        tell(model::Severity::Info, "drained",
             fmt::format("{} is drained: safe to stop, after {}", agent_,
                         model::spanText(nowUnixMs() - next.sinceUnixMs)));
    checkDeadline();
    tick_ = executor_.after(kLookEvery, [this] { look(); });
}

void DrainWatch::checkDeadline()
{
    const bool isPassed = intent_.deadlineUnixMs != 0 && nowUnixMs() >= intent_.deadlineUnixMs
        && progress_.phase == DrainPhase::Draining;
    if (!isPassed || std::exchange(isDeadlineTold_, true))
        return;
    tell(model::Severity::Warning, "drain_deadline_passed",
         fmt::format("the drain of {} passed its deadline with {} open, the oldest for {}; they "
                     "go on until they end or somebody stops the agent",
                     agent_, exchanges(progress_.remaining),
                     model::spanText(progress_.longestMs)));
}

void DrainWatch::become(model::DrainProgress next)
{
    if (std::exchange(progress_, next) != next)
        handlers_.onProgress(progress_);
}

void DrainWatch::tell(model::Severity severity, std::string kind, std::string text)
{
    log::write(severity == model::Severity::Info ? log::Level::Info : log::Level::Warn, "control",
               kind, {{"agent", agent_}, {"text", text}});
    model::Event event;
    event.unixMs = nowUnixMs();
    event.kind = std::move(kind);
    event.object = agent_;
    event.text = std::move(text);
    event.severity = severity;
    handlers_.onEvent(std::move(event));
}

std::int64_t DrainWatch::nowUnixMs() const
{
    return base::unixMs(clock_.wall());
}

} // namespace signalbox::control
