// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/lab/kit/keyed_text.h"
#include "tests/lab/kit/text_checker.h"
#include "tests/lab/replay/event_splitter.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace signalbox::replay {

enum class Api : std::uint8_t { Chat, Completions };
enum class Delivery : std::uint8_t { Whole, Stream };

// What a right answer looks like.
struct Expectation {
    Api api = Api::Chat;
    Delivery delivery = Delivery::Stream;
    std::string prompt; // as rendered: what the text is a function of
    std::size_t tokensMax = 0;
    bool ignoresNaturalEnd = false;
    std::string key; // empty: the text is not keyed, only the shape is checked
};

enum class Verdict : std::uint8_t {
    Ok,
    WrongBytes,       // text, order or identity of the answer is not what it must be
    ExplicitError,    // it failed and a client notices
    SilentTruncation, // it failed and looks like a success
};

struct Judgement {
    Verdict verdict = Verdict::Ok;
    std::string kind; // of what is not ok: a short stable word
    std::string detail;
};

// How the connection brought the answer to its end.
enum class BodyEnd : std::uint8_t { Complete, Broken };

// Reads one answer as it arrives and judges it at its end.
// Lives on: one thread. It never trusts what it reads: anything malformed is a judgement.
class AnswerJudge {
public:
    explicit AnswerJudge(Expectation expectation);

    void onHead(int status, std::string_view contentType);
    // How many events with text this piece of the body held.
    std::size_t onBody(std::string_view bytes);
    Judgement conclude(BodyEnd end);

    std::size_t textEvents() const { return textEvents_; }
    bool isSimulated() const { return isSimulated_; }
    std::string_view model() const { return model_; }
    std::optional<std::uint64_t> completionTokens() const { return completionTokens_; }
    bool lacksDone() const { return !hasDone_; }

private:
    void onEvent(std::string_view data);
    void readAnswer(std::string_view json);
    void takeIdentity(std::string_view id, std::string_view model);
    void takeText(std::string_view text);
    void fail(Verdict verdict, std::string kind, std::string detail);
    Judgement judgeSuccess();
    Judgement judgeText(const lab::KeyedText& text);

    Expectation expectation_;
    EventSplitter splitter_;
    std::unique_ptr<lab::TextChecker> checker_;
    std::optional<Judgement> failure_; // the first thing that was not right
    std::string body_;                 // of a plain answer or an error
    std::string id_;
    std::string model_;
    std::string finishReason_;
    int status_ = 0;
    bool isStream_ = false;
    bool hasDone_ = false;
    bool isSimulated_ = false;
    std::size_t textEvents_ = 0;
    std::optional<std::uint64_t> completionTokens_;
};

} // namespace signalbox::replay
