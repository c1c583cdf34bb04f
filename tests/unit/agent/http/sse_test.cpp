// SPDX-License-Identifier: Apache-2.0
#include "agent/http/sse_reader.h"
#include "agent/http/sse_writer.h"
#include "shared/base/limits.h"
#include "tests/support/recorded_data.h"
#include "tests/support/seed.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace signalbox::http {
namespace {

using namespace std::string_literals;

struct Read {
    std::string name;
    std::string data;
    std::string id;
    bool operator==(const Read&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Read& event)
{
    return out << "[" << event.name << "|" << event.data << "|" << event.id << "]";
}

void take(SseReader& reader, std::string piece, std::vector<Read>& events)
{
    std::string_view input = piece;
    SseState state = SseState::NeedMore;
    while ((state = reader.next(input)) == SseState::Event) {
        const SseEvent& event = reader.event();
        events.push_back({std::string(event.name), std::string(event.data), std::string(event.id)});
    }
    EXPECT_EQ(state, SseState::NeedMore);
    EXPECT_TRUE(input.empty());
}

std::vector<Read> readInPieces(const std::string& stream, std::size_t step)
{
    SseReader reader;
    std::vector<Read> events;
    for (std::size_t at = 0; at < stream.size(); at += step)
        take(reader, stream.substr(at, step), events);
    return events;
}

std::vector<Read> readSplitAt(const std::string& stream, std::size_t split)
{
    SseReader reader;
    std::vector<Read> events;
    take(reader, stream.substr(0, split), events);
    take(reader, stream.substr(split), events);
    return events;
}

void expectAtEverySplit(const std::string& stream, const std::vector<Read>& wanted)
{
    EXPECT_EQ(readInPieces(stream, stream.size() + 1), wanted);
    for (std::size_t step = 1; step <= 5; ++step)
        EXPECT_EQ(readInPieces(stream, step), wanted) << "pieces of " << step;
    for (std::size_t split = 1; split < stream.size(); ++split)
        EXPECT_EQ(readSplitAt(stream, split), wanted) << "split at " << split;
}

TEST(SseReader, FollowsTheRulesOfTheStandardAtEverySplit)
{
    expectAtEverySplit("data: a\n\ndata:b\n\ndata:  c\n\n",
                       {{"", "a", ""}, {"", "b", ""}, {"", " c", ""}});
    expectAtEverySplit("data: a\r\n\r\ndata: b\r\rdata: c\n\r\ndata: d\r\n\n",
                       {{"", "a", ""}, {"", "b", ""}, {"", "c", ""}, {"", "d", ""}});
    expectAtEverySplit("\xEF\xBB\xBF"
                       "data: a\n\n",
                       {{"", "a", ""}});
    expectAtEverySplit("data: a\n\n\xEF\xBB\xBF"
                       "data: b\n\n",
                       {{"", "a", ""}});
    expectAtEverySplit(": ping\n\n:\n\ndata: a\n: in between\ndata: b\n\n", {{"", "a\nb", ""}});
    expectAtEverySplit("data\n\ndata:\n\ndata\ndata\n\n", {{"", "\n", ""}});
    expectAtEverySplit("event: x\ndata: a\nid: 7\nretry: 5\n\ndata: b\n\n",
                       {{"x", "a", "7"}, {"", "b", ""}});
    expectAtEverySplit("event: x\n\ndata: a\n\n", {{"", "a", ""}});
    expectAtEverySplit("id: 1\0 2\ndata: a\n\n"s, {{"", "a", ""}});
    expectAtEverySplit("Data: a\nunknown: b\ndata : c\ndata: d\n\n", {{"", "d", ""}});
    expectAtEverySplit("data: caf\xC3\xA9 \xF0\x9F\x98\x80\n\n",
                       {{"", "caf\xC3\xA9 \xF0\x9F\x98\x80", ""}});
    expectAtEverySplit("data: {\"a\":\"x\\n\\ndata: [DONE]\"}\n\n",
                       {{"", "{\"a\":\"x\\n\\ndata: [DONE]\"}", ""}});
    expectAtEverySplit("data: a\n\ndata: [DONE]\n", {{"", "a", ""}});
    expectAtEverySplit("\n\n\r\n\r\r\n", {});
}

TEST(SseReader, AWholeEventIsNotCopied)
{
    SseReader reader;
    const std::string stream = "data: {\"a\":1}\n\n";
    std::string_view input = stream;
    ASSERT_EQ(reader.next(input), SseState::Event);
    EXPECT_EQ(reader.event().data.data(), stream.data() + 6);
    EXPECT_EQ(reader.next(input), SseState::NeedMore);
    EXPECT_FALSE(reader.isMidEvent());
    EXPECT_EQ(reader.events(), 1U);
}

TEST(SseReader, TellsThatSomethingWasCutOff)
{
    for (const char* tail : {"d", "data: x", "data: x\n", "event: x\n", "data: x\r"}) {
        SseReader reader;
        std::vector<Read> events;
        take(reader, "data: a\n\n", events);
        EXPECT_FALSE(reader.isMidEvent());
        take(reader, tail, events);
        EXPECT_TRUE(reader.isMidEvent()) << tail;
        EXPECT_EQ(events.size(), 1U);
    }
}

SseState feed(SseReader& reader, const std::string& bytes)
{
    SseState state = SseState::NeedMore;
    for (std::size_t at = 0; at < bytes.size() && state != SseState::Bad; at += 10'000) {
        const std::string piece = bytes.substr(at, 10'000);
        std::string_view input = piece;
        while ((state = reader.next(input)) == SseState::Event) { }
    }
    return state;
}

TEST(SseReader, LinesAndEventsHaveALimit)
{
    SseReader longLine;
    EXPECT_EQ(feed(longLine, "data: " + std::string(2 << 20, 'x')), SseState::Bad) << "B-54";
    SseReader longComment;
    EXPECT_EQ(feed(longComment, ":" + std::string(2 << 20, 'x') + "\n\n"), SseState::Bad);
    SseReader longEvent;
    std::string lines;
    for (int i = 0; i < 3000; ++i)
        lines += "data: " + std::string(500, 'x') + "\n";
    EXPECT_EQ(feed(longEvent, lines), SseState::Bad);
    std::string_view more = "data: a\n\n";
    EXPECT_EQ(longEvent.next(more), SseState::Bad) << "for good";
    SseReader fits;
    EXPECT_EQ(feed(fits, "data: " + std::string(1'000'000, 'x') + "\n\n"), SseState::NeedMore);
    EXPECT_EQ(fits.events(), 1U);
    SseReader inOne;
    const std::string whole = "data: " + std::string(2 << 20, 'x') + "\n\n";
    std::string_view input = whole;
    EXPECT_EQ(inOne.next(input), SseState::Bad);
}

TEST(SseReader, AMillionEmptyEventsAreNoEvents)
{
    SseReader reader;
    std::string empties;
    for (int i = 0; i < 1000; ++i)
        empties += "data:\n\nevent: x\n\n: ping\n\n";
    for (int i = 0; i < 330; ++i)
        EXPECT_EQ(feed(reader, empties), SseState::NeedMore);
    EXPECT_EQ(reader.events(), 0U) << "B-54";
    EXPECT_GT(reader.comments(), 0U);
}

TEST(SseWriter, NothingInTheDataEndsTheEvent)
{
    const unsigned seed = tests::seed();
    SB_SHOW_SEED(seed);
    std::mt19937 random(seed);
    constexpr std::string_view kAlphabet = "\r\n\r\n: \0data[DONE]xyz";
    for (int round = 0; round < 2000; ++round) {
        std::string data = "x";
        for (unsigned i = random() % 40; i > 0; --i)
            data.push_back(kAlphabet[random() % kAlphabet.size()]);
        std::string out;
        appendSseEvent(out, "name", data);
        out += kDoneEvent;
        std::string wanted;
        for (std::size_t i = 0; i < data.size(); ++i) {
            if (data[i] == '\r')
                i += i + 1 < data.size() && data[i + 1] == '\n' ? 1 : 0;
            wanted.push_back(data[i] == '\r' ? '\n' : data[i]);
        }
        const std::vector<Read> events = readInPieces(out, 1 + random() % 9);
        ASSERT_EQ(events.size(), 2U) << out;
        ASSERT_EQ(events[0], (Read{"name", wanted, ""}));
        ASSERT_EQ(events[1].data, "[DONE]");
    }
}

TEST(SseWriter, ANameIsOneLine)
{
    std::string out;
    appendSseEvent(out, "a\ndata: forged", "x");
    EXPECT_EQ(out, "event: a\ndata: x\n\n");
}

TEST(SseWriter, AnErrorIsOneEventOfJson)
{
    OpenAiError error;
    error.type = "server_error";
    error.code = "upstream_lost";
    error.message = "lost \"it\"\n";
    std::string out;
    appendSseError(out, error);
    EXPECT_EQ(out,
              "data: {\"error\":{\"message\":\"lost \\\"it\\\"\\n\",\"type\":\"server_error\","
              "\"code\":\"upstream_lost\",\"param\":null}}\n\n");
}

std::vector<std::string> recordedStreams()
{
    std::vector<std::string> streams;
    const auto root = tests::recordedDataDirectory();
    for (const char* folder : {"engines-live", "sse/dynamo_replays", "sse/http_exchanges"}) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
            if (!entry.is_regular_file())
                continue;
            std::string body = tests::headAndBody(tests::wholeFile(entry.path())).second;
            if (body.starts_with("data: ") || body.find("\ndata: ") != std::string::npos)
                streams.push_back(body.substr(0, 1500));
        }
    }
    return streams;
}

TEST(SseReader, RecordedStreamsAreTheSameAtEverySplitAndWhenWrittenAgain)
{
    SB_NEEDS_RECORDED_DATA("engines-live");
    SB_NEEDS_RECORDED_DATA("sse");
    const std::vector<std::string> streams = recordedStreams();
    EXPECT_GT(streams.size(), 40U);
    for (const std::string& stream : streams) {
        const std::vector<Read> wanted = readInPieces(stream, stream.size());
        std::string again;
        for (const Read& event : wanted)
            appendSseEvent(again, event.name, event.data);
        std::vector<Read> withoutIds = wanted;
        for (Read& event : withoutIds)
            event.id.clear();
        ASSERT_EQ(readInPieces(again, 7), withoutIds);
        for (std::size_t split = 1; split < stream.size(); ++split)
            ASSERT_EQ(readSplitAt(stream, split), wanted) << "split at " << split;
    }
}

} // namespace
} // namespace signalbox::http
