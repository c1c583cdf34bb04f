// SPDX-License-Identifier: Apache-2.0
#include "agent/http/json/chat_event.h"

#include "agent/http/json/utf8.h"
#include "shared/base/limits.h"

namespace signalbox::http {

namespace {

constexpr std::uint64_t kTokensPlausible = 1'000'000'000; // no context is that long

FinishReason finishReasonOf(std::string_view text)
{
    if (text == "stop" || text == "end_turn" || text == "stop_sequence" || text == "eos_token")
        return FinishReason::Stop;
    if (text == "length" || text == "max_tokens")
        return FinishReason::Length;
    if (text == "tool_calls" || text == "function_call" || text == "tool_use")
        return FinishReason::ToolCalls;
    if (text == "content_filter" || text == "refusal")
        return FinishReason::ContentFilter;
    if (text == "abort" || text == "aborted")
        return FinishReason::Abort;
    if (text == "error")
        return FinishReason::Error;
    return text.empty() ? FinishReason::None : FinishReason::Other;
}

// An object, a list or a string with something in it.
bool isFilled(std::string_view value)
{
    const bool isNested = value.starts_with('{') || value.starts_with('[');
    return isNested ? value.find_first_not_of(" \t\r\n", 1) != value.size() - 1
                    : value.starts_with('"') && value.size() > 2;
}

} // namespace

// One pass over one event's data.
class ChatEventScan {
public:
    ChatEventScan(ChatEventReader& reader, std::string_view data)
        : data_(data)
        , scan_(data)
        , event_(reader.event_)
        , choices_(reader.choices_)
    {
    }

    void run()
    {
        if (scan_.peek() != '{') {
            event_.kind = ChatEventKind::NotJson;
            return;
        }
        bool first = true;
        JsonText key;
        while (scan_.nextKey(first, key) && topLevel(key.raw)) { }
        if (!scan_.atEnd() || !(scan_.isAscii() || isValidUtf8(data_))) {
            choices_.clear();
            event_ = ChatEvent{};
            event_.kind = ChatEventKind::NotJson;
            return;
        }
        event_.choices = choices_;
        event_.kind = kind();
    }

private:
    bool topLevel(std::string_view key)
    {
        if (isName(key, "choices"))
            return choices();
        if (isName(key, "usage"))
            return usage();
        if (isName(key, "error"))
            return error();
        if (isName(key, "id"))
            return scan_.raw(event_.id);
        if (isName(key, "created"))
            return scan_.raw(event_.created);
        if (isName(key, "model"))
            return scan_.raw(event_.model);
        if (isName(key, "type"))
            return textOr(type_);
        if (isName(key, "object"))
            return textOr(object_);
        if (isName(key, "message"))
            return scan_.peek() == '"' ? scan_.string(message_) : scan_.skip();
        if (isName(key, "delta"))
            return scan_.peek() == '"' ? text(single().text) : singleDelta();
        if (isName(key, "text_output"))
            return text(single().text);
        if (isName(key, "generated_text")) {
            hasWholeText_ = scan_.peek() == '"';
            return textOr(wholeText_);
        }
        if (isName(key, "details"))
            return tgiDetails();
        if (isName(key, "token"))
            return tgiToken();
        if (isName(key, "response"))
            return response();
        return scan_.skip();
    }

    // For the shapes without choices: everything belongs to choice 0.
    ChoiceDelta& single()
    {
        if (choices_.empty())
            choices_.emplace_back();
        return choices_.front();
    }

    bool textOr(JsonText& value)
    {
        return scan_.peek() == '"' ? scan_.string(value) : scan_.skip();
    }

    bool text(JsonText& value) { return textOr(value); } // null counts as absence

    bool choices()
    {
        choices_.clear(); // of two lists the last counts, as in every client
        if (scan_.peek() != '[')
            return scan_.skip();
        for (bool first = true; scan_.nextItem(first);) {
            if (choices_.size() >= limits::kChoicesPerEvent || scan_.peek() != '{') {
                if (!scan_.skip())
                    return false;
                continue;
            }
            choices_.emplace_back();
            if (!choice(choices_.back()))
                return false;
        }
        return !scan_.failed();
    }

