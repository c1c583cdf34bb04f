// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/http/json/chat_event.h"
#include "agent/http/json/json_gate.h"
#include "agent/http/server_connection.h"
#include "agent/proxy/exchange_runner.h"
#include "agent/proxy/meters/decision_ring.h"
#include "agent/proxy/meters/local_load.h"
#include "agent/proxy/meters/open_exchanges.h"
#include "agent/proxy/proxy_snapshot.h"
#include "agent/proxy/meters/proxy_statistics.h"
#include "agent/runtime/loop.h"
#include "agent/upstream/connection_pool.h"
#include "agent/upstream/load_balancer.h"
#include "agent/upstream/prefix_index.h"

#include <functional>
#include <unordered_map>

namespace signalbox::proxy {

// Gets every finished exchange's record, on the core that ran it. Must not block.
class ExchangeSink {
public:
    virtual ~ExchangeSink() = default;
    virtual void record(const ExchangeRecord& record) = 0;
};

struct ReadyAnswer {
    bool isReady = false;
    std::string_view text; // one line that says why not
};

// What all cores of one agent share; each member is safe from any core.
struct SharedParts {
    LocalLoad* load = nullptr;
    ExchangeSink* sink = nullptr;
    std::function<ReadyAnswer()> ready;
    // A connect to this member failed: probe it now. From any core.
    std::function<void(const upstream::Member&)> suspected;
};

// One core's share of the proxy: what its exchanges use and no other core touches.
// Lives on: core; owned by agent/process. publish() and the readers of counters say otherwise.
class CoreProxy {
public:
    CoreProxy(runtime::Loop& loop, SharedParts& shared, std::uint64_t seed);

    // On the core. Exchanges that run keep the snapshot they began with.
    void publish(ProxySnapshotPtr snapshot) { view_ = std::move(snapshot); }
    runtime::Task<void> handle(http::ServerConnection& client, http::Request& request)
    {
        return runner_.run(client, request);
    }
    // Each second, on the core.
    void sweep(upstream::Ticks now) { connections_.sweep(now); }

    // --- for the phases ---
    runtime::Loop& loop() { return loop_; }
    const ProxySnapshotPtr& view() const { return view_; }
    upstream::Random& random() { return random_; }
    upstream::Survey& survey() { return survey_; } // scratch of one choice
    upstream::PrefixIndex& prefixes() { return prefixes_; }
    DecisionRing& decisions() { return decisions_; }
    SlowMark& slowFirstTokens() { return slowFirstTokens_; } // of streams
    SlowMark& slowAnswers() { return slowAnswers_; } // of whole answers
    upstream::ConnectionPool& connections() { return connections_; }
    http::JsonGate& gate() { return gate_; }
    http::ChatEventReader& reader() { return reader_; }
    ExchangeSink& sink() { return *shared_.sink; }
    ReadyAnswer ready() const { return shared_.ready(); }
    void suspected(const upstream::Member& member) { shared_.suspected(member); }
    model::LoadReport nextReport() { return shared_.load->nextReport(); }
    // Empty at a gateway: only the engine beside this agent is counted.
    LocalLoad::Running startOnEngine(const upstream::Member& member, LocalLoad::Kind kind,
                                     std::uint64_t promptTokens, upstream::Ticks now);
    base::Result<runtime::Address> addressOf(const upstream::Member& member);

    // --- any thread ---
    CoreStatistics& statistics() { return statistics_; }
    OpenExchanges& open() { return open_; }

private:
    runtime::Loop& loop_;
    SharedParts& shared_;
    ProxySnapshotPtr view_;
    upstream::Random random_;
    upstream::Survey survey_;
    upstream::PrefixIndex prefixes_;
    DecisionRing decisions_;
    SlowMark slowFirstTokens_;
    SlowMark slowAnswers_;
    upstream::ConnectionPool connections_;
    http::JsonGate gate_;
    http::ChatEventReader reader_;
    CoreStatistics statistics_;
    OpenExchanges open_;
    std::unordered_map<std::string, runtime::Address> addresses_; // parsed once
    ExchangeRunner runner_;
};

} // namespace signalbox::proxy
