// SPDX-License-Identifier: Apache-2.0
#include "shared/client/fleet_client.h"

#include "proto/signalbox/v1/command_service.pb.h"
#include "proto/signalbox/v1/telemetry_service.pb.h"
#include "shared/client/address_book.h"
#include "shared/client/telemetry_watch.h"
#include "shared/rpc/proto_method.h"
#include "shared/wire/wire.h"

#include <utility>

namespace signalbox::client {

namespace {

constexpr const char* kPreview = "signalbox.v1.CommandService/Preview";
constexpr const char* kApply = "signalbox.v1.CommandService/Apply";
constexpr const char* kGetConvergence = "signalbox.v1.CommandService/GetConvergence";
constexpr const char* kListAudit = "signalbox.v1.CommandService/ListAudit";
constexpr const char* kGetPolicy = "signalbox.v1.CommandService/GetPolicy";
constexpr const char* kFindDecision = "signalbox.v1.TelemetryService/FindDecision";
constexpr const char* kProbeNow = "signalbox.v1.CommandService/ProbeNow";
constexpr const char* kOverrideLocally = "signalbox.v1.CommandService/OverrideLocally";
constexpr const char* kListOpenExchanges
    = "signalbox.v1.TelemetryService/ListOpenExchanges";
constexpr const char* kGetAgent = "signalbox.v1.TelemetryService/GetAgent";

base::Result<std::vector<model::AuditRecord>> recordsOf(const v1::ListAuditResponse& response)
{
    std::vector<model::AuditRecord> records;
    for (const v1::AuditRecord& record : response.records()) {
        SB_TRY(model::AuditRecord added, wire::fromWire(record));
        records.push_back(std::move(added));
    }
    return records;
}

} // namespace

struct FleetClient::State : std::enable_shared_from_this<FleetClient::State> {
    State(ClientOptions given, base::Executor& e, AddressBook addresses)
        : options(std::move(given)), executor(e), book(std::move(addresses))
    {
    }

    // Asks the address in use; where nobody is there, the next, until all were asked.
    void ask(const char* method, std::string request, std::size_t triesLeft,
             std::function<void(base::Result<std::string>)> done)
    {
        const auto channel = book.current();
        const std::string address = book.address();
        const auto timeout = options.callTimeout / book.size();
        std::weak_ptr<State> weak = weak_from_this();
        channel->call(
            method, request, timeout,
            [weak, method, request, triesLeft, address,
             done = std::move(done)](base::Result<std::string> answer) mutable {
                const auto self = weak.lock();
                if (!self)
                    return;
                if (answer)
                    return done(std::move(answer));
                const base::Error error = answer.error().because(address);
                const bool isNobodyThere = error.code() == base::Code::Unavailable
                    || error.code() == base::Code::DeadlineExceeded;
                if (!isNobodyThere)
                    return done(error);
                self->book.leave(address);
                if (triesLeft <= 1)
                    return done(error);
                self->ask(method, std::move(request), triesLeft - 1, std::move(done));
            });
    }

    template <typename Response, typename Request, typename T>
    void call(const char* method, const Request& request,
              std::function<base::Result<T>(const Response&)> read, Done<T> done)
    {
        ask(method, request.SerializeAsString(), book.size(),
            [read = std::move(read), done = std::move(done)](base::Result<std::string> bytes) {
                if (!bytes)
                    return done(bytes.error());
                const auto response = rpc::parse<Response>(*bytes);
                done(response ? read(*response) : base::Result<T>(response.error()));
            });
    }