    bool choice(ChoiceDelta& choice)
    {
        JsonText key;
        for (bool first = true; scan_.nextKey(first, key);) {
            const std::string_view name = key.raw;
            bool good = true;
            if (isName(name, "index")) {
                std::int64_t index = 0;
                good = scan_.integer(index);
                choice.index = index < 0 || index > INT32_MAX ? UINT32_MAX
                                                              : static_cast<std::uint32_t>(index);
            } else if (isName(name, "finish_reason")) {
                good = finish(choice);
            } else if (isName(name, "delta") || isName(name, "message")) {
                good = scan_.peek() == '{' ? delta(choice) : scan_.skip();
            } else if (isName(name, "text")) {
                good = text(choice.text);
            } else {
                good = scan_.skip();
            }
            if (!good)
                return false;
        }
        return !scan_.failed();
    }

    bool finish(ChoiceDelta& choice)
    {
        JsonText reason;
        if (!textOr(reason))
            return false;
        choice.finishText = reason.raw;
        choice.finish = finishReasonOf(reason.raw);
        return true;
    }

    bool delta(ChoiceDelta& choice)
    {
        JsonText key;
        for (bool first = true; scan_.nextKey(first, key);) {
            const std::string_view name = key.raw;
            bool good = true;
            if (isName(name, "content") || isName(name, "text")) {
                good = scan_.peek() == '[' ? scan_.skip() : text(choice.text);
            } else if (isName(name, "role")) {
                choice.hasRole = true;
                good = scan_.skip();
            } else if (isName(name, "reasoning") || isName(name, "reasoning_content")
                       || isName(name, "thinking")) {
                JsonText reasoning;
                good = text(reasoning);
                if (!reasoning.empty())
                    choice.reasoning = reasoning;
            } else if (isName(name, "refusal")) {
                good = text(choice.refusal);
            } else if (isName(name, "tool_calls") || isName(name, "function_call")
                       || isName(name, "partial_json")) {
                std::string_view value;
                good = scan_.raw(value);
                choice.hasToolCall = choice.hasToolCall || isFilled(value);
            } else if (isName(name, "stop_reason")) {
                good = finish(choice);
            } else {
                good = scan_.skip();
            }
            if (!good)
                return false;
        }
        return !scan_.failed();
    }

    bool singleDelta() { return scan_.peek() == '{' ? delta(single()) : scan_.skip(); }

    // TGI's own stream: {"token":{"text":..},"generated_text":null,"details":null}; the last event
    // has the whole text and says why it ended.
    bool tgiToken()
    {
        hasToken_ = true;
        return scan_.peek() == '{' ? delta(single()) : scan_.skip();
    }

    bool tgiDetails()
    {
        if (scan_.peek() != '{')
            return scan_.skip();
        JsonText key;
        for (bool first = true; scan_.nextKey(first, key);) {
            const bool good = isName(key.raw, "finish_reason") ? finish(single())
                : isName(key.raw, "generated_tokens")          ? generated()
                                                               : scan_.skip();
            if (!good)
                return false;
        }
        return !scan_.failed();
    }

    bool generated()
    {
        event_.usage.isPresent = true;
        return count(event_.usage.completion, event_.usage);
    }

    void takeWholeText()
    {
        if (!hasToken_)
            single().text = wholeText_;
        if (single().finish == FinishReason::None)
            single().finish = FinishReason::Stop;
        event_.choices = choices_;
    }

    // The object of a responses event that ends the stream.
    bool response()
    {
        if (scan_.peek() != '{')
            return scan_.skip();
        JsonText key;
        for (bool first = true; scan_.nextKey(first, key);) {
            const bool good = isName(key.raw, "usage") ? usage()
                : isName(key.raw, "error")             ? error()
                                                       : scan_.skip();
            if (!good)
                return false;
        }
        return !scan_.failed();
    }

    bool usage()
    {
        if (scan_.peek() != '{')
            return scan_.skip();
        TokenUsage read;
        read.isPresent = true;
        JsonText key;
        for (bool first = true; scan_.nextKey(first, key);) {
            if (!usageField(key.raw, read))
                return false;
        }
        event_.usage = read;
        return !scan_.failed();
    }

