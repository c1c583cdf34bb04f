// SPDX-License-Identifier: Apache-2.0
#include "agent/proxy/exchange.h"

namespace signalbox::proxy {

namespace {

std::int64_t millisecondsBetween(upstream::Ticks from, upstream::Ticks to)
{
    return (to - from) / 1'000'000;
}

} // namespace

model::OpenExchange Exchange::describe(upstream::Ticks now) const
{
    model::OpenExchange told;
    told.requestId = requestId;
    told.model = facts.model;
    told.route = route == nullptr ? "" : route->name;
    told.caller = caller == nullptr ? "" : caller->keyId;
    told.endpoint = placedOn == nullptr ? "" : placedOn->id;
    told.phase = lastTokenAt != 0 ? model::ExchangePhase::Streaming
        : placedOn != nullptr     ? model::ExchangePhase::Waiting
                                  : model::ExchangePhase::Placing;
    told.ageMs = millisecondsBetween(record.receivedAt, now);
    told.sinceTokenMs = lastTokenAt == 0 ? -1 : millisecondsBetween(lastTokenAt, now);
    told.promptTokens = record.promptTokens;
    told.tokens = tokensCounted;
    told.attempts = record.attempts;
    return told;
}

} // namespace signalbox::proxy
