// SPDX-License-Identifier: Apache-2.0
#include "agent/proxy/stream/stream_state.h"

#include "shared/base/limits.h"

#include <algorithm>

namespace signalbox::proxy {

namespace {

bool carriesToken(const http::ChatEvent& event)
{
    if (event.kind == http::ChatEventKind::Token || event.kind == http::ChatEventKind::ToolCall)
        return true;
    return std::any_of(event.choices.begin(), event.choices.end(), [](const auto& choice) {
        return !choice.text.empty() || !choice.reasoning.empty() || !choice.refusal.empty()
            || choice.hasToolCall;
    });
}

} // namespace

std::string_view nameOf(StreamBreak broken)
{
    switch (broken) {
    case StreamBreak::None: return "none";
    case StreamBreak::Lost: return "the connection to the engine was lost";
    case StreamBreak::EndedUnfinished: return "the engine ended before it had finished";
    case StreamBreak::Aborted: return "the engine aborted the generation";
    case StreamBreak::ErrorEvent: return "the engine reported an error";
    case StreamBreak::Stalled: return "the engine stopped sending tokens";
    case StreamBreak::TooLarge: return "the engine sent an event above the size limit";
    }
    return "none";
}

StreamState::Step StreamState::take(const http::ChatEvent& event)
{
    lastWasToken_ = false;
    if (isWhole_)
        return Step::Ignore;
    if (event.usage.isPresent && event.usage.isPlausible)
        usage_ = event.usage;
    switch (event.kind) {
    case http::ChatEventKind::Error: broken_ = StreamBreak::ErrorEvent; return Step::Break;
    case http::ChatEventKind::Done:
        if (!everyChoiceFinished()) {
            broken_ = StreamBreak::EndedUnfinished;
            return Step::Break;
        }
        isWhole_ = true;
        return Step::Last;
    case http::ChatEventKind::NotJson: ++notJsonEvents_; return Step::Forward;
    case http::ChatEventKind::Finish:
    case http::ChatEventKind::ToolCall:
    case http::ChatEventKind::Token:
    case http::ChatEventKind::Role:
    case http::ChatEventKind::Usage:
    case http::ChatEventKind::Other: break;
    }
    lastWasToken_ = carriesToken(event);
    if (lastWasToken_)
        ++tokenEvents_;
    return takeFinish(event);
}

StreamState::Step StreamState::takeFinish(const http::ChatEvent& event)
{
    for (const http::ChoiceDelta& choice : event.choices) {
        if (choice.index >= limits::kChoicesPerEvent)
            continue;
        if (choice.index >= finished_.size())
            finished_.resize(choice.index + 1, false);
        if (http::isCut(choice.finish)) {
            broken_ = StreamBreak::Aborted;
            return Step::Break;
        }
        if (choice.finish != http::FinishReason::None)
            finished_[choice.index] = true;
    }
    return Step::Forward;
}

bool StreamState::everyChoiceFinished() const
{
    if (!saysItsEnd(api_))
        return true;
    return !finished_.empty() && std::all_of(finished_.begin(), finished_.end(),
                                             [](bool finished) { return finished; });
}

bool StreamState::endOfBody()
{
    if (isWhole_)
        return false;
    if (!everyChoiceFinished()) {
        broken_ = StreamBreak::EndedUnfinished;
        return false;
    }
    isWhole_ = true;
    return endsWithDone(api_);
}

} // namespace signalbox::proxy
