// SPDX-License-Identifier: Apache-2.0
#include "agent/proxy/stream/stream_state.h"

#include <gtest/gtest.h>

#include <array>

namespace signalbox::proxy {
namespace {

using http::ChatEvent;
using http::ChatEventKind;
using http::ChoiceDelta;
using http::FinishReason;
using Step = StreamState::Step;

ChatEvent plain(ChatEventKind kind)
{
    ChatEvent event;
    event.kind = kind;
    return event;
}

// Keeps the choices that an event points to.
struct Choices {
    std::array<ChoiceDelta, 1> choices;
    ChatEvent event;

    static Choices token(std::uint32_t index)
    {
        Choices made;
        made.choices[0].index = index;
        made.choices[0].text.raw = "word";
        made.event.kind = ChatEventKind::Token;
        return made;
    }
    static Choices finish(std::uint32_t index, FinishReason reason)
    {
        Choices made;
        made.choices[0].index = index;
        made.choices[0].finish = reason;
        made.event.kind = ChatEventKind::Finish;
        return made;
    }
    const ChatEvent& get()
    {
        event.choices = choices;
        return event;
    }
};

TEST(StreamState, AStreamIsWholeWithAFinishReasonForEveryChoiceAndDone)
{
    StreamState state(Api::Chat);

    EXPECT_EQ(state.take(plain(ChatEventKind::Role)), Step::Forward);
    EXPECT_FALSE(state.hasToken()) << "a role is no token";
    EXPECT_EQ(state.take(Choices::token(0).get()), Step::Forward);
    EXPECT_TRUE(state.lastWasToken());
    EXPECT_EQ(state.take(Choices::finish(0, FinishReason::Stop).get()), Step::Forward);
    EXPECT_FALSE(state.isWhole());
    EXPECT_EQ(state.take(plain(ChatEventKind::Done)), Step::Last);
    EXPECT_TRUE(state.isWhole());
    EXPECT_EQ(state.take(Choices::token(0).get()), Step::Ignore) << "text after the end";
}

TEST(StreamState, DoneIsOnlySuppliedWhenEveryChoiceHasFinished)
{
    StreamState finished(Api::Chat);
    (void)finished.take(Choices::token(0).get());
    (void)finished.take(Choices::finish(0, FinishReason::Length).get());
    EXPECT_TRUE(finished.endOfBody());
    EXPECT_TRUE(finished.isWhole());

    StreamState half(Api::Chat);
    (void)half.take(Choices::token(0).get());
    (void)half.take(Choices::token(1).get());
    (void)half.take(Choices::finish(1, FinishReason::Stop).get());
    EXPECT_FALSE(half.endOfBody());
    EXPECT_FALSE(half.isWhole());
    EXPECT_EQ(half.broken(), StreamBreak::EndedUnfinished);
}

TEST(StreamState, DoneOfAnUnfinishedStreamIsACut)
{
    StreamState state(Api::Completions);
    (void)state.take(Choices::token(0).get());

    EXPECT_EQ(state.take(plain(ChatEventKind::Done)), Step::Break);

    EXPECT_EQ(state.broken(), StreamBreak::EndedUnfinished);
}

TEST(StreamState, AbortAndErrorEventsAreCutsAndAreNotForwarded)
{
    StreamState aborted(Api::Chat);
    EXPECT_EQ(aborted.take(Choices::finish(0, FinishReason::Abort).get()), Step::Break);
    EXPECT_EQ(aborted.broken(), StreamBreak::Aborted);

    StreamState failed(Api::Chat);
    EXPECT_EQ(failed.take(plain(ChatEventKind::Error)), Step::Break);
    EXPECT_EQ(failed.broken(), StreamBreak::ErrorEvent);
}

TEST(StreamState, WhatIsNotJsonGoesOnAsItCameAndIsCounted)
{
    StreamState state(Api::Chat);

    EXPECT_EQ(state.take(plain(ChatEventKind::NotJson)), Step::Forward);

    EXPECT_EQ(state.notJsonEvents(), 1U);
    EXPECT_FALSE(state.hasToken());
}

TEST(StreamState, ApisWithoutDoneAreWholeAtTheEndOfTheirBodyOnceTheySaidSo)
{
    for (const Api api : {Api::Responses, Api::Messages, Api::TgiGenerateStream}) {
        StreamState early(api);
        (void)early.take(Choices::token(0).get());
        EXPECT_FALSE(early.endOfBody());
        EXPECT_FALSE(early.isWhole()) << "a clean end is no proof";
        EXPECT_EQ(early.broken(), StreamBreak::EndedUnfinished);

        StreamState state(api);
        (void)state.take(Choices::token(0).get());
        (void)state.take(Choices::finish(0, FinishReason::Stop).get());
        EXPECT_FALSE(state.endOfBody()) << "nothing is supplied";
        EXPECT_TRUE(state.isWhole());
    }
    StreamState triton(Api::KserveGenerateStream);
    (void)triton.take(Choices::token(0).get());
    EXPECT_FALSE(triton.endOfBody());
    EXPECT_TRUE(triton.isWhole()) << "it has no other mark of its end";
}

} // namespace
} // namespace signalbox::proxy
