// SPDX-License-Identifier: Apache-2.0
#include "shared/rpc/grpc_channel.h"

#include "shared/base/limits.h"
#include "shared/rpc/byte_buffers.h"

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>

#include <atomic>

namespace signalbox::rpc {

struct GrpcChannel::State {
    State(const std::string& address, base::Executor& e, std::string name)
        : executor(e), operatorName(std::move(name))
    {
        grpc::ChannelArguments arguments;
        arguments.SetMaxReceiveMessageSize(static_cast<int>(limits::kControlMessageBytes));
        arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 10'000);
        arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 5'000);
        arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
        arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
        arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 100);
        arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1'000);
        // A connection of our own: a shared one would couple a slow stream to everybody's calls.
        arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
        stub = std::make_unique<grpc::GenericStub>(grpc::CreateCustomChannel(
            address, grpc::InsecureChannelCredentials(), arguments));
    }

    base::Executor& executor;
    std::string operatorName;
    std::unique_ptr<grpc::GenericStub> stub;
    std::atomic<bool> isDropped{false};
};

namespace {

// The library's side of a stream; deletes itself when the library is done with it.
class Reader final : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
public:
    struct Shared {
        std::atomic<bool> isDropped{false};
        std::function<void(std::string)> onItem;
        std::function<void(base::Error)> onEnd;
    };

    Reader(grpc::GenericStub& stub, base::Executor& executor, const std::string& operatorName,
           const std::string& method, const std::string& request,
           std::shared_ptr<grpc::ClientContext> context, std::shared_ptr<Shared> shared)
        : executor_(executor), context_(std::move(context)), shared_(std::move(shared)),
          outgoing_(toBuffer(request))
    {
        context_->AddMetadata("x-signalbox-operator", operatorName);
        stub.PrepareBidiStreamingCall(context_.get(), "/" + method, grpc::StubOptions(), this);
        StartWriteLast(&outgoing_, grpc::WriteOptions());
        StartRead(&incoming_);
        StartCall();
    }

    void OnReadDone(bool ok) override
    {
        if (!ok)
            return;
        executor_.post([shared = shared_, item = toString(incoming_)]() mutable {
            if (!shared->isDropped)
                shared->onItem(std::move(item));
        });
        StartRead(&incoming_);
    }
    void OnDone(const grpc::Status& status) override
    {
        executor_.post([shared = shared_, status] {
            if (shared->isDropped)
                return;
            shared->onEnd(status.ok() ? base::Error(base::Code::Unavailable, "the stream has ended",
                                                    base::Origin::Upstream)
                                      : toError(status));
        });
        delete this;
    }

private:
    base::Executor& executor_;
    std::shared_ptr<grpc::ClientContext> context_;
    std::shared_ptr<Shared> shared_;
    grpc::ByteBuffer outgoing_;
    grpc::ByteBuffer incoming_;
};

class Handle final : public WatchedStream {
public:
    Handle(std::shared_ptr<grpc::ClientContext> context, std::shared_ptr<Reader::Shared> shared)
        : context_(std::move(context)), shared_(std::move(shared))
    {
    }
    ~Handle() override
    {
        shared_->isDropped = true;
        context_->TryCancel();
    }

private:
    std::shared_ptr<grpc::ClientContext> context_;
    std::shared_ptr<Reader::Shared> shared_;
};

} // namespace

GrpcChannel::GrpcChannel(const std::string& address, base::Executor& executor,
                         std::string operatorName)
    : state_(std::make_shared<State>(address, executor, std::move(operatorName)))
{
}

GrpcChannel::~GrpcChannel()
{
    state_->isDropped = true;
}

void GrpcChannel::call(const std::string& method, const std::string& request,
                       std::chrono::milliseconds timeout,
                       std::function<void(base::Result<std::string>)> done)
{
    struct Pending {
        grpc::ClientContext context;
        grpc::ByteBuffer request;
        grpc::ByteBuffer response;
    };
    auto pending = std::make_shared<Pending>();
    pending->request = toBuffer(request);
    pending->context.set_deadline(std::chrono::system_clock::now() + timeout);
    pending->context.AddMetadata("x-signalbox-operator", state_->operatorName);
    state_->stub->UnaryCall(
        &pending->context, "/" + method, grpc::StubOptions(), &pending->request, &pending->response,
        [pending, state = state_, done = std::move(done)](const grpc::Status& status) {
            auto result = status.ok() ? base::Result<std::string>(toString(pending->response))
                                      : base::Result<std::string>(toError(status));
            state->executor.post([state, done, result = std::move(result)]() mutable {
                if (!state->isDropped)
                    done(std::move(result));
            });
        });
}

std::unique_ptr<WatchedStream> GrpcChannel::watch(const std::string& method,
                                                  const std::string& request,
                                                  std::function<void(std::string)> onItem,
                                                  std::function<void(base::Error)> onEnd)
{
    auto context = std::make_shared<grpc::ClientContext>();
    auto shared = std::make_shared<Reader::Shared>();
    shared->onItem = std::move(onItem);
    shared->onEnd = std::move(onEnd);
    new Reader(*state_->stub, state_->executor, state_->operatorName, method, request, context,
               shared);
    return std::make_unique<Handle>(std::move(context), std::move(shared));
}

} // namespace signalbox::rpc
