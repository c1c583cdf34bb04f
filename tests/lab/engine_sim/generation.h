// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/lab/engine_sim/answer_json.h"
#include "tests/lab/engine_sim/fault.h"
#include "tests/lab/engine_sim/generation_request.h"
#include "tests/lab/kit/keyed_text.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::engine_sim {

// How an answer stops being sent. Hang: nothing more comes, the connection stays open.
// Crash: the process kills itself once everything before has left.
enum class Ending : std::uint8_t { Clean, Cut, Hang, Crash };

// Where one answer goes: the HTTP session. Calls come from the engine's thread; the sink must
// not call back into the engine from them.
class AnswerSink {
public:
    virtual ~AnswerSink() = default;
    // The data of one SSE event.
    virtual void onEvent(std::string_view data) = 0;
    // A plain answer, whole.
    virtual void onWhole(unsigned status, std::string body) = 0;
    // After the last event, or instead of a plain answer.
    virtual void onEnd(Ending ending) = 0;
};

// What an answer is made from, besides the request.
struct GenerationSetting {
    std::string key;
    std::string model;
    std::int64_t created = 0; // Unix seconds
    std::optional<Fault> fault;
};

// Writes the text of one request, token by token, with the one fault it may have to show.
// Lives on: the engine's one thread, owned by the engine.
class Generation {
public:
    Generation(GenerationRequest request, GenerationSetting setting, AnswerSink& sink);

    const GenerationRequest& request() const { return request_; }
    const PromptPart& promptOf(std::size_t choice) const;

    enum class Progress : std::uint8_t { More, ChoiceDone, AllDone };
    // The engine has computed the next token of a choice. After AllDone nothing more is sent.
    Progress onToken(std::size_t choice);
    // The engine is being stopped: what is not finished ends as vLLM ends it.
    void abort();

    std::size_t generated() const { return generated_; }
    std::string_view finishReason() const { return finishReason_; }

private:
    struct Choice {
        lab::KeyedText text;
        lab::Position at;
        std::size_t emitted = 0;
        std::string held; // may yet turn out to be the start of a stop text
        std::vector<std::uint32_t> heldIds;
        bool hasRole = false; // the role event was sent
        bool isDone = false;
        WholeChoice whole;
    };

    std::optional<Progress> strike(Choice& choice);
    void lie(Choice& choice);
    std::string nextText(Choice& choice);
    void finishIfDue(Choice& choice, std::string& text);
    void emit(std::size_t index, std::string text);
    void finishAll(std::string_view reason);
    Progress conclude();
    std::optional<Usage> runningUsage() const;
    Usage usage() const;

    GenerationRequest request_;
    GenerationSetting setting_;
    AnswerHead head_;
    AnswerSink& sink_;
    std::vector<Choice> choices_;
    std::size_t generated_ = 0;
    std::string finishReason_;
};

} // namespace signalbox::engine_sim