    ClientOptions options;
    base::Executor& executor;
    AddressBook book;
    std::unique_ptr<TelemetryWatch> telemetry; // before the book's channels end
};

base::Result<std::unique_ptr<FleetClient>> FleetClient::open(ClientOptions options,
                                                             base::Executor& executor)
{
    SB_TRY(AddressBook book, AddressBook::make({.addresses = options.addresses,
                                                .security = options.security,
                                                .operatorName = options.operatorName,
                                                .dial = options.dial},
                                               executor));
    auto state = std::make_shared<State>(std::move(options), executor, std::move(book));
    return std::unique_ptr<FleetClient>(new FleetClient(std::move(state)));
}

FleetClient::FleetClient(std::shared_ptr<State> state) : state_(std::move(state)) {}

FleetClient::~FleetClient()
{
    state_->telemetry.reset();
}

void FleetClient::learn(const std::string& address)
{
    state_->book.learn(address);
}

void FleetClient::preview(const model::Edit& edit, Done<model::Preview> done)
{
    v1::PreviewRequest request;
    wire::toWire(edit, *request.mutable_edit());
    state_->call<v1::PreviewResponse, v1::PreviewRequest, model::Preview>(
        kPreview, request, [](const auto& response) { return wire::fromWire(response); },
        std::move(done));
}

void FleetClient::previewUndo(std::uint64_t auditNumber, Done<model::Preview> done)
{
    v1::PreviewRequest request;
    request.set_undo_audit_number(auditNumber);
    state_->call<v1::PreviewResponse, v1::PreviewRequest, model::Preview>(
        kPreview, request, [](const auto& response) { return wire::fromWire(response); },
        std::move(done));
}

void FleetClient::apply(const model::Plan& plan, const model::ApplyOptions& options,
                        Done<model::ApplyAnswer> done)
{
    v1::ApplyRequest request;
    wire::toWire(wire::ApplyOrder{plan, options}, request);
    state_->call<v1::ApplyResponse, v1::ApplyRequest, model::ApplyAnswer>(
        kApply, request, [](const auto& response) { return wire::fromWire(response); },
        std::move(done));
}

void FleetClient::convergence(base::Revision revision, const std::vector<std::string>& agents,
                              Done<model::Convergence> done)
{
    v1::GetConvergenceRequest request;
    request.set_revision(revision);
    for (const std::string& agent : agents)
        request.add_agents(agent);
    state_->call<v1::GetConvergenceResponse, v1::GetConvergenceRequest, model::Convergence>(
        kGetConvergence, request,
        [](const auto& response) {
            return base::Result<model::Convergence>(wire::fromWire(response));
        },
        std::move(done));
}

void FleetClient::listAudit(std::uint64_t beforeNumber, std::uint32_t count,
                            Done<std::vector<model::AuditRecord>> done)
{
    v1::ListAuditRequest request;
    request.set_before_number(beforeNumber);
    request.set_count(count);
    state_->call<v1::ListAuditResponse, v1::ListAuditRequest, std::vector<model::AuditRecord>>(
        kListAudit, request, recordsOf, std::move(done));
}

void FleetClient::getPolicy(Done<model::PolicyAnswer> done)
{
    state_->call<v1::GetPolicyResponse, v1::GetPolicyRequest, model::PolicyAnswer>(
        kGetPolicy, v1::GetPolicyRequest(),
        [](const auto& response) { return wire::fromWire(response); }, std::move(done));
}

void FleetClient::getAgent(Done<model::AgentIdentity> done)
{
    state_->call<v1::GetAgentResponse, v1::GetAgentRequest, model::AgentIdentity>(
        kGetAgent, v1::GetAgentRequest(),
        [](const auto& response) { return wire::fromWire(response); }, std::move(done));
}

void FleetClient::overrideLocally(model::Admin admin, const model::ApplyOptions& options,
                                  Done<std::int64_t> done)
{
    v1::OverrideLocallyRequest request;
    request.set_admin(admin == model::Admin::Drain ? v1::ADMIN_DRAIN : v1::ADMIN_RUN);
    request.set_cause(options.cause);
    request.set_request_id(options.requestId);
    request.set_operator_name(options.operatorName);
    state_->call<v1::OverrideLocallyResponse, v1::OverrideLocallyRequest, std::int64_t>(
        kOverrideLocally, request,
        [](const auto& response) {
            return base::Result<std::int64_t>(response.expires_unix_ms());
        },
        std::move(done));
}

void FleetClient::probeNow(const std::string& agent, Done<model::ProbeReport> done)
{
    v1::ProbeNowRequest request;
    request.set_agent(agent);
    state_->call<v1::ProbeNowResponse, v1::ProbeNowRequest, model::ProbeReport>(
        kProbeNow, request, [](const auto& response) { return wire::fromWire(response); },
        std::move(done));
}

void FleetClient::listOpenExchanges(const std::string& agent, Done<model::OpenExchangeList> done)
{
    v1::ListOpenExchangesRequest request;
    request.set_agent(agent);
    state_->call<v1::ListOpenExchangesResponse, v1::ListOpenExchangesRequest,
                 model::OpenExchangeList>(
        kListOpenExchanges, request,
        [](const auto& response) { return wire::fromWire(response); }, std::move(done));
}

void FleetClient::findDecision(const std::string& requestId, Done<model::Decision> done)
{
    v1::FindDecisionRequest request;
    request.set_request_id(requestId);
    state_->call<v1::FindDecisionResponse, v1::FindDecisionRequest, model::Decision>(
        kFindDecision, request, [](const auto& response) { return wire::fromWire(response); },
        std::move(done));
}

void FleetClient::watch(model::TelemetryScope scope, model::SampleWish samples,
                        TelemetryListener& listener)
{
    if (!state_->telemetry)
        state_->telemetry = std::make_unique<TelemetryWatch>(state_->book, scope, samples, listener,
                                                             state_->executor);
}

} // namespace signalbox::client
