// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/proxy/exchange.h"
#include "agent/proxy/local_reply.h"

namespace signalbox::proxy {

// Phase 1: key -> caller. Where the policy asks for no key, one that is sent is ignored.
// Fills Exchange::caller. Lives on: core. Nothing = go on.
std::optional<LocalReply> authenticate(Exchange& exchange);

// May this caller use the model of its route? Asked once the route is known; the answer is the same
// as for a model that does not exist.
std::optional<LocalReply> authorize(Exchange& exchange);

} // namespace signalbox::proxy
