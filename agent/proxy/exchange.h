// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/http/json/json_gate.h"
#include "agent/http/server_connection.h"
#include "agent/proxy/meters/decision_draft.h"
#include "agent/proxy/meters/exchange_record.h"
#include "agent/proxy/meters/open_exchanges.h"
#include "agent/proxy/proxy_snapshot.h"
#include "agent/proxy/stream/served_path.h"
#include "agent/runtime/loop.h"
#include "agent/upstream/prefix_index.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace signalbox::proxy {

// Everything known about one request and its answer. Lives on: core; owned by its coroutine. The
// phases fill it in, in order; the snapshot is pinned, so one exchange sees one policy revision.
struct Exchange final : OpenExchanges::Subject {
    Exchange(runtime::Loop& coreLoop, http::ServerConnection& connection, http::Request& asked)
        : loop(coreLoop), client(connection), request(asked), watch(coreLoop, connection.socket())
    {
    }

    runtime::Loop& loop;
    http::ServerConnection& client;
    http::Request& request;
    runtime::Watch watch; // a client that leaves cancels the upstream
    ProxySnapshotPtr view;

    Role role = Role::Entry;
    Api api = Api::Chat;
    std::string_view pathModel; // where the path names it; into the request's head
    std::string requestId; // towards the client
    http::RequestFacts facts;
    const admission::Caller* caller = nullptr; // in the snapshot's key table; null = no key asked
    const RoutePlan* route = nullptr; // Entry only
    std::uint64_t session = 0; // hash of the client's session; 0 = it names none
    std::unique_ptr<upstream::PrefixChain> prefix; // of the prompt; null where it is short
    runtime::Deadline deadline = runtime::Deadline::never();

    const upstream::Member* placedOn = nullptr; // of the attempt under way; in the snapshot
    std::uint64_t tokensCounted = 0; // of this answer, in the core's statistics already
    upstream::Ticks lastTokenAt = 0; // given to the client; 0 = none yet
    bool answerBegun = false; // a byte of the answer may have reached the client
    ExchangeRecord record;
    DecisionDraft decision;

    upstream::Ticks now() const { return loop.now().time_since_epoch().count(); }
    bool isStream() const { return facts.stream; }
    model::OpenExchange describe(upstream::Ticks now) const override;
};

} // namespace signalbox::proxy
