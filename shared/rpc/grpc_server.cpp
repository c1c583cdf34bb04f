// SPDX-License-Identifier: Apache-2.0
#include "shared/rpc/grpc_server.h"

#include "shared/base/limits.h"
#include "shared/rpc/callback_queue.h"
#include "shared/rpc/served_call.h"

#include <grpcpp/ext/health_check_service_server_builder_option.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <set>

namespace signalbox::rpc {

namespace {

class Service final : public grpc::CallbackGenericService {
public:
    explicit Service(CallScope& scope) : scope_(scope) {}
    grpc::ServerGenericBidiReactor*
    CreateReactor(grpc::GenericCallbackServerContext* context) override
    {
        return startServedCall(scope_, *context);
    }

private:
    CallScope& scope_;
};

base::Result<std::shared_ptr<grpc::ServerCredentials>> credentialsFor(const std::string& address,
                                                                      const Security& security)
{
    if (security.trust == Trust::Certificate) {
        if (!security.identity)
            return base::Error(base::Code::FailedPrecondition,
                               "to listen on " + address + " needs a certificate and its key");
        grpc::SslServerCredentialsOptions options(
            GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
        options.pem_root_certs = security.identity->authority;
        options.pem_key_cert_pairs.push_back(
            {security.identity->key.reveal(), security.identity->certificate});
        return grpc::SslServerCredentials(options);
    }
    if (security.trust == Trust::Loopback && !isLoopback(address))
        return base::Error(base::Code::FailedPrecondition,
                           address
                               + " is reached by other machines: configure certificates, or say "
                                 "`insecure: true` on purpose");
    return grpc::InsecureServerCredentials();
}

void setLimits(grpc::ServerBuilder& builder)
{
    builder.SetMaxReceiveMessageSize(static_cast<int>(limits::kControlMessageBytes));
    builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE,
                               static_cast<int>(limits::kRpcMetadataBytes));
    builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS,
                               static_cast<int>(limits::kRpcStreamsPerConnection));
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 5'000);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
    // A peer whose process is frozen still acknowledges bytes; it does not answer pings.
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 30'000);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10'000);
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
}

} // namespace

struct GrpcServer::State {
    State(const MethodTable& table, base::Executor& executor)
        : scope(table, executor), service(scope)
    {
    }
    CallScope scope;
    Service service;
    std::unique_ptr<grpc::Server> server;
};

GrpcServer::GrpcServer(const MethodTable& table, base::Executor& executor)
    : state_(std::make_unique<State>(table, executor))
{
}

GrpcServer::~GrpcServer()
{
    stop();
}

base::Result<std::string> GrpcServer::start(const std::string& address, const Security& security)
{
    keepCallbackQueue();
    SB_TRY(auto credentials, credentialsFor(address, security));
    state_->scope.trust = security.trust;
    grpc::EnableDefaultHealthCheckService(true);
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort(address, credentials, &port);
    builder.RegisterCallbackGenericService(&state_->service);
    setLimits(builder);
    state_->server = builder.BuildAndStart();
    if (!state_->server || port == 0) {
        state_->server.reset();
        return base::Error(base::Code::Unavailable,
                           "cannot listen on " + address
                               + ": the port is in use or may not be opened");
    }
    setServing(false);
    return address.substr(0, address.rfind(':') + 1) + std::to_string(port);
}

void GrpcServer::setServing(bool isServing)
{
    if (!state_->server)
        return;
    auto* health = state_->server->GetHealthCheckService();
    health->SetServingStatus(isServing);
    std::set<std::string> services;
    for (const std::string& method : state_->scope.table.names())
        services.insert(method.substr(0, method.find('/')));
    for (const std::string& service : services)
        health->SetServingStatus(service, isServing);
}

void GrpcServer::stop()
{
    if (!state_->server)
        return;
    state_->scope.endStreams(base::Error(base::Code::Unavailable, "this agent is stopping"));
    state_->server->Shutdown(std::chrono::system_clock::now() + limits::kRpcStopGrace);
    state_->server->Wait();
    state_->server.reset();
}

GrpcServerCounters GrpcServer::counters() const
{
    const CallScope& scope = state_->scope;
    return {scope.callsTotal.load(), scope.refusedTotal.load(), scope.callsOpen.load()};
}

} // namespace signalbox::rpc
