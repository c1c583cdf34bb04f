// SPDX-License-Identifier: Apache-2.0
#include "tests/scenario/chat.h"

#include "tests/lab/kit/http_fetch.h"
#include "tests/lab/kit/json_text.h"
#include "tests/lab/kit/keyed_text.h"
#include "tests/lab/kit/response_parser.h"
#include "tests/support/raw_socket.h"

#include <fmt/format.h>

#include <stdexcept>

namespace signalbox::tests {

namespace {

std::string requestBytes(const ChatRequest& request, const lab::HttpUrl& url)
{
    const bool streams = request.delivery == replay::Delivery::Stream;
    const std::string body
        = fmt::format(R"({{"model":"sim-8b","stream":{},"max_tokens":{},"ignore_eos":true,)"
                      R"("messages":[{{"role":"user","content":{}}}]}})",
                      streams, request.tokens, lab::jsonString(request.prompt));
    return fmt::format("POST /v1/chat/completions HTTP/1.1\r\nHost: {}\r\n"
                       "Content-Type: application/json\r\nContent-Length: {}\r\n"
                       "Connection: close\r\n\r\n{}",
                       url.authority(), body.size(), body);
}

replay::Expectation expectationOf(const ChatRequest& request)
{
    replay::Expectation expectation;
    expectation.delivery = request.delivery;
    expectation.prompt = lab::renderChat({{"user", request.prompt}});
    expectation.tokensMax = request.tokens;
    expectation.ignoresNaturalEnd = true;
    expectation.key = std::string(lab::KeyedText::kDefaultKey);
    return expectation;
}

} // namespace

ChatAnswer chat(const ChatRequest& request)
{
    const lab::HttpUrl url = lab::parseHttpUrl(request.url).value();
    RawSocket socket = RawSocket::connectTo(url.port);
    if (!socket.isOpen() || !socket.send(requestBytes(request, url)))
        throw std::runtime_error("nobody listens at " + request.url);
    ChatAnswer answer;
    replay::AnswerJudge judge(expectationOf(request));
    lab::ResponseParser parser;
    auto onFirstText = request.onFirstText;
    bool hasToldHead = false;
    while (!parser.isComplete()) {
        const std::string bytes = socket.receiveSome();
        if (bytes.empty() || !parser.feed(bytes))
            break;
        if (parser.hasHead() && !std::exchange(hasToldHead, true))
            judge.onHead(parser.status(), parser.header("content-type"));
        const std::string body = parser.takeBody();
        answer.body += body;
        judge.onBody(body);
        if (judge.textEvents() > 0 && onFirstText)
            std::exchange(onFirstText, nullptr)();
    }
    parser.endOfInput();
    answer.status = parser.hasHead() ? parser.status() : 0;
    answer.end = parser.isComplete() ? replay::BodyEnd::Complete : replay::BodyEnd::Broken;
    answer.textEvents = judge.textEvents();
    answer.judgement = judge.conclude(answer.end);
    return answer;
}

std::string describe(const ChatAnswer& answer)
{
    return fmt::format("status {}, {}: {} {}\n{}", answer.status,
                       answer.end == replay::BodyEnd::Complete ? "whole" : "broken",
                       answer.judgement.kind, answer.judgement.detail, answer.body);
}

} // namespace signalbox::tests
