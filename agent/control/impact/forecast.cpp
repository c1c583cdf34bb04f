// SPDX-License-Identifier: Apache-2.0
#include "agent/control/impact/forecast.h"

#include <algorithm>

namespace signalbox::control {

namespace {

constexpr double kChunkTokens = 2'048; // prompt tokens that engines take into one step
constexpr double kTrustedUtilisation = 0.7;
constexpr double kTrustedDispersion = 2;
constexpr double kReferenceSteps = 8; // how much crowding counts in a time to first token
constexpr double kMsPerSecond = 1'000;

// Probability that all `servers` are busy when work `load` (in Erlang) arrives at random.
double erlangC(double load, std::uint32_t servers)
{
    double blocked = 1;
    for (std::uint32_t i = 1; i <= servers; ++i)
        blocked = load * blocked / (i + load * blocked);
    return blocked / (1 - load / servers * (1 - blocked));
}

} // namespace

Forecast closedForm(const StepTimes& step, const Demand& demand, std::uint32_t members)
{
    Forecast forecast;
    const bool isRateKnown = step.perPrefillToken > 0 && step.perSequence > 0;
    if (!isRateKnown || members == 0 || demand.requestsPerSecond < 0)
        return forecast;
    const double arrivals = demand.requestsPerSecond / members / kMsPerSecond; // a member, each ms
    const double prompt = demand.promptTokens;
    const double output = demand.outputTokens;
    const double context = prompt + output / 2; // of a sequence half done
    forecast.utilisation = arrivals
        * (step.perPrefillToken * prompt + step.perSequence * output
           + step.perContextToken * output * context);
    const bool isTrusted = forecast.utilisation < kTrustedUtilisation
        && demand.dispersion < kTrustedDispersion && step.fixed > 0;
    if (!isTrusted)
        return forecast;

    const double stepMs = step.fixed / (1 - forecast.utilisation);
    const double batch = arrivals * output * stepMs;
    const double besideDecoding
        = (step.fixed + step.perSequence * batch + step.perContextToken * batch * context)
        / kChunkTokens;
    const double service = (step.perPrefillToken + besideDecoding) * prompt;
    const double load = members * arrivals * service;
    if (load >= members)
        return forecast;
    const double wait = erlangC(load, members) / (members - load) * service
        * (demand.dispersion + demand.promptVariation) / 2;
    forecast.ttftMs = wait + service + stepMs / 2;
    return forecast;
}

double sharedTtftMs(const std::vector<model::LoadReport>& reports, std::uint32_t members)
{
    double pendingTokens = 0;
    double decoding = 0;
    for (const model::LoadReport& report : reports) {
        pendingTokens += static_cast<double>(report.pendingPrefillTokens);
        decoding += report.decoding;
    }
    const StepTimes step = stepFrom(reports);
    if (members == 0 || step.perPrefillToken <= 0)
        return kUnknown;
    return pendingTokens / members * step.perPrefillToken
        + decoding / members * step.perSequence * kReferenceSteps;
}

StepTimes stepFrom(const std::vector<model::LoadReport>& reports)
{
    StepTimes step;
    double rates = 0;
    double crowding = 0;
    std::uint32_t withRate = 0;
    std::uint32_t withCrowding = 0;
    for (const model::LoadReport& report : reports) {
        rates += report.prefillTokensPerSecond;
        withRate += report.prefillTokensPerSecond > 0 ? 1 : 0;
        crowding += report.decodeMsPerSequence;
        withCrowding += report.decodeMsPerSequence > 0 ? 1 : 0;
    }
    if (withRate > 0)
        step.perPrefillToken = kMsPerSecond * withRate / rates;
    if (withCrowding > 0)
        step.perSequence = crowding / withCrowding;
    return step;
}

} // namespace signalbox::control
