// SPDX-License-Identifier: Apache-2.0
#include "shared/rpc/grpc_server.h"

#include "shared/base/limits.h"
#include "shared/base/log.h"
#include "shared/rpc/byte_buffers.h"

#include <grpcpp/ext/health_check_service_server_builder_option.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <mutex>

namespace signalbox::rpc {

namespace {

constexpr int kPingIntervalLeastMs = 5'000;

Caller callerOf(const grpc::GenericCallbackServerContext& context)
{
    Caller caller;
    caller.peer = context.peer();
    // Only loopback is served without TLS, and whoever is on this machine is its operator.
    caller.role = Role::Admin;
    caller.name = "local";
    const auto& metadata = context.client_metadata();
    const auto named = metadata.find("x-signalbox-operator");
    if (named != metadata.end())
        caller.name = std::string(named->second.data(), named->second.size()).substr(0, 64);
    return caller;
}

// One call of either kind. The library calls the reactions, any thread; handlers run on the
// executor and reach the call through Handle, which may outlive it.
class Call final : public grpc::ServerGenericBidiReactor {
public:
    class Handle final : public OpenStream {
    public:
        explicit Handle(Call* call) : call_(call) {}
        bool isOpen() const override
        {
            const std::lock_guard lock(mutex_);
            return call_ != nullptr;
        }
        bool isIdle() const override
        {
            const std::lock_guard lock(mutex_);
            return call_ != nullptr && !isWriting_;
        }
        void write(std::string item) override
        {
            const std::lock_guard lock(mutex_);
            if (call_ == nullptr || isWriting_)
                return;
            isWriting_ = true;
            call_->outgoing_ = toBuffer(item);
            call_->StartWrite(&call_->outgoing_);
        }
        void end(base::Status status) override
        {
            const std::lock_guard lock(mutex_);
            if (call_ == nullptr)
                return;
            Call* call = std::exchange(call_, nullptr);
            call->Finish(status ? grpc::Status::OK : toGrpc(status.error()));
        }
        void reply(base::Result<std::string> response)
        {
            const std::lock_guard lock(mutex_);
            if (call_ == nullptr)
                return;
            Call* call = std::exchange(call_, nullptr);
            if (!response) {
                call->Finish(toGrpc(response.error()));
                return;
            }
            call->outgoing_ = toBuffer(*response);
            call->StartWriteAndFinish(&call->outgoing_, grpc::WriteOptions(), grpc::Status::OK);
        }
        void written()
        {
            const std::lock_guard lock(mutex_);
            isWriting_ = false;
        }

    private:
        mutable std::mutex mutex_; // guards both, and that the call is alive while it is used
        Call* call_;
        bool isWriting_ = false;
    };

    Call(const MethodTable& table, base::Executor& executor,
         grpc::GenericCallbackServerContext& context)
        : table_(table), executor_(executor), caller_(callerOf(context)),
          handle_(std::make_shared<Handle>(this))
    {
        name_ = context.method().empty() ? "" : context.method().substr(1);
        StartRead(&incoming_);
    }

    void OnReadDone(bool ok) override
    {
        if (!ok) {
            handle_->end(base::Error(base::Code::InvalidArgument, "no request was sent"));
            return;
        }
        const Method* method = table_.find(name_);
        if (method == nullptr) {
            handle_->end(base::Error(base::Code::Unimplemented, "unknown method " + name_));
            return;
        }
        if (auto status = MethodTable::authorize(*method, caller_); !status) {
            handle_->end(std::move(status));
            return;
        }
        executor_.post([method, handle = handle_, caller = caller_,
                        request = toString(incoming_)] {
            if (method->unary) {
                method->unary(caller, request, [handle](base::Result<std::string> response) {
                    handle->reply(std::move(response));
                });
            } else {
                method->stream(caller, request, handle);
            }
        });
    }
    void OnWriteDone(bool ok) override
    {
        if (ok)
            handle_->written();
        else
            handle_->end(base::Error(base::Code::Cancelled, "the reader is gone"));
    }
    void OnCancel() override
    {
        handle_->end(base::Error(base::Code::Cancelled, "the caller cancelled"));
    }
    void OnDone() override { delete this; }

private:
    const MethodTable& table_;
    base::Executor& executor_;
    Caller caller_;
    std::string name_;
    std::shared_ptr<Handle> handle_;
    grpc::ByteBuffer incoming_;
    grpc::ByteBuffer outgoing_;
};

class Service final : public grpc::CallbackGenericService {
public:
    Service(const MethodTable& table, base::Executor& executor)
        : table_(table), executor_(executor)
    {
    }
    grpc::ServerGenericBidiReactor*
    CreateReactor(grpc::GenericCallbackServerContext* context) override
    {
        return new Call(table_, executor_, *context);
    }

private:
    const MethodTable& table_;
    base::Executor& executor_;
};

} // namespace

struct GrpcServer::State {
    State(const MethodTable& table, base::Executor& executor) : service(table, executor) {}
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

base::Result<std::string> GrpcServer::start(const std::string& address)
{
    grpc::EnableDefaultHealthCheckService(true);
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort(address, grpc::InsecureServerCredentials(), &port);
    builder.RegisterCallbackGenericService(&state_->service);
    builder.SetMaxReceiveMessageSize(static_cast<int>(limits::kControlMessageBytes));
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                               kPingIntervalLeastMs);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    state_->server = builder.BuildAndStart();
    if (!state_->server || port == 0) {
        state_->server.reset();
        return base::Error(base::Code::Unavailable,
                           "cannot listen on " + address
                               + ": the port is in use or may not be opened");
    }
    return address.substr(0, address.rfind(':') + 1) + std::to_string(port);
}

void GrpcServer::setServing(bool isServing)
{
    if (state_->server)
        state_->server->GetHealthCheckService()->SetServingStatus(isServing);
}

void GrpcServer::stop()
{
    if (!state_->server)
        return;
    state_->server->Shutdown(std::chrono::system_clock::now());
    state_->server->Wait();
    state_->server.reset();
}

} // namespace signalbox::rpc
