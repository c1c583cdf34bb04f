// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/proxy/exchange.h"
#include "agent/proxy/local_reply.h"

#include <optional>

namespace signalbox::proxy {

class CoreProxy;

// The request's story, in the order it happens; start reading here.
//   admit      path, JSON gate, who asks, which route      (all at once, no await)
//   forward    an endpoint, retries, up to the first token
//   relay      the answer, or the one error the client gets
//   conclude   counters and the record; always runs
// Lives on: core; owned by CoreProxy, one a core.
class ExchangeRunner {
public:
    explicit ExchangeRunner(CoreProxy& core) : core_(core) {}

    runtime::Task<void> run(http::ServerConnection& client, http::Request& request);

private:
    runtime::Task<void> serve(Exchange& exchange);
    runtime::Task<void> answerOurs(Exchange& exchange);
    runtime::Task<void> throughFleet(Exchange& exchange);
    runtime::Task<void> throughEngine(Exchange& exchange);
    std::optional<LocalReply> admit(Exchange& exchange);
    std::optional<LocalReply> admitPath(Exchange& exchange);
    std::optional<LocalReply> admitHop(Exchange& exchange);
    std::optional<LocalReply> checkEngineRules(const Exchange& exchange) const;
    static void takeNativeFacts(Exchange& exchange);

    CoreProxy& core_;
};

} // namespace signalbox::proxy
