// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/proxy/exchange.h"

namespace signalbox::proxy {

class CoreProxy;

// Phase 7: always runs. Counts the outcome and hands the record to the sink. Never fails.
void conclude(CoreProxy& core, Exchange& exchange);

} // namespace signalbox::proxy
