// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/proxy/local_reply.h"
#include "agent/proxy/upstream_call.h"

namespace signalbox::proxy {

// Phase 6: the answer on its way to the client, with back-pressure; from the first token on nothing
// is held back. A stream that breaks after its first byte ends with a typed error event and an
// abnormal close: never a truncated answer that looks whole.
// Lives on: core; one for each exchange. Fills the record's outcome, status and reason.
class Relay {
public:
    Relay(CoreProxy& core, Exchange& exchange) : core_(core), exchange_(exchange) {}

    runtime::Task<void> fromUpstream(UpstreamCall& call);
    runtime::Task<void> local(LocalReply reply);
    // A complete answer of ours that is no error, as /v1/models.
    runtime::Task<void> own(int status, std::string_view contentType, std::string_view body);

private:
    runtime::Task<void> whole(UpstreamCall& call);
    runtime::Task<void> stream(UpstreamCall& call);
    runtime::Task<bool> flushEvents(UpstreamCall& call);
    runtime::Task<void> endStream(UpstreamCall& call);
    runtime::Task<void> interrupt(UpstreamCall& call);
    void clientLeft();

    CoreProxy& core_;
    Exchange& exchange_;
};

} // namespace signalbox::proxy
