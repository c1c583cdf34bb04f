// SPDX-License-Identifier: Apache-2.0
#include "agent/state/embedded/etcd_server.h"

#include "agent/state/embedded/etcd_services.h"
#include "shared/base/limits.h"
#include "shared/base/log.h"
#include "shared/rpc/callback_queue.h"

#include <fmt/format.h>
#include <grpcpp/impl/service_type.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <charconv>
#include <utility>

namespace signalbox::state {

namespace {

// etcd's own rule; gRPC's default of five minutes would throw etcdctl out ("too_many_pings").
constexpr int kPingIntervalMilliseconds = 5'000;

struct ListenAddress {
    std::string host; // as written, brackets included
    int port = 0;
};

base::Result<ListenAddress> readAddress(const std::string& text)
{
    const base::Error wrong(base::Code::InvalidArgument,
                            fmt::format("the store's listen address \"{}\" is not host:port, for "
                                        "example 127.0.0.1:8803 or [::1]:8803",
                                        text));
    const std::size_t colon = text.rfind(':');
    if (colon == std::string::npos || colon == 0)
        return wrong;
    ListenAddress address;
    address.host = text.substr(0, colon);
    const bool isBracketed = address.host.front() == '[' && address.host.back() == ']';
    if (!isBracketed && address.host.find(':') != std::string::npos)
        return wrong;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, address.port);
    if (error != std::errc() || stop != end || address.port < 0 || address.port > 65'535)
        return wrong;
    return address;
}

bool isLoopback(const std::string& host)
{
    return host == "localhost" || host == "[::1]" || host.starts_with("127.");
}

std::shared_ptr<grpc::ServerCredentials> credentialsFor(const std::optional<EtcdServerTls>& tls)
{
    if (!tls)
        return grpc::InsecureServerCredentials();
    grpc::SslServerCredentialsOptions ssl(
        tls->clientAuthorities.empty()
            ? GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE
            : GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
    ssl.pem_root_certs = tls->clientAuthorities;
    ssl.pem_key_cert_pairs.push_back({tls->key.reveal(), tls->certificate});
    return grpc::SslServerCredentials(ssl);
}

void setLimits(grpc::ServerBuilder& builder)
{
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                               kPingIntervalMilliseconds);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
    builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS,
                               static_cast<int>(limits::kStoreStreamsPerConnection));
    // Two stores must not share one port, each answering half of the calls.
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    builder.SetMaxReceiveMessageSize(
        static_cast<int>(limits::kStoreRequestBytes + limits::kStoreRequestOverheadBytes));
    builder.SetMaxSendMessageSize(-1);
    grpc::ResourceQuota quota("store");
    quota.Resize(limits::kStoreServerBytes);
    builder.SetResourceQuota(quota);
}

} // namespace

struct EtcdServer::Wires {
    std::shared_ptr<MemberFacts> facts = std::make_shared<MemberFacts>();
    std::vector<std::unique_ptr<grpc::Service>> services;
    std::unique_ptr<grpc::Server> server; // last, so that it goes before its services
};

EtcdServer::EtcdServer() = default;

EtcdServer::~EtcdServer()
{
    stop();
}

base::Result<std::unique_ptr<EtcdServer>> EtcdServer::start(EtcdServerOptions options,
                                                            const base::Clock& clock)
{
    rpc::keepCallbackQueue();
    SB_TRY(std::unique_ptr<StoreEngine> engine, StoreEngine::open(options.store, clock));
    std::unique_ptr<EtcdServer> server(new EtcdServer);
    server->stopGrace_ = options.stopGrace;
    server->thread_ = std::make_unique<StoreThread>(std::move(engine), clock);
    SB_CHECK(server->listen(options));
    const StoreThread::Snapshot snapshot = server->snapshot();
    log::info("store", "serving", "address", server->address_, "path", options.store.path,
              "revision", snapshot.revision, "leases", snapshot.leases);
    return server;
}

base::Status EtcdServer::listen(const EtcdServerOptions& options)
{
    SB_TRY(const ListenAddress address, readAddress(options.listen));
    if (!options.tls && !isLoopback(address.host)
        && options.withoutTls == Exposure::LoopbackOnly)
        return base::Error(
            base::Code::FailedPrecondition,
            fmt::format("the store would be open to everybody at {}: give it a certificate, listen "
                        "on 127.0.0.1, or say `insecure: true`",
                        options.listen));
    wires_ = std::make_unique<Wires>();
    wires_->facts->name = options.name;
    wires_->facts->url = (options.tls ? "https://" : "http://") + address.host;
    wires_->services.push_back(makeKvService(*thread_));
    wires_->services.push_back(makeLeaseService(*thread_));
    wires_->services.push_back(makeWatchService(*thread_));
    wires_->services.push_back(makeClusterService(*thread_, wires_->facts));
    wires_->services.push_back(makeMaintenanceService(*thread_));

    grpc::ServerBuilder builder;
    setLimits(builder);
    int port = 0;
    builder.AddListeningPort(options.listen, credentialsFor(options.tls), &port);
    for (const auto& service : wires_->services)
        builder.RegisterService(service.get());
    wires_->server = builder.BuildAndStart();
    if (wires_->server == nullptr || port == 0)
        return base::Error(base::Code::Unavailable,
                           fmt::format("the store cannot listen on {}: the port is taken, the "
                                       "address is not of this machine, or the certificate and "
                                       "key do not fit",
                                       options.listen));
    wires_->facts->port = port;
    address_ = fmt::format("{}:{}", address.host, port);
    return {};
}

// First the store: what it has accepted is done and answered, watches are told. Then the wires,
// with nothing left to wait for but clients that do not take their answer.
void EtcdServer::stop()
{
    if (thread_ == nullptr)
        return;
    thread_->stop();
    if (wires_ != nullptr && wires_->server != nullptr) {
        wires_->server->Shutdown(std::chrono::system_clock::now() + stopGrace_);
        wires_->server->Wait();
    }
    wires_.reset();
    thread_.reset();
    log::info("store", "stopped", "address", address_);
}

StoreThread::Snapshot EtcdServer::snapshot() const
{
    return thread_ != nullptr ? thread_->snapshot() : StoreThread::Snapshot{};
}

std::uint64_t EtcdServer::refusedTotal() const
{
    return thread_ != nullptr ? thread_->refusedTotal() : 0;
}

} // namespace signalbox::state
