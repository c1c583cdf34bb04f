// SPDX-License-Identifier: Apache-2.0
#include "shared/model/open_exchange.h"

namespace signalbox::model {

std::string_view nameOf(ExchangePhase phase)
{
    switch (phase) {
    case ExchangePhase::Placing: return "placing";
    case ExchangePhase::Waiting: return "waiting";
    case ExchangePhase::Streaming: return "streaming";
    }
    return "unknown";
}

} // namespace signalbox::model
