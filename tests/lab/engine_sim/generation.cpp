// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/engine_sim/generation.h"

#include "tests/lab/kit/vocabulary.h"

#include <fmt/format.h>

#include <algorithm>

namespace signalbox::engine_sim {

namespace {

constexpr std::size_t kFaultAfterDefault = 5; // tokens; far enough in to be in the middle

struct StopFound {
    std::size_t at = std::string::npos;
    std::string_view stop;
};

StopFound findStop(const std::string& text, const std::vector<std::string>& stops)
{
    StopFound first;
    for (const std::string& stop : stops) {
        const std::size_t at = text.find(stop);
        if (at < first.at)
            first = {at, stop};
    }
    return first;
}

// The length of the end of `text` that may be the beginning of a stop text.
std::size_t undecidedTail(std::string_view text, const std::vector<std::string>& stops)
{
    std::size_t longest = 0;
    for (const std::string& stop : stops) {
        for (std::size_t n = std::min(stop.size() - 1, text.size()); n > longest; --n) {
            if (text.substr(text.size() - n) == std::string_view(stop).substr(0, n)) {
                longest = n;
                break;
            }
        }
    }
    return longest;
}

} // namespace

Generation::Generation(GenerationRequest request, GenerationSetting setting, AnswerSink& sink)
    : request_(std::move(request)), setting_(std::move(setting)),
      head_{request_.route, request_.id, setting_.model, setting_.created}, sink_(sink)
{
    choices_.reserve(request_.choices());
    for (std::size_t i = 0; i < request_.choices(); ++i) {
        const PromptPart& part = promptOf(i);
        const lab::Topic topic{setting_.key, setting_.model, part.prompt,
                               i % request_.choicesPerPrompt};
        Choice choice{lab::KeyedText(topic), {}, 0, {}, {}, false, false, {}};
        if (const auto at = choice.text.positionAfter(part.written)) {
            choice.at = *at;
        } else { // not our answer: what follows cannot be it either, and must be seen to differ
            const std::string foreign = part.prompt + part.written;
            choice.text = lab::KeyedText({setting_.key, setting_.model, foreign, topic.choice});
            choice.at = {1, 0};
        }
        choices_.push_back(std::move(choice));
    }
}

const PromptPart& Generation::promptOf(std::size_t choice) const
{
    return request_.prompts[choice / request_.choicesPerPrompt];
}

Generation::Progress Generation::onToken(std::size_t index)
{
    Choice& choice = choices_[index];
    if (index == 0 && setting_.fault
        && choice.emitted == setting_.fault->after.value_or(kFaultAfterDefault)) {
        if (const auto ended = strike(choice))
            return *ended;
    }
    std::string text = nextText(choice);
    finishIfDue(choice, text);
    emit(index, std::move(text));
    if (!choice.isDone)
        return Progress::More;
    const bool allDone = std::all_of(choices_.begin(), choices_.end(),
                                     [](const Choice& one) { return one.isDone; });
    return allDone ? conclude() : Progress::ChoiceDone;
}

// Shows the fault; nothing when the answer goes on after it.
std::optional<Generation::Progress> Generation::strike(Choice& choice)
{
    const bool isStream = request_.delivery == Delivery::Stream;
    const auto end = [&](Ending ending) {
        finishReason_ = "error";
        sink_.onEnd(ending);
        return Progress::AllDone;
    };
    switch (setting_.fault->kind) {
    case FaultKind::Crash: return end(Ending::Crash);
    case FaultKind::Cut: return end(Ending::Cut);
    case FaultKind::Stall: return end(Ending::Hang);
    case FaultKind::EarlyEnd: return end(isStream ? Ending::Clean : Ending::Cut);
    case FaultKind::Abort: abort(); return Progress::AllDone;
    case FaultKind::EarlyStop: finishAll("stop"); return conclude();
    case FaultKind::StreamError: {
        const std::string error = errorBody(
            {500, "InternalServerError", "EngineCore encountered an issue (simulated).", ""});
        finishReason_ = "error";
        if (isStream) {
            sink_.onEvent(error);
            sink_.onEvent("[DONE]");
            return end(Ending::Clean);
        }
        sink_.onWhole(500, error);
        return Progress::AllDone;
    }
    case FaultKind::Malformed:
        if (isStream)
            sink_.onEvent(R"({"id":"malformed","object":"chat.completion.chunk","choices":[{"ind)");
        break;
    case FaultKind::Gap:
    case FaultKind::Repeat:
    case FaultKind::Reorder:
    case FaultKind::MixUp: lie(choice); break;
    case FaultKind::Freeze:
    case FaultKind::Slow:
    case FaultKind::Wedged:
    case FaultKind::Unhealthy:
    case FaultKind::Refuse:
    case FaultKind::Status429:
    case FaultKind::Status500:
    case FaultKind::Status503:
    case FaultKind::Reset:
    case FaultKind::Silence:
    case FaultKind::PrefillRejected:
    case FaultKind::SlowFirstToken:
    case FaultKind::MissingDone:
    case FaultKind::Split: break;
    }
    return std::nullopt;
}

// Puts wrong text in front of what comes next, as a broken engine or proxy would.
void Generation::lie(Choice& choice)
{
    const FaultKind kind = setting_.fault->kind;
    const std::size_t token = choice.at.token;
    if (kind == FaultKind::Gap) {
        choice.at = {token + 1, 0};
    } else if (kind == FaultKind::Repeat) {
        choice.held += choice.text.token(token == 0 ? 0 : token - 1);
    } else if (kind == FaultKind::Reorder) {
        choice.held += choice.text.token(token + 1);
        choice.held += choice.text.token(token);
        choice.at = {token + 2, 0};
    } else {
        const lab::KeyedText other({setting_.key, setting_.model, "another prompt", 0});
        choice.held += other.token(token + 1);
        choice.at = {token + 1, 0};
    }
}

std::string Generation::nextText(Choice& choice)
{
    if (!request_.ignoresNaturalEnd && choice.at.token >= choice.text.naturalLength()) {
        choice.whole.finishReason = "stop"; // what was to be continued was whole already
        choice.isDone = true;
        return {};
    }
    std::string text(choice.text.token(choice.at.token).substr(choice.at.bytes));
    choice.heldIds.push_back(choice.text.tokenId(choice.at.token));
    choice.at = {choice.at.token + 1, 0};
    ++choice.emitted;
    ++generated_;
    return text;
}

void Generation::finishIfDue(Choice& choice, std::string& text)
{
    text.insert(0, std::exchange(choice.held, {}));
    if (const StopFound found = findStop(text, request_.stops); found.at != std::string::npos) {
        text.resize(found.at);
        choice.whole.finishReason = "stop";
        choice.whole.stopReason = found.stop;
        choice.isDone = true;
    }
    if (choice.isDone)
        return;
    if (!request_.ignoresNaturalEnd && choice.at.token == choice.text.naturalLength())
        choice.whole.finishReason = "stop";
    else if (choice.emitted >= request_.tokensMax)
        choice.whole.finishReason = "length";
    choice.isDone = !choice.whole.finishReason.empty();
    if (!choice.isDone) {
        const std::size_t kept = undecidedTail(text, request_.stops);
        choice.held = text.substr(text.size() - kept);
        text.resize(text.size() - kept);
    }
}

void Generation::emit(std::size_t index, std::string text)
{
    Choice& choice = choices_[index];
    if (request_.delivery == Delivery::Whole) {
        choice.whole.text += text;
        for (const std::uint32_t id : std::exchange(choice.heldIds, {}))
            choice.whole.tokenIds.push_back(id);
        return;
    }
    if (request_.route == Route::Chat && !std::exchange(choice.hasRole, true)) {
        std::vector<std::uint32_t> promptIds;
        if (request_.returnsTokenIds)
            promptIds = lab::Vocabulary::instance().tokenize(promptOf(index).prompt
                                                             + promptOf(index).written);
        std::optional<Usage> usage = runningUsage();
        if (usage)
            usage->completionTokens = 0;
        sink_.onEvent(
            roleEvent(head_, index, request_.returnsTokenIds ? &promptIds : nullptr, usage));
    }
    if (text.empty() && !choice.isDone)
        return; // all of it is held back
    const std::vector<std::uint32_t> ids = std::exchange(choice.heldIds, {});
    sink_.onEvent(pieceEvent(head_, {index, text, choice.whole.finishReason,
                                     choice.whole.stopReason,
                                     request_.returnsTokenIds ? &ids : nullptr, runningUsage()}));
}

void Generation::finishAll(std::string_view reason)
{
    for (std::size_t i = 0; i < choices_.size(); ++i) {
        Choice& choice = choices_[i];
        if (choice.isDone)
            continue;
        choice.isDone = true;
        choice.whole.finishReason = reason;
        emit(i, std::exchange(choice.held, {}));
    }
}

void Generation::abort()
{
    finishAll("abort");
    conclude();
}

Generation::Progress Generation::conclude()
{
    finishReason_ = choices_.front().whole.finishReason;
    if (request_.delivery == Delivery::Whole) {
        std::vector<WholeChoice> wholes;
        for (Choice& choice : choices_)
            wholes.push_back(std::move(choice.whole));
        std::string body = wholeAnswer(head_, wholes, usage(),
                                       request_.returnsTokenIds ? TokenIds::Shown : TokenIds::Left);
        if (setting_.fault && setting_.fault->kind == FaultKind::Malformed)
            body.resize(body.size() / 2);
        sink_.onWhole(200, std::move(body));
        return Progress::AllDone;
    }
    if (request_.usage != UsageReport::None)
        sink_.onEvent(usageEvent(head_, usage()));
    if (!setting_.fault || setting_.fault->kind != FaultKind::MissingDone)
        sink_.onEvent("[DONE]");
    sink_.onEnd(Ending::Clean);
    return Progress::AllDone;
}

Usage Generation::usage() const
{
    Usage usage;
    for (const PromptPart& part : request_.prompts)
        usage.promptTokens += part.tokens;
    usage.completionTokens = generated_;
    return usage;
}

std::optional<Usage> Generation::runningUsage() const
{
    if (request_.usage != UsageReport::Continuous)
        return std::nullopt;
    return usage();
}

} // namespace signalbox::engine_sim
