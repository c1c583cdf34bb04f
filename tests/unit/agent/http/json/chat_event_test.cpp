// SPDX-License-Identifier: Apache-2.0
#include "agent/http/json/chat_event.h"
#include "tests/support/recorded_data.h"
#include "tests/support/seed.h"

#include <simdjson.h>

#include <gtest/gtest.h>

#include <random>
#include <sstream>
#include <string>
#include <vector>

namespace signalbox::http {
namespace {

std::string plain(JsonText text)
{
    std::string out;
    appendText(out, text);
    return out;
}

ChatEventKind kindOf(const std::string& data)
{
    ChatEventReader reader;
    return reader.readChunk(data).kind;
}

std::string delta(const std::string& fields, const std::string& more = "")
{
    return R"({"choices":[{"index":0,"delta":{)" + fields + R"(},"finish_reason":null}])" + more
        + "}";
}

TEST(ChatEvents, AreNamedByTheWeightiestThingInThem)
{
    const std::vector<std::pair<std::string, ChatEventKind>> cases{
        {"[DONE]", ChatEventKind::Done},
        {delta(R"("role":"assistant","content":"")"), ChatEventKind::Role},
        {delta(R"("role":"assistant","content":null)"), ChatEventKind::Role},
        {delta(R"("content":"x")"), ChatEventKind::Token},
        {delta(R"("reasoning_content":"x","content":null)"), ChatEventKind::Token},
        {delta(R"("reasoning":"x")"), ChatEventKind::Token},
        {delta(R"("refusal":"x")"), ChatEventKind::Token},
        {delta(R"("tool_calls":[{"index":0,"function":{"arguments":"{"}}])"),
         ChatEventKind::ToolCall},
        {delta(R"("tool_calls":[ ])"), ChatEventKind::Role},
        {delta(R"("tool_calls":null,"content":"")"), ChatEventKind::Role},
        {delta(R"("function_call":{"name":"f"})"), ChatEventKind::ToolCall},
        {R"({"choices":[{"index":0,"text":"x","finish_reason":null}]})", ChatEventKind::Token},
        {R"({"choices":[{"index":0,"delta":{"content":"x"},"finish_reason":"stop"}]})",
         ChatEventKind::Finish},
        {R"({"choices":[],"usage":{"prompt_tokens":1}})", ChatEventKind::Usage},
        {R"({"choices":[],"usage":null})", ChatEventKind::Other},
        {R"({"choices":[{"index":"0","text":"x"}]})", ChatEventKind::Token},
        {R"({"choices":[{"index":{},"text":"x"}]})", ChatEventKind::Token},
        {R"({"error":{"message":"x","code":500}})", ChatEventKind::Error},
        {R"({"error":"x"})", ChatEventKind::Error},
        {R"({"error":null,"choices":[]})", ChatEventKind::Other},
        {R"({"error":"","choices":[]})", ChatEventKind::Other},
        {R"({"object":"error","message":"x","code":400})", ChatEventKind::Error},
        {R"({})", ChatEventKind::Other},
        {R"({"sglext":{"a":[1,2,{"b":null}]}})", ChatEventKind::Other},
        {R"({"type":"response.output_text.delta","delta":"x"})", ChatEventKind::Token},
        {R"({"type":"response.completed","response":{"usage":{"input_tokens":1}}})",
         ChatEventKind::Finish},
        {R"({"type":"content_block_delta","delta":{"type":"text_delta","text":"x"}})",
         ChatEventKind::Token},
        {R"({"type":"message_delta","delta":{"stop_reason":"end_turn"}})", ChatEventKind::Finish},
        {R"({"model_name":"words","text_output":"w0 "})", ChatEventKind::Token},
        {R"({"token":{"text":"x","special":false},"generated_text":null,"details":null})",
         ChatEventKind::Token},
        {R"({"token":{"text":"</s>"},"generated_text":"x","details":null})",
         ChatEventKind::Finish},
        {R"({"generated_text":"","token":{"text":"</s>"}})", ChatEventKind::Finish},
        {R"({"generated_text":"x"})", ChatEventKind::Finish},
        {R"({"error":"Incomplete generation","error_type":"incomplete_generation_stream"})",
         ChatEventKind::Error},
    };
    for (const auto& [data, kind] : cases)
        EXPECT_EQ(kindOf(data), kind) << data;
}

TEST(ChatEvents, WhatIsNoJsonIsSaidSo)
{
    for (const char* data : {"",
                             " ",
                             "[DONE",
                             "[DONE] ",
                             "{",
                             "}",
                             "{\"choices\":[}",
                             "[]",
                             "\"x\"",
                             "3",
                             "{\"a\":01}",
                             "{\"a\":1.}",
                             "{\"a\":tru}",
                             "{\"a\":truex}",
                             "{\"a\":\"\\x\"}",
                             "{\"a\":\"\\u12g4\"}",
                             "{\"a\":\"\x01\"}",
                             "{\"a\":\"x\ny\"}",
                             "{\"a\":\"\xC3\"}",
                             "{\"a\":\"\xC0\xAE\"}",
                             "{\"a\":1,}",
                             "{\"a\" 1}",
                             "{\"a\":1}x",
                             "{\"a\":1 \"b\":2}",
                             "{\"a\":nan}",
                             "{,}",
                             "{\"a\":[1,]}",
                             "{\"a\":[1}",
                             "{\"a\":-}",
                             "{\"a\":1e}",
                             "<html>",
                             "{\"a\":\"\xFF\"}"})
        EXPECT_EQ(kindOf(data), ChatEventKind::NotJson) << data;
    EXPECT_EQ(kindOf("{\"a\":" + std::string(100'000, '[')), ChatEventKind::NotJson);
}

TEST(ChatEvents, TextComesOutAsItWasMeant)
{
    ChatEventReader reader;
    const std::string data = delta(R"("content":"a\"\\\/\b\f\n\r\té\u00e9\ud83d\ude00\u0000")");
    const ChatEvent& event = reader.readChunk(data);
    ASSERT_EQ(event.choices.size(), 1U);
    EXPECT_EQ(plain(event.choices[0].text),
              std::string("a\"\\/\b\f\n\r\t\xC3\xA9\xC3\xA9\xF0\x9F\x98\x80\0", 18));
    const std::string lone = delta(R"("content":"\ud83dx")");
    EXPECT_EQ(plain(reader.readChunk(lone).choices[0].text), "\xEF\xBF\xBDx");
}

TEST(ChatEvents, TheLastOfTgisEventsIsAnEndAndNotTheTextAgain)
{
    ChatEventReader reader;
    const ChatEvent& event = reader.readChunk(
        R"({"token":{"text":"</s>"},"generated_text":"a b","details":)"
        R"({"finish_reason":"length","generated_tokens":17,"seed":null}})");
    ASSERT_EQ(event.choices.size(), 1U);
    EXPECT_EQ(plain(event.choices[0].text), "</s>");
    EXPECT_EQ(event.choices[0].finish, FinishReason::Length);
    EXPECT_EQ(event.usage.completion, 17U);

    const ChatEvent& whole = reader.readAnswer(R"({"generated_text":"a b"})");
    EXPECT_EQ(plain(whole.choices[0].text), "a b");
    EXPECT_EQ(whole.choices[0].finish, FinishReason::Stop);
}

TEST(ChatEvents, EveryChoiceAndItsEndIsSeen)
{
    ChatEventReader reader;
    const std::string data
        = R"({"id":"a","created": 17 ,"model":"m","choices":[)"
          R"({"index":1,"delta":{"content":"x"},"finish_reason":"length"},)"
          R"({"finish_reason":"abort","index":0,"delta":{}},{"index":2147483648,"delta":{}}]})";
    const ChatEvent& event = reader.readChunk(data);
    ASSERT_EQ(event.choices.size(), 3U);
    EXPECT_EQ(event.choices[0].index, 1U);
    EXPECT_EQ(event.choices[0].finish, FinishReason::Length);
    EXPECT_EQ(plain(event.choices[0].text), "x");
    EXPECT_EQ(event.choices[1].index, 0U);
    EXPECT_TRUE(isCut(event.choices[1].finish));
    EXPECT_EQ(event.choices[2].index, UINT32_MAX) << "B-54: no index an engine can mean";
    EXPECT_EQ(event.id, "\"a\"");
    EXPECT_EQ(event.created, "17");
    EXPECT_EQ(event.model, "\"m\"");
    const std::string twice = R"({"choices":[{"index":0}],"choices":[{"index":5,"text":"x"}]})";
    const ChatEvent& last = reader.readChunk(twice);
    ASSERT_EQ(last.choices.size(), 1U);
    EXPECT_EQ(last.choices[0].index, 5U) << "of two lists the last counts, as in every client";
}

TEST(ChatEvents, UsageIsReadAndLiesAreLeftOut)
{
    ChatEventReader reader;
    const std::string good
        = R"({"choices":[],"usage":{"prompt_tokens":21,"total_tokens":33,)"
          R"("completion_tokens":12,"prompt_tokens_details":{"cached_tokens":16},)"
          R"("completion_tokens_details":{"reasoning_tokens":4}}})";
    const TokenUsage usage = reader.readChunk(good).usage;
    EXPECT_TRUE(usage.isPresent && usage.isPlausible);
    EXPECT_EQ(usage.prompt, 21U);
    EXPECT_EQ(usage.completion, 12U);
    EXPECT_EQ(usage.cached, 16U);
    EXPECT_EQ(usage.reasoning, 4U);
    for (const char* count : {"-1", "1000000000000000000", "1e18", "\"x\"", "1.5"}) {
        const std::string lie
            = R"({"choices":[],"usage":{"completion_tokens":)" + std::string(count) + "}}";
        const ChatEvent& event = reader.readChunk(lie);
        EXPECT_FALSE(event.usage.isPlausible) << "B-56 " << count;
        EXPECT_EQ(event.usage.completion, 0U);
    }
    EXPECT_FALSE(reader.readChunk(R"({"usage":null})").usage.isPresent);
}

TEST(ChatEvents, AWholeAnswerIsReadTheSameWay)
{
    ChatEventReader reader;
    const std::string body
        = R"({"choices":[{"message":{"role":"assistant","content":"hi","tool_calls":null},)"
          R"("finish_reason":"stop","index":0}],)"
          R"("usage":{"prompt_tokens":1,"completion_tokens":2}})";
    const ChatEvent& event = reader.readAnswer(body);
    EXPECT_EQ(event.kind, ChatEventKind::Finish);
    EXPECT_EQ(plain(event.choices[0].text), "hi");
    EXPECT_EQ(event.usage.completion, 2U);
}

TEST(ChatEvents, AnErrorsMessageIsKept)
{
    ChatEventReader reader;
    EXPECT_EQ(reader.readChunk(R"({"error":{"code":500,"message":"gone"}})").errorMessage, "gone");
    EXPECT_EQ(reader.readChunk(R"({"error":"gone"})").errorMessage, "gone");
    EXPECT_EQ(reader.readChunk(R"({"object":"error","message":"gone"})").errorMessage, "gone");
}

// What the DOM library finds where the scanner looks. Strict about the same things, but for lone
// surrogates and numbers no double can hold, which the scanner lets pass.
class Judge {
public:
    // Empty: agreed.
    std::string compare(const std::string& data)
    {
        const ChatEvent& event = reader_.readChunk(data);
        simdjson::dom::element root;
        const auto code = parser_.parse(data).get(root);
        const bool isObject = code == simdjson::SUCCESS && root.is_object();
        if (data == "[DONE]" || code == simdjson::DEPTH_ERROR)
            return "";
        if (event.kind == ChatEventKind::NotJson)
            return isObject ? "refused what is JSON" : "";
        if (!isObject) {
            const bool isTolerated
                = code == simdjson::STRING_ERROR || code == simdjson::NUMBER_ERROR;
            return isTolerated ? "" : "accepted what is none: " + std::string(error_message(code));
        }
        ++agreed_;
        return compareChoices(event, root) + compareUsage(event, root);
    }
    std::size_t agreed() const { return agreed_; }

private:
    static bool hasTwice(simdjson::dom::object object, std::string_view key)
    {
        int count = 0;
        for (const auto field : object)
            count += field.key == key ? 1 : 0;
        return count > 1;
    }

    static std::string compareChoices(const ChatEvent& event, simdjson::dom::element root)
    {
        simdjson::dom::array choices;
        if (root["choices"].get(choices) != simdjson::SUCCESS
            || hasTwice(root.get_object().value(), "choices") || event.kind == ChatEventKind::Error)
            return "";
        std::size_t at = 0;
        for (const auto item : choices) {
            simdjson::dom::object choice;
            if (item.get(choice) != simdjson::SUCCESS)
                continue;
            if (at >= event.choices.size())
                return "a choice is missing";
            const std::string difference = compareChoice(event.choices[at++], choice);
            if (!difference.empty())
                return difference;
        }
        return "";
    }

    static std::string compareChoice(const ChoiceDelta& read, simdjson::dom::object choice)
    {
        for (const char* key : {"delta", "message", "text", "finish_reason"}) {
            if (hasTwice(choice, key))
                return "";
        }
        std::string_view text;
        simdjson::dom::object delta;
        const bool isDelta = choice["delta"].get(delta) == simdjson::SUCCESS;
        if (isDelta && (hasTwice(delta, "content") || delta["text"].error() == simdjson::SUCCESS))
            return "";
        const bool hasBoth = isDelta && choice["text"].error() == simdjson::SUCCESS;
        const auto found = isDelta ? delta["content"].get(text) : choice["text"].get(text);
        if (found == simdjson::SUCCESS && !hasBoth && plain(read.text) != text
            && choice["message"].error() != simdjson::SUCCESS)
            return "text '" + plain(read.text) + "' instead of '" + std::string(text) + "'";
        std::string_view reason;
        if (choice["finish_reason"].get(reason) == simdjson::SUCCESS
            && (read.finish == FinishReason::None) != reason.empty())
            return "the finish reason differs";
        return "";
    }

    static std::string compareUsage(const ChatEvent& event, simdjson::dom::element root)
    {
        simdjson::dom::object usage;
        std::int64_t count = 0;
        if (root["usage"].get(usage) != simdjson::SUCCESS
            || usage["completion_tokens"].get(count) != simdjson::SUCCESS || count < 0
            || count > 1'000'000 || hasTwice(root.get_object().value(), "usage")
            || hasTwice(usage, "completion_tokens") || hasTwice(usage, "output_tokens")
            || root["response"].error() == simdjson::SUCCESS
            || usage["output_tokens"].error() == simdjson::SUCCESS)
            return "";
        return event.usage.completion == static_cast<std::uint64_t>(count) ? ""
                                                                           : "the usage differs";
    }

    ChatEventReader reader_;
    simdjson::dom::parser parser_;
    std::size_t agreed_ = 0;
};

std::vector<std::string> recordedChunks()
{
    std::vector<std::string> chunks;
    const auto root = tests::recordedDataDirectory();
    for (const char* folder : {"engines-live", "sse"}) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
            if (!entry.is_regular_file() || entry.file_size() > 500'000)
                continue;
            std::istringstream lines(tests::wholeFile(entry.path()));
            for (std::string line; std::getline(lines, line);) {
                if (line.starts_with("data: "))
                    line.erase(0, 6);
                if (line.starts_with("{"))
                    chunks.push_back(line);
            }
        }
    }
    return chunks;
}

TEST(ChatEvents, AgreeWithADomOnEveryRecordedChunk)
{
    SB_NEEDS_RECORDED_DATA("engines-live");
    SB_NEEDS_RECORDED_DATA("sse");
    Judge judge;
    for (const std::string& chunk : recordedChunks())
        ASSERT_EQ(judge.compare(chunk), "") << chunk;
    EXPECT_GT(judge.agreed(), 1000U);
}

std::string mutated(std::string text, std::mt19937& random)
{
    constexpr std::string_view kBytes
        = "{}[]:,\"\\ntfu0123456789.eE+- \x01\x7f\x80\xC3\xA9\xED\xA0";
    for (unsigned changes = 1 + random() % 3; changes > 0 && !text.empty(); --changes) {
        const std::size_t at = random() % text.size();
        const char byte = kBytes[random() % kBytes.size()];
        switch (random() % 4) {
        case 0: text[at] = byte; break;
        case 1: text.insert(at, 1, byte); break;
        case 2: text.erase(at, 1 + random() % 3); break;
        case 3: text.insert(at, text.substr(random() % text.size(), random() % 30)); break;
        }
    }
    return text;
}

TEST(ChatEvents, AgreeWithADomOnChunksThatWereDamaged)
{
    const unsigned seed = tests::seed();
    SB_SHOW_SEED(seed);
    std::mt19937 random(seed);
    const std::vector<std::string> chunks{
        delta(R"("role":"assistant","content":"caf\u00e9 é \ud83d\ude00")",
              R"(,"usage":{"prompt_tokens":3,"completion_tokens":17})"),
        R"({"id":"cmpl-1","created":1795461689,"choices":[{"index":0,"text":" this","logprobs":)"
        R"({"tokens":["a"],"top_logprobs":[{"a":-0.5e-3}]},"finish_reason":"length"}]})",
        R"({"choices":[{"index":0,"delta":{"tool_calls":[{"function":)"
        R"({"arguments":"{\"a\":1}"}}]}}]})",
    };
    Judge judge;
    for (int round = 0; round < 60'000; ++round) {
        const std::string data = mutated(chunks[random() % chunks.size()], random);
        ASSERT_EQ(judge.compare(data), "") << data;
    }
    EXPECT_GT(judge.agreed(), 1000U) << "many are still JSON";
}

} // namespace
} // namespace signalbox::http
