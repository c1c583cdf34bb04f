// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/model/fleet.h"

#include <cstdint>
#include <vector>

// What the members of a pool will feel when they are fewer. Formulas: algorithms.md §6.1 (closed
// form) and §1.3 (estimated time to first token). All pure; what is not known stays unknown.
namespace signalbox::control {

inline constexpr double kUnknown = -1;

// Time of one engine step in ms: fixed + perSequence * decoding + perContextToken * their context
// + perPrefillToken * prompt tokens in it. 0 = not known.
struct StepTimes {
    double fixed = 0;
    double perSequence = 0;
    double perContextToken = 0;
    double perPrefillToken = 0;
};

// Traffic of a whole pool.
struct Demand {
    double requestsPerSecond = 0;
    double promptTokens = 0; // mean of a request, what a cache answers left out
    double outputTokens = 0; // mean of a request
    double promptVariation = 1; // squared coefficient of variation of the prompts' lengths
    double dispersion = 1; // variance to mean of arrivals counted each second; 1 = random
};

struct Forecast {
    double utilisation = kUnknown; // share of the token work the members can do; >= 1 = melts
    double ttftMs = kUnknown; // mean
};

// The closed form for that many equal members. Utilisation needs perPrefillToken and perSequence;
// the time to first token needs `fixed` too, and stays unknown where the formula is known to fail:
// utilisation from 0.7 or dispersion from 2 on.
Forecast closedForm(const StepTimes& step, const Demand& demand, std::uint32_t members);

// Work that was placed and is not done, shared out over the members that stay: mean estimate for a
// request that comes now. kUnknown when nobody has reported a prefill rate.
double sharedTtftMs(const std::vector<model::LoadReport>& reports, std::uint32_t members);

// What the reports say about the engines' step, as far as they do.
StepTimes stepFrom(const std::vector<model::LoadReport>& reports);

} // namespace signalbox::control
