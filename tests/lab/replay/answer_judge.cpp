// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/replay/answer_judge.h"

#include "shared/base/limits.h"

#include <simdjson.h>

#include <fmt/format.h>

#include <algorithm>

namespace signalbox::replay {

using simdjson::dom::element;

namespace {

constexpr std::string_view kSimulated = "signalbox-engine-sim";
constexpr std::size_t kDetailBytes = 200;

simdjson::dom::parser& jsonParser()
{
    static thread_local simdjson::dom::parser parser;
    return parser;
}

std::string_view textAt(const simdjson::simdjson_result<element>& field)
{
    std::string_view text;
    return field.get(text) == simdjson::SUCCESS ? text : std::string_view();
}

} // namespace

AnswerJudge::AnswerJudge(Expectation expectation) : expectation_(std::move(expectation)) {}

void AnswerJudge::onHead(int status, std::string_view contentType)
{
    status_ = status;
    isStream_ = contentType.starts_with("text/event-stream");
    if (status == 200 && isStream_ != (expectation_.delivery == Delivery::Stream))
        fail(Verdict::WrongBytes, "wrong_content_type", std::string(contentType));
}

std::size_t AnswerJudge::onBody(std::string_view bytes)
{
    const std::size_t before = textEvents_;
    if (status_ == 200 && isStream_) {
        const auto fed = splitter_.feed(bytes, [this](std::string_view data) { onEvent(data); });
        if (!fed)
            fail(Verdict::ExplicitError, "oversized_event", fed.error().message());
    } else if (body_.size() + bytes.size() <= limits::kResponseBodyBytes) {
        body_.append(bytes);
    } else {
        fail(Verdict::ExplicitError, "oversized_answer", "");
    }
    return textEvents_ - before;
}

void AnswerJudge::onEvent(std::string_view data)
{
    if (hasDone_) {
        fail(Verdict::WrongBytes, "event_after_done", std::string(data.substr(0, kDetailBytes)));
        return;
    }
    if (data == "[DONE]") {
        hasDone_ = true;
        return;
    }
    readAnswer(data);
}

// One event, or a whole plain answer: the same fields in both.
void AnswerJudge::readAnswer(std::string_view json)
{
    element document;
    if (jsonParser().parse(json.data(), json.size()).get(document) != simdjson::SUCCESS
        || !document.is_object()) {
        fail(Verdict::ExplicitError, "malformed_json", std::string(json.substr(0, kDetailBytes)));
        return;
    }
    const auto error = document["error"];
    if (error.error() == simdjson::SUCCESS && !error.is_null()) {
        const std::string_view message = textAt(document["error"]["message"]);
        fail(Verdict::ExplicitError, "error_event", std::string(message));
        return;
    }
    takeIdentity(textAt(document["id"]), textAt(document["model"]));
    if (textAt(document["system_fingerprint"]) == kSimulated)
        isSimulated_ = true;
    std::uint64_t tokens = 0;
    if (document["usage"]["completion_tokens"].get(tokens) == simdjson::SUCCESS)
        completionTokens_ = tokens;
    simdjson::dom::array choices;
    if (document["choices"].get(choices) != simdjson::SUCCESS) {
        fail(Verdict::WrongBytes, "no_choices", std::string(json.substr(0, kDetailBytes)));
        return;
    }
    for (const element choice : choices) {
        const std::string_view part = isStream_ ? "delta" : "message";
        takeText(expectation_.api == Api::Chat ? textAt(choice[part]["content"])
                                               : textAt(choice["text"]));
        if (const std::string_view reason = textAt(choice["finish_reason"]); !reason.empty()) {
            if (!finishReason_.empty())
                fail(Verdict::WrongBytes, "finished_twice", std::string(reason));
            finishReason_ = reason;
        }
    }
}

void AnswerJudge::takeIdentity(std::string_view id, std::string_view model)
{
    if (id_.empty() && model_.empty()) {
        id_ = id;
        model_ = model;
        if (!expectation_.key.empty())
            checker_ = std::make_unique<lab::TextChecker>(
                lab::KeyedText({expectation_.key, model_, expectation_.prompt, 0}));
        return;
    }
    if (id != id_)
        fail(Verdict::WrongBytes, "id_changed", fmt::format("from {} to {}", id_, id));
    if (model != model_)
        fail(Verdict::WrongBytes, "model_changed", fmt::format("from {} to {}", model_, model));
}

void AnswerJudge::takeText(std::string_view text)
{
    if (text.empty())
        return;
    ++textEvents_;
    if (!finishReason_.empty())
        fail(Verdict::WrongBytes, "text_after_finish", std::string(text.substr(0, kDetailBytes)));
    if (checker_ == nullptr || checker_->isWrong())
        return;
    checker_->feed(text);
    if (checker_->isWrong())
        fail(Verdict::WrongBytes, "wrong_text", checker_->fault());
}

// Wrong bytes are worse than an error that a client notices; otherwise what came first counts.
void AnswerJudge::fail(Verdict verdict, std::string kind, std::string detail)
{
    const bool isWorse = failure_ && verdict == Verdict::WrongBytes
        && failure_->verdict == Verdict::ExplicitError;
    if (!failure_ || isWorse)
        failure_ = Judgement{verdict, std::move(kind), std::move(detail)};
}

Judgement AnswerJudge::conclude(BodyEnd end)
{
    if (status_ == 200 && !isStream_ && end == BodyEnd::Complete && !failure_)
        readAnswer(body_);
    if (failure_ && failure_->verdict == Verdict::WrongBytes)
        return *failure_;
    if (status_ != 0 && status_ != 200)
        return {Verdict::ExplicitError, fmt::format("http_{}", status_),
                body_.substr(0, kDetailBytes)};
    if (failure_)
        return *failure_;
    const bool hasLeft = hasDone_ && !finishReason_.empty(); // clients stop reading at [DONE]
    if (end == BodyEnd::Broken && !hasLeft)
        return {Verdict::ExplicitError, status_ == 0 ? "no_answer" : "broken_answer",
                fmt::format("after {} pieces of text", textEvents_)};
    return judgeSuccess();
}

// Everything looks like success from here on: what is not right now would go unnoticed.
Judgement AnswerJudge::judgeSuccess()
{
    if (finishReason_.empty())
        return {Verdict::SilentTruncation, "unfinished",
                fmt::format("ended cleanly after {} pieces of text{}", textEvents_,
                            isStream_ && !hasDone_ ? " and without [DONE]" : "")};
    if (finishReason_ != "stop" && finishReason_ != "length")
        return {Verdict::SilentTruncation, "finish_" + finishReason_,
                fmt::format("after {} pieces of text", textEvents_)};
    if (expectation_.key.empty())
        return {};
    return judgeText(lab::KeyedText({expectation_.key, model_, expectation_.prompt, 0}));
}

Judgement AnswerJudge::judgeText(const lab::KeyedText& text)
{
    const std::size_t natural = text.naturalLength();
    const bool endsByItself
        = !expectation_.ignoresNaturalEnd && natural <= expectation_.tokensMax;
    const std::size_t expected = endsByItself ? natural : expectation_.tokensMax;
    const lab::Position at = checker_ ? checker_->position() : lab::Position{};
    if (at.token < expected)
        return {Verdict::SilentTruncation, "short_text",
                fmt::format("{} of {} tokens, finish_reason {}", at.token, expected,
                            finishReason_)};
    if (at != lab::Position{expected, 0})
        return {Verdict::WrongBytes, "long_text",
                fmt::format("more than {} tokens", expected)};
    if ((finishReason_ == "stop") != endsByItself)
        return {Verdict::WrongBytes, "wrong_finish_reason", finishReason_};
    return {};
}

} // namespace signalbox::replay
