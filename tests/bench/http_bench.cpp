// SPDX-License-Identifier: Apache-2.0
// What the bytes of one request cost before and after the network: prints, never judges.
#include "agent/http/chunk_decoder.h"
#include "agent/http/h1_parser.h"
#include "agent/http/h1_writer.h"
#include "agent/http/json/chat_event.h"
#include "agent/http/json/json_gate.h"
#include "agent/http/sse_reader.h"
#include "agent/http/sse_writer.h"

#include <benchmark/benchmark.h>

#include <array>
#include <string>

namespace signalbox::http {
namespace {

constexpr std::string_view kRequest
    = "POST /v1/chat/completions HTTP/1.1\r\n"
      "Host: 192.0.2.1:8800\r\n"
      "Content-Type: application/json\r\n"
      "Authorization: Bearer sk-0123456789abcdef0123456789abcdef\r\n"
      "Content-Length: 160\r\n\r\n";

// As the official Python client sends it.
constexpr std::string_view kSdkRequest
    = "POST /v1/chat/completions HTTP/1.1\r\n"
      "Host: gateway.example:8800\r\n"
      "Accept-Encoding: gzip, deflate\r\n"
      "Connection: keep-alive\r\n"
      "Accept: application/json\r\n"
      "Content-Type: application/json\r\n"
      "User-Agent: OpenAI/Python 1.51.0\r\n"
      "X-Stainless-Lang: python\r\n"
      "X-Stainless-Package-Version: 1.51.0\r\n"
      "X-Stainless-OS: Linux\r\n"
      "X-Stainless-Arch: x64\r\n"
      "X-Stainless-Runtime: CPython\r\n"
      "X-Stainless-Runtime-Version: 3.11.2\r\n"
      "Authorization: Bearer sk-0123456789abcdef0123456789abcdef\r\n"
      "X-Stainless-Async: false\r\n"
      "x-stainless-retry-count: 0\r\n"
      "Content-Length: 160\r\n\r\n";

constexpr std::string_view kResponse = "HTTP/1.1 200 OK\r\n"
                                       "date: Mon, 23 Nov 2026 19:29:48 GMT\r\n"
                                       "server: uvicorn\r\n"
                                       "content-type: application/json\r\n"
                                       "content-length: 560\r\n\r\n";

constexpr std::string_view kChunk
    = R"({"id":"chatcmpl-9f978e8fb5199a6d","object":"chat.completion.chunk","created":1795462188,)"
      R"("model":"tiny","choices":[{"index":0,"delta":{"content":" stream"},"logprobs":null,)"
      R"("finish_reason":null}]})";

std::string bodyOf(std::size_t bytes, bool modelFirst)
{
    const std::string model = R"("model":"meta-llama/Llama-3.1-8B-Instruct")";
    std::string body = modelFirst ? "{" + model + R"(,"messages":[)" : R"({"messages":[)";
    const std::string tail
        = modelFirst ? R"(],"max_tokens":64})" : "]," + model + R"(,"max_tokens":64})";
    const std::string sentence = "The quick brown fox jumps over the lazy dog, again. ";
    bool isFirst = true;
    while (isFirst || body.size() + tail.size() < bytes) {
        const std::size_t left
            = bytes > body.size() + tail.size() + 40 ? bytes - body.size() - tail.size() - 40 : 0;
        body += isFirst ? R"({"role":"user","content":")" : R"(,{"role":"user","content":")";
        isFirst = false;
        for (std::size_t i = 0; i < std::min<std::size_t>(left, 480); ++i)
            body += sentence[i % sentence.size()];
        body += "\"}";
    }
    return body + tail;
}

void parseHead(benchmark::State& state, std::string_view text)
{
    RequestHead head;
    for (auto _ : state) {
        benchmark::DoNotOptimize(parseRequestHead(text, head));
        benchmark::DoNotOptimize(head.credential());
    }
}
BENCHMARK_CAPTURE(parseHead, small, kRequest);
BENCHMARK_CAPTURE(parseHead, sdk, kSdkRequest);

void parseAnswerHead(benchmark::State& state)
{
    ResponseHead head;
    for (auto _ : state)
        benchmark::DoNotOptimize(parseResponseHead(kResponse, Method::Post, head));
}
BENCHMARK(parseAnswerHead);

void writeRequestHead(benchmark::State& state)
{
    std::array<char, kHeadBufferBytes> buffer;
    for (auto _ : state) {
        HeadWriter head(buffer);
        head.request(Method::Post, "/v1/chat/completions");
        head.field(HeaderName::Host, "192.0.2.2:8000");
        head.field(HeaderName::ContentType, "application/json");
        head.field(HeaderName::RequestId, "0123456789abcdef-1");
        head.contentLength(160);
        benchmark::DoNotOptimize(head.finish());
    }
}
BENCHMARK(writeRequestHead);

void writeAnswerHead(benchmark::State& state)
{
    std::array<char, kHeadBufferBytes> buffer;
    for (auto _ : state) {
        HeadWriter head(buffer);
        head.response(200);
        head.field(HeaderName::ContentType, "application/json");
        head.field(HeaderName::RequestId, "0123456789abcdef");
        head.contentLength(560);
        benchmark::DoNotOptimize(head.finish());
    }
}
BENCHMARK(writeAnswerHead);

void gate(benchmark::State& state)
{
    std::string body = bodyOf(static_cast<std::size_t>(state.range(0)), state.range(1) == 1);
    const std::size_t bytes = body.size();
    body.resize(bytes + JsonGate::kPadding);
    JsonGate gate;
    RequestFacts facts;
    for (auto _ : state) {
        const auto refusal
            = gate.inspect(std::string_view(body).substr(0, bytes), body.size(), facts);
        if (refusal)
            state.SkipWithError(refusal->message.c_str());
    }
    state.SetLabel(std::to_string(bytes) + " bytes");
}
BENCHMARK(gate)->ArgsProduct({{160, 2048, 20480}, {1, 0}})->ArgNames({"bytes", "modelFirst"});

// One event: framing off, event out, read, written again.
void relayEvent(benchmark::State& state)
{
    const std::string event = "data: " + std::string(kChunk) + "\n\n";
    const std::string body
        = std::string(ChunkHead(event.size()).view()) + event + std::string(kChunkEnd);
    ChunkDecoder decoder;
    SseReader sse;
    ChatEventReader chat;
    std::string out;
    for (auto _ : state) {
        std::string_view input = body;
        out.clear();
        while (!input.empty()) {
            const ChunkStep step = decoder.next(input);
            input.remove_prefix(step.consumed);
            std::string_view data = step.data;
            while (sse.next(data) == SseState::Event) {
                benchmark::DoNotOptimize(chat.readChunk(sse.event().data).kind);
                appendSseEvent(out, {}, sse.event().data);
            }
        }
        benchmark::DoNotOptimize(out);
    }
}
BENCHMARK(relayEvent);

void unchunkEvent(benchmark::State& state)
{
    const std::string body = "e1\r\n" + std::string(0xe1, 'x') + "\r\n";
    ChunkDecoder decoder;
    for (auto _ : state) {
        std::string_view input = body;
        while (!input.empty()) {
            const ChunkStep step = decoder.next(input);
            input.remove_prefix(step.consumed);
            benchmark::DoNotOptimize(step.data);
        }
    }
}
BENCHMARK(unchunkEvent);

void scanSseEvent(benchmark::State& state)
{
    const std::string event = "data: " + std::string(kChunk) + "\n\n";
    SseReader sse;
    for (auto _ : state) {
        std::string_view input = event;
        while (sse.next(input) == SseState::Event)
            benchmark::DoNotOptimize(sse.event().data);
    }
}
BENCHMARK(scanSseEvent);

void readChatChunk(benchmark::State& state)
{
    ChatEventReader chat;
    for (auto _ : state)
        benchmark::DoNotOptimize(chat.readChunk(kChunk).kind);
}
BENCHMARK(readChatChunk);

void writeSseEvent(benchmark::State& state)
{
    std::string out;
    for (auto _ : state) {
        out.clear();
        appendSseEvent(out, {}, kChunk);
        benchmark::DoNotOptimize(out);
    }
}
BENCHMARK(writeSseEvent);

} // namespace
} // namespace signalbox::http

BENCHMARK_MAIN();
