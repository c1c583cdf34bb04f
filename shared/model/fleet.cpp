// SPDX-License-Identifier: Apache-2.0
#include "shared/model/fleet.h"

#include "shared/model/open_exchange.h"

#include <algorithm>

namespace signalbox::model {

std::string_view nameOf(AgentKind kind)
{
    switch (kind) {
    case AgentKind::Gateway: return "gateway";
    case AgentKind::Instance: return "instance";
    }
    return "instance";
}

std::string_view nameOf(PairState state)
{
    switch (state) {
    case PairState::Starting: return "starting";
    case PairState::Loading: return "loading";
    case PairState::Ready: return "ready";
    case PairState::BackingOff: return "backing off";
    case PairState::Draining: return "draining";
    case PairState::Stopping: return "stopping";
    }
    return "starting";
}

std::string_view nameOf(ExchangePhase phase)
{
    switch (phase) {
    case ExchangePhase::Placing: return "placing";
    case ExchangePhase::Waiting: return "waiting";
    case ExchangePhase::Streaming: return "streaming";
    }
    return "unknown";
}

std::uint32_t ScaleProgress::count(PairState state) const
{
    return static_cast<std::uint32_t>(
        std::count_if(pairs.begin(), pairs.end(),
                      [state](const PairProgress& pair) { return pair.state == state; }));
}

} // namespace signalbox::model
