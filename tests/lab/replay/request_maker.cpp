// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/replay/request_maker.h"

#include "tests/lab/kit/hash.h"
#include "tests/lab/kit/json_text.h"
#include "tests/lab/kit/vocabulary.h"

#include <fmt/format.h>

#include <algorithm>

namespace signalbox::replay {

namespace {

constexpr std::size_t kTemplateTokens = 5; // what the chat template adds to one user message
constexpr std::size_t kBlockTokens = 512;  // of a prefix block in the traces

// A number in [0, 1) that depends on request and purpose only.
double share(std::uint64_t seed, std::uint64_t number, std::uint64_t purpose)
{
    return static_cast<double>(lab::mix(lab::mix(seed + purpose) + number) >> 11) * 0x1.0p-53;
}

} // namespace

PreparedRequest RequestMaker::make(const lab::Arrival& arrival, std::uint64_t number) const
{
    const Api api = share(options_.seed, number, 1) < options_.completionsShare ? Api::Completions
                                                                                 : Api::Chat;
    const Delivery delivery = share(options_.seed, number, 2) < options_.streamShare
        ? Delivery::Stream
        : Delivery::Whole;
    const std::string prompt = promptOf(arrival, number);
    PreparedRequest request;
    request.promptTokens = arrival.promptTokens;
    request.expectation.api = api;
    request.expectation.delivery = delivery;
    request.expectation.prompt
        = api == Api::Chat ? lab::renderChat({{"user", prompt}}) : prompt;
    request.expectation.tokensMax = arrival.outputTokens;
    request.expectation.ignoresNaturalEnd = true; // lengths are the trace's
    request.expectation.key = options_.key;
    if (delivery == Delivery::Stream && arrival.outputTokens > 1
        && share(options_.seed, number, 3) < options_.leaveShare)
        request.leavesAfter = 1
            + static_cast<std::size_t>(share(options_.seed, number, 4) * arrival.outputTokens / 2);
    const std::string body = bodyOf(arrival, prompt, api, delivery);
    request.bytes = fmt::format(
        "POST {}/v1/{} HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\n"
        "user-agent: signalbox-replay\r\nx-request-id: replay-{}-{}\r\n"
        "{}content-length: {}\r\n\r\n",
        options_.target.basePath, api == Api::Chat ? "chat/completions" : "completions",
        options_.target.authority(), options_.seed, number,
        options_.apiKey.empty() ? std::string()
                                : fmt::format("authorization: Bearer {}\r\n", options_.apiKey),
        body.size());
    request.bytes += body;
    return request;
}

std::string RequestMaker::promptOf(const lab::Arrival& arrival, std::uint64_t number) const
{
    const std::size_t tokens
        = std::max<std::size_t>(arrival.promptTokens, kTemplateTokens + 1) - kTemplateTokens;
    if (arrival.blocks.empty())
        return lab::promptText(lab::mix(options_.seed) + (number << 20), tokens);
    std::string prompt;
    std::size_t left = tokens;
    for (const std::uint32_t block : arrival.blocks) {
        const std::size_t taken = std::min(left, kBlockTokens);
        prompt += lab::promptText(lab::mix(options_.seed ^ block), taken);
        left -= taken;
    }
    return prompt;
}

std::string RequestMaker::bodyOf(const lab::Arrival& arrival, const std::string& prompt, Api api,
                                 Delivery delivery) const
{
    const std::string text = lab::jsonString(prompt);
    const std::string input = api == Api::Chat
        ? fmt::format(R"("messages":[{{"role":"user","content":{}}}])", text)
        : fmt::format(R"("prompt":{})", text);
    const std::string_view streaming = delivery == Delivery::Stream
        ? R"(,"stream":true,"stream_options":{"include_usage":true})"
        : "";
    return fmt::format(
        R"({{"model":{},{},"max_tokens":{},"ignore_eos":true,"temperature":0,)"
        R"("user":"client-{}"{}}})",
        lab::jsonString(model_), input, arrival.outputTokens, arrival.client, streaming);
}

} // namespace signalbox::replay
