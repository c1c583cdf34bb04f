// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/kit/keyed_text.h"

#include "tests/lab/kit/text_checker.h"
#include "tests/lab/kit/vocabulary.h"

#include <gtest/gtest.h>

#include <set>

namespace signalbox::lab {
namespace {

constexpr std::size_t kTokens = 200;

Topic topicOf(std::string_view prompt)
{
    return {"key", "model", prompt, 0};
}

bool isUtf8Start(char c)
{
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
}

TEST(KeyedText, IsTheSameForEqualTopicsAndForNoOthers)
{
    const KeyedText text(topicOf("prompt"));

    EXPECT_EQ(text.text(0, kTokens), KeyedText(topicOf("prompt")).text(0, kTokens));
    for (const Topic& other : {Topic{"other", "model", "prompt", 0}, {"key", "other", "prompt", 0},
                               {"key", "model", "other", 0}, {"key", "model", "prompt", 1},
                               {"keym", "odel", "prompt", 0}})
        EXPECT_NE(text.text(1, 4), KeyedText(other).text(1, 4)) << other.prompt;
}

// What engines and clients of different builds agree on: a change here is a change for all.
TEST(KeyedText, StaysWhatItIs)
{
    const KeyedText text({KeyedText::kDefaultKey, "sim-8b", renderChat({{"user", "hello"}}), 0});

    EXPECT_EQ(text.text(0, 4), "⟦sim⟧ kosirel vago rawe");
}

TEST(KeyedText, GoesOnFromEveryByteOfItself)
{
    const KeyedText text(topicOf("prompt"));
    const std::string whole = text.text(0, kTokens);

    for (std::size_t cut = 0; cut < whole.size(); ++cut) {
        const auto at = text.positionAfter(whole.substr(0, cut));
        ASSERT_TRUE(at) << cut;
        const std::string rest = std::string(text.token(at->token).substr(at->bytes))
            + text.text(at->token + 1, kTokens);
        ASSERT_EQ(whole.substr(0, cut) + rest, whole) << cut;
    }
}

TEST(KeyedText, DoesNotGoOnFromAnotherText)
{
    const KeyedText text(topicOf("prompt"));
    std::string written = text.text(0, 10);

    written.back() ^= 1;

    EXPECT_FALSE(text.positionAfter(written));
    EXPECT_FALSE(text.positionAfter("x"));
}

TEST(KeyedText, APlainPromptThatEndsInsideAnAnswerIsSplitThere)
{
    const std::string prompt = "Tell me about ⟦sim⟧ and trains";
    const std::string whole = KeyedText(topicOf(prompt)).text(0, 30);
    const std::size_t openingSize = std::string_view("⟦sim⟧").size();

    for (std::size_t cut = 3; cut <= whole.size(); ++cut) {
        if (cut < openingSize && cut > 3)
            continue; // inside the opening only whole characters are recognised
        const std::string together = prompt + whole.substr(0, cut);
        const SplitPrompt split = splitContinuation(topicOf(together));
        ASSERT_EQ(split.prompt, prompt) << cut;
        ASSERT_EQ(split.written, whole.substr(0, cut)) << cut;
    }
}

TEST(KeyedText, OtherPromptsAreNotSplit)
{
    const std::string answer = KeyedText(topicOf("first")).text(0, 10);

    for (const std::string& prompt :
         {std::string("plain"), "first" + answer + " and now?", "another" + answer})
        EXPECT_EQ(splitContinuation(topicOf(prompt)).prompt, prompt);
}

TEST(KeyedText, EndsByItselfWithinItsBounds)
{
    std::set<std::size_t> lengths;
    for (int i = 0; i < 500; ++i)
        lengths.insert(KeyedText(topicOf(std::to_string(i))).naturalLength());

    EXPECT_GE(*lengths.begin(), 24U);
    EXPECT_LE(*lengths.rbegin(), 400U);
    EXPECT_GT(lengths.size(), 200U);
}

TEST(Vocabulary, EveryWordIsItsOwnTokenAndWholeCharacters)
{
    const Vocabulary& vocabulary = Vocabulary::instance();
    std::set<std::string_view> seen;

    for (TokenId id = 0; id < Vocabulary::kWords; ++id) {
        const std::string_view word = vocabulary.word(id);
        ASSERT_TRUE(seen.insert(word).second) << word;
        ASSERT_TRUE(isUtf8Start(word.front())) << word;
        ASSERT_EQ(vocabulary.tokenize(word), std::vector<TokenId>{id}) << word;
        ASSERT_EQ(vocabulary.textOf(id), word);
    }
}

TEST(Vocabulary, EveryTextComesBackFromItsIds)
{
    const Vocabulary& vocabulary = Vocabulary::instance();

    for (const std::string& text :
         {std::string("The quick brown fox"), std::string("\xff\x00\x80 ", 4), promptText(7, 300),
          renderChat({{"system", "be brief"}, {"user", "héllo\n"}})}) {
        std::string back;
        for (const TokenId id : vocabulary.tokenize(text))
            back += vocabulary.textOf(id);
        EXPECT_EQ(back, text);
        EXPECT_EQ(vocabulary.count(text), vocabulary.tokenize(text).size());
    }
    EXPECT_EQ(vocabulary.textOf(0xffffffffU), "");
}

TEST(TextChecker, TakesTheRightTextInPiecesCutAnywhere)
{
    const KeyedText text(topicOf("prompt"));
    const std::string whole = text.text(0, kTokens);

    for (std::size_t piece = 1; piece < 40; ++piece) {
        TextChecker checker(text);
        for (std::size_t at = 0; at < whole.size(); at += piece)
            checker.feed(std::string_view(whole).substr(at, piece));
        ASSERT_FALSE(checker.isWrong()) << checker.fault();
        ASSERT_EQ(checker.position(), (Position{kTokens, 0}));
    }
}

TEST(TextChecker, FindsAGapARepeatASwapAndForeignText)
{
    const KeyedText text(topicOf("prompt"));
    const KeyedText other(topicOf("other"));
    const auto faultOf = [&text](const std::string& answer) {
        TextChecker checker(text);
        checker.feed(answer);
        return checker.fault();
    };

    EXPECT_EQ(faultOf(text.text(0, 5) + text.text(7, 20)), "gap of 2 tokens after token 5");
    EXPECT_EQ(faultOf(text.text(0, 5) + text.text(3, 20)), "repeat of 2 tokens after token 5");
    EXPECT_EQ(faultOf(text.text(0, 5) + text.text(6, 7) + text.text(5, 6)),
              "gap of 1 tokens after token 5");
    EXPECT_TRUE(faultOf(text.text(0, 5) + other.text(5, 9))
                    .starts_with("text of another answer after token 5"));
}

TEST(TextChecker, FindsEverySingleTokenThatIsLeftOutOrDoubled)
{
    const KeyedText text(topicOf("prompt"));

    for (std::size_t i = 0; i + 1 < kTokens; ++i) {
        TextChecker leftOut(text);
        leftOut.feed(text.text(0, i) + text.text(i + 1, kTokens));
        EXPECT_TRUE(leftOut.isWrong()) << i;
        TextChecker doubled(text);
        doubled.feed(text.text(0, i + 1) + text.text(i, kTokens));
        EXPECT_TRUE(doubled.isWrong()) << i;
    }
}

} // namespace
} // namespace signalbox::lab
