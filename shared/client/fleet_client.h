// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/executor.h"
#include "shared/base/result.h"
#include "shared/client/telemetry_listener.h"
#include "shared/model/answers.h"
#include "shared/model/command.h"
#include "shared/model/decision.h"
#include "shared/model/open_exchange.h"
#include "shared/rpc/credentials.h"
#include "shared/rpc/grpc_channel.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace signalbox::client {

struct ClientOptions {
    // grpc://host:port or grpcs://host:port, or what else `dial` speaks; the first that answers is
    // used until it fails.
    std::vector<std::string> addresses;
    std::string operatorName; // who asks, where the transport does not prove it
    rpc::Security security;
    std::chrono::milliseconds callTimeout{10'000}; // for all addresses together
    rpc::Dial dial = rpc::openGrpcChannel;
};

template <typename T>
using Done = std::function<void(base::Result<T>)>;

// The fleet as whoever is outside it can reach it: any agent answers for all. A call that finds
// nobody at one address goes to the next; repeating is safe, changes carry their request id.
// Lives on: its executor (calls, answers and its end). Owned by who asks. After its end nothing
// is called any more.
class FleetClient {
public:
    // An address that is none, or that needs a certificate and has none, is an error.
    static base::Result<std::unique_ptr<FleetClient>> open(ClientOptions options,
                                                           base::Executor& executor);
    FleetClient(const FleetClient&) = delete;
    FleetClient& operator=(const FleetClient&) = delete;
    ~FleetClient();

    // Another agent of the same fleet, to go on at when those that are known fail.
    void learn(const std::string& address);

    void preview(const model::Edit& edit, Done<model::Preview> done);
    void previewUndo(std::uint64_t auditNumber, Done<model::Preview> done);
    void apply(const model::Plan& plan, const model::ApplyOptions& options,
               Done<model::ApplyAnswer> done);
    void convergence(base::Revision revision, const std::vector<std::string>& agents,
                     Done<model::Convergence> done);
    // Newest first, below that number (0 = from the newest).
    void listAudit(std::uint64_t beforeNumber, std::uint32_t count,
                   Done<std::vector<model::AuditRecord>> done);
    void getPolicy(Done<model::PolicyAnswer> done);
    // Of the agent that is being talked to.
    void getAgent(Done<model::AgentIdentity> done);
    // Break-glass, at the agent that is being talked to: Drain begins an override while the store
    // is away, or gives it another hour; Run ends it. When it ends by itself, in Unix ms; 0 = none.
    void overrideLocally(model::Admin admin, const model::ApplyOptions& options,
                         Done<std::int64_t> done);
    // Has that agent ask its engine for one token now; whoever is talked to passes it on.
    void probeNow(const std::string& agent, Done<model::ProbeReport> done);
    // Why that request went where it went; NotFound: nobody has kept it.
    void findDecision(const std::string& requestId, Done<model::Decision> done);

    // Requests open there right now, oldest first; passed on in the same way.
    void listOpenExchanges(const std::string& agent, Done<model::OpenExchangeList> done);

    // Watches until the client ends, through losses; once. The listener must outlive the client.
    void watch(model::TelemetryScope scope, model::SampleWish samples,
               TelemetryListener& listener);

private:
    struct State;
    explicit FleetClient(std::shared_ptr<State> state);
    std::shared_ptr<State> state_;
};

} // namespace signalbox::client
