// SPDX-License-Identifier: Apache-2.0
// A judge that lets something pass proves nothing: each way to be wrong is shown to it.
#include "tests/lab/replay/answer_judge.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace signalbox::replay {
namespace {

constexpr std::size_t kTokens = 6;
const lab::KeyedText kText({"key", "sim-8b", "prompt", 0});

Expectation streamed()
{
    Expectation expectation;
    expectation.prompt = "prompt";
    expectation.tokensMax = kTokens;
    expectation.ignoresNaturalEnd = true;
    expectation.key = "key";
    return expectation;
}

std::string event(const std::string& text, const std::string& finish = "", const char* id = "c1")
{
    return fmt::format(R"(data: {{"id":"{}","model":"sim-8b","choices":[{{"index":0,)"
                       R"("delta":{{"content":"{}"}},"finish_reason":{}}}]}})"
                       "\n\n",
                       id, text, finish.empty() ? "null" : "\"" + finish + "\"");
}

std::vector<std::string> rightEvents()
{
    std::vector<std::string> events;
    for (std::size_t i = 0; i < kTokens; ++i)
        events.push_back(event(std::string(kText.token(i)), i + 1 == kTokens ? "length" : ""));
    events.emplace_back("data: [DONE]\n\n");
    return events;
}

Judgement judge(const std::vector<std::string>& events, BodyEnd end = BodyEnd::Complete)
{
    AnswerJudge judge(streamed());
    judge.onHead(200, "text/event-stream");
    for (const std::string& piece : events)
        judge.onBody(piece);
    return judge.conclude(end);
}

TEST(AnswerJudge, ARightAnswerIsRightHoweverItIsCut)
{
    std::string all;
    for (const std::string& piece : rightEvents())
        all += piece;
    EXPECT_EQ(judge({all}).verdict, Verdict::Ok);

    std::vector<std::string> bytes;
    for (const char byte : all)
        bytes.emplace_back(1, byte);
    EXPECT_EQ(judge(bytes).verdict, Verdict::Ok);
}

TEST(AnswerJudge, AGapARepeatASwapAndForeignTextAreWrongBytes)
{
    auto gap = rightEvents();
    gap.erase(gap.begin() + 2);
    auto repeat = rightEvents();
    repeat.insert(repeat.begin() + 2, repeat[1]);
    auto swapped = rightEvents();
    std::swap(swapped[2], swapped[3]);
    auto foreign = rightEvents();
    foreign[2] = event(" foreign");
    auto otherAnswer = rightEvents();
    otherAnswer[2] = event(std::string(kText.token(2)), "", "c2");

    for (const auto& events : {gap, repeat, swapped, foreign, otherAnswer})
        EXPECT_EQ(judge(events).verdict, Verdict::WrongBytes) << judge(events).detail;
}

TEST(AnswerJudge, ACutThatLooksLikeAnEndIsASilentTruncation)
{
    auto unfinished = rightEvents();
    unfinished.resize(3);
    EXPECT_EQ(judge(unfinished).verdict, Verdict::SilentTruncation);
    unfinished.emplace_back("data: [DONE]\n\n");
    EXPECT_EQ(judge(unfinished).verdict, Verdict::SilentTruncation);

    const std::vector<std::string> early{event(std::string(kText.token(0))),
                                         event(std::string(kText.token(1)), "stop"),
                                         "data: [DONE]\n\n"};
    EXPECT_EQ(judge(early).verdict, Verdict::SilentTruncation);
    auto aborted = rightEvents();
    aborted[kTokens - 1] = event(std::string(kText.token(kTokens - 1)), "abort");
    EXPECT_EQ(judge(aborted).verdict, Verdict::SilentTruncation);
}

TEST(AnswerJudge, WhatAClientNoticesIsAnExplicitError)
{
    auto cut = rightEvents();
    cut.resize(3);
    EXPECT_EQ(judge(cut, BodyEnd::Broken).verdict, Verdict::ExplicitError);
    auto told = cut;
    told.emplace_back("data: {\"error\":{\"message\":\"interrupted\"}}\n\n");
    EXPECT_EQ(judge(told, BodyEnd::Broken).verdict, Verdict::ExplicitError);
    EXPECT_EQ(judge(told, BodyEnd::Broken).kind, "error_event");

    AnswerJudge refused(streamed());
    refused.onHead(503, "application/json");
    refused.onBody(R"({"error":{"message":"busy"}})");
    EXPECT_EQ(refused.conclude(BodyEnd::Complete).kind, "http_503");
}

TEST(AnswerJudge, WrongBytesBeforeAnErrorAreStillWrong)
{
    auto events = rightEvents();
    events[1] = event(" foreign");
    events.resize(3);

    EXPECT_EQ(judge(events, BodyEnd::Broken).verdict, Verdict::WrongBytes);
}

TEST(AnswerJudge, AWholeAnswerIsComparedToo)
{
    const auto judgeWhole = [](const std::string& content) {
        Expectation expectation = streamed();
        expectation.delivery = Delivery::Whole;
        AnswerJudge judge(expectation);
        judge.onHead(200, "application/json");
        judge.onBody(fmt::format(R"({{"id":"c1","model":"sim-8b","choices":[{{"index":0,)"
                                 R"("message":{{"content":"{}"}},"finish_reason":"length"}}]}})",
                                 content));
        return judge.conclude(BodyEnd::Complete).verdict;
    };

    EXPECT_EQ(judgeWhole(kText.text(0, kTokens)), Verdict::Ok);
    EXPECT_EQ(judgeWhole(kText.text(0, kTokens - 1)), Verdict::SilentTruncation);
    EXPECT_EQ(judgeWhole(kText.text(0, kTokens) + " more"), Verdict::WrongBytes);
}

} // namespace
} // namespace signalbox::replay