    bool usageField(std::string_view name, TokenUsage& read)
    {
        if (isName(name, "prompt_tokens") || isName(name, "input_tokens"))
            return count(read.prompt, read);
        if (isName(name, "completion_tokens") || isName(name, "output_tokens"))
            return count(read.completion, read);
        const bool isDetails = name.ends_with("_tokens_details") && scan_.peek() == '{';
        if (!isDetails)
            return scan_.skip();
        JsonText key;
        for (bool first = true; scan_.nextKey(first, key);) {
            const bool good = isName(key.raw, "cached_tokens") ? count(read.cached, read)
                : isName(key.raw, "reasoning_tokens")          ? count(read.reasoning, read)
                                                               : scan_.skip();
            if (!good)
                return false;
        }
        return !scan_.failed();
    }

    bool count(std::uint64_t& into, TokenUsage& read)
    {
        if (scan_.peek() == 'n')
            return scan_.skip();
        std::int64_t value = 0;
        if (!scan_.integer(value))
            return false;
        if (value < 0 || static_cast<std::uint64_t>(value) > kTokensPlausible)
            read.isPlausible = false;
        else
            into = static_cast<std::uint64_t>(value);
        return true;
    }

    bool error()
    {
        const char opens = scan_.peek();
        // null, false, 0 and "" are no error: the official clients ask for a truthy value.
        if (opens == '"') {
            JsonText text;
            if (!scan_.string(text))
                return false;
            hasError_ = hasError_ || !text.empty();
            event_.errorMessage = text.raw;
            return true;
        }
        if (opens != '{') {
            hasError_ = hasError_ || opens == 't' || opens == '[';
            return scan_.skip();
        }
        hasError_ = true;
        JsonText key;
        for (bool first = true; scan_.nextKey(first, key);) {
            JsonText text;
            if (!(isName(key.raw, "message") ? textOr(text) : scan_.skip()))
                return false;
            if (isName(key.raw, "message"))
                event_.errorMessage = text.raw;
        }
        return !scan_.failed();
    }

    ChatEventKind kind()
    {
        if (object_ == "error" || type_ == "error" || type_ == "response.failed") {
            hasError_ = true;
            if (event_.errorMessage.empty())
                event_.errorMessage = message_.raw;
        }
        if (hasError_)
            return ChatEventKind::Error;
        if (type_ == "response.completed" || type_ == "response.incomplete") {
            single().finish
                = type_ == "response.completed" ? FinishReason::Stop : FinishReason::Length;
            event_.choices = choices_;
        }
        if (hasWholeText_)
            takeWholeText();
        bool hasToken = false;
        bool hasToolCall = false;
        for (const ChoiceDelta& choice : choices_) {
            if (choice.finish != FinishReason::None)
                return ChatEventKind::Finish;
            hasToolCall = hasToolCall || choice.hasToolCall;
            hasToken = hasToken || !choice.text.empty() || !choice.reasoning.empty()
                || !choice.refusal.empty();
        }
        if (hasToolCall)
            return ChatEventKind::ToolCall;
        if (hasToken)
            return ChatEventKind::Token;
        if (!choices_.empty())
            return ChatEventKind::Role;
        return event_.usage.isPresent ? ChatEventKind::Usage : ChatEventKind::Other;
    }

    std::string_view data_;
    JsonScan scan_;
    ChatEvent& event_;
    std::vector<ChoiceDelta>& choices_;
    JsonText type_;
    JsonText object_;
    JsonText message_;
    JsonText wholeText_; // TGI's generated_text
    bool hasWholeText_ = false; // it may be empty
    bool hasToken_ = false; // TGI's token, beside it
    bool hasError_ = false;
};

ChatEventReader::ChatEventReader()
{
    choices_.reserve(4);
}

const ChatEvent& ChatEventReader::read(std::string_view data)
{
    event_ = ChatEvent{};
    choices_.clear();
    if (data == "[DONE]") {
        event_.kind = ChatEventKind::Done;
        return event_;
    }
    ChatEventScan(*this, data).run();
    return event_;
}

} // namespace signalbox::http
