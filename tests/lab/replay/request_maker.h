// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/lab/kit/trace.h"
#include "tests/lab/replay/answer_judge.h"
#include "tests/lab/replay/replay_options.h"

#include <cstdint>
#include <string>

namespace signalbox::replay {

// One request, ready to be sent, and what its answer must be.
struct PreparedRequest {
    std::string bytes; // head and body
    Expectation expectation;
    std::size_t promptTokens = 0;
    // The client hangs up after so many pieces of text; 0: it stays.
    std::size_t leavesAfter = 0;
};

// Turns arrivals into requests; the same options and number give the same request.
// Lives on: one thread.
class RequestMaker {
public:
    RequestMaker(const ReplayOptions& options, std::string model)
        : options_(options), model_(std::move(model))
    {
    }

    PreparedRequest make(const lab::Arrival& arrival, std::uint64_t number) const;

private:
    std::string promptOf(const lab::Arrival& arrival, std::uint64_t number) const;
    std::string bodyOf(const lab::Arrival& arrival, const std::string& prompt, Api api,
                       Delivery delivery) const;

    const ReplayOptions& options_;
    std::string model_;
};

} // namespace signalbox::replay
