// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/lab/replay/answer_judge.h"

#include <cstddef>
#include <functional>
#include <string>

namespace signalbox::tests {

struct ChatRequest {
    std::string url; // http://host:port of a gateway or agent
    std::string prompt = "tell me something";
    replay::Delivery delivery = replay::Delivery::Stream;
    std::size_t tokens = 40; // exactly so many
    std::function<void()> onFirstText; // the test may kill something now
};

struct ChatAnswer {
    int status = 0;
    replay::BodyEnd end = replay::BodyEnd::Broken; // what HTTP says of it
    replay::Judgement judgement; // of every byte, against the simulated engine's keyed text
    std::string body;
    std::size_t textEvents = 0;
};

// One chat completion on a connection of its own, read to its end however that is.
ChatAnswer chat(const ChatRequest& request);

// What became of it, for a test's message.
std::string describe(const ChatAnswer& answer);

} // namespace signalbox::tests
