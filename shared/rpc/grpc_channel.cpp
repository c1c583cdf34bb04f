// SPDX-License-Identifier: Apache-2.0
#include "shared/rpc/grpc_channel.h"

#include "shared/base/limits.h"
#include "shared/rpc/byte_buffers.h"
#include "shared/rpc/callback_queue.h"

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>

#include <algorithm>
#include <atomic>
#include <vector>

namespace signalbox::rpc {

namespace {

// Calls that the library still holds. The last thing a call does on the library's threads is to
// leave; whoever waits may then take everything away.
// Lives on: any thread.
class CallCount {
public:
    void enter() { open_.fetch_add(1); }
    void leave()
    {
        open_.fetch_sub(1);
        open_.notify_all();
    }
    void waitForNone() const
    {
        for (int open = open_.load(); open != 0; open = open_.load())
            open_.wait(open);
    }

private:
    std::atomic<int> open_{0};
};

// What a channel can do with any of its calls.
class OpenCall {
public:
    virtual ~OpenCall() = default;
    virtual void drop() = 0; // cancel, and call nobody any more
};

base::Error endedError(const grpc::Status& status)
{
    return status.ok() ? base::Error(base::Code::Unknown, "the call ended without an answer",
                                     base::Origin::Upstream)
                       : toError(status);
}

// A unary call; the library holds it until its callback has run.
class UnaryCall final : public OpenCall, public std::enable_shared_from_this<UnaryCall> {
public:
    UnaryCall(base::Executor& executor, std::shared_ptr<CallCount> count,
              std::function<void(base::Result<std::string>)> done)
        : executor_(executor), count_(std::move(count)), done_(std::move(done))
    {
    }

    grpc::ClientContext& context() { return context_; }

    void start(grpc::GenericStub& stub, const std::string& method, const std::string& request)
    {
        request_ = toBuffer(request);
        count_->enter();
        stub.UnaryCall(&context_, method, grpc::StubOptions(), &request_, &response_,
                       [self = shared_from_this()](const grpc::Status& status) {
                           self->finished(status);
                       });
    }

    void drop() override
    {
        done_ = nullptr;
        context_.TryCancel();
    }

private:
    void finished(const grpc::Status& status)
    {
        auto answer = status.ok() ? base::Result<std::string>(toString(response_))
                                  : base::Result<std::string>(toError(status));
        executor_.post([self = shared_from_this(), answer = std::move(answer)]() mutable {
            if (self->done_)
                std::exchange(self->done_, nullptr)(std::move(answer));
        });
        count_->leave();
    }

    base::Executor& executor_;
    std::shared_ptr<CallCount> count_;
    std::function<void(base::Result<std::string>)> done_; // executor
    grpc::ClientContext context_;
    grpc::ByteBuffer request_;
    grpc::ByteBuffer response_;
};

// A server stream. Between two reads it is the executor's turn: the library reads again only when
// the message has been looked at. Whose turn it is decides who lets go of the call at its end.
class ReadingCall final : public OpenCall,
                          public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
                          public std::enable_shared_from_this<ReadingCall> {
public:
    ReadingCall(base::Executor& executor, std::shared_ptr<CallCount> count, StreamEvents events)
        : executor_(executor), count_(std::move(count)), events_(std::move(events))
    {
    }

    grpc::ClientContext& context() { return context_; }

    void start(grpc::GenericStub& stub, const std::string& method, const std::string& request)
    {
        outgoing_ = toBuffer(request);
        self_ = shared_from_this();
        count_->enter();
        stub.PrepareBidiStreamingCall(&context_, method, grpc::StubOptions(), this);
        AddHold(); // reads are started outside of reactions
        StartWriteLast(&outgoing_, grpc::WriteOptions());
        StartRead(&incoming_);
        StartCall();
    }

    void drop() override
    {
        if (isDropped_)
            return;
        isDropped_ = true;
        context_.TryCancel();
        if (turn_.exchange(Turn::Nobody) == Turn::Executor)
            RemoveHold();
    }

    void OnReadDone(bool ok) override
    {
        Turn expected = Turn::Library;
        if (!ok) {
            if (turn_.exchange(Turn::Nobody) != Turn::Executor)
                RemoveHold();
            return;
        }
        if (!turn_.compare_exchange_strong(expected, Turn::Executor)) {
            RemoveHold();
            return;
        }
        executor_.post([self = shared_from_this()] { self->deliver(); });
    }

    void OnDone(const grpc::Status& status) override
    {
        auto self = std::move(self_);
        executor_.post([self, status] {
            if (self->isDropped_)
                return;
            self->isDropped_ = true;
            self->events_.onEnd(status.ok() ? base::Status() : base::Status(endedError(status)));
        });
        count_->leave();
    }

private:
    enum class Turn : std::uint8_t { Library, Executor, Nobody };

    void deliver()
    {
        if (isDropped_)
            return;
        events_.onMessage(toString(incoming_));
        Turn expected = Turn::Executor;
        if (turn_.compare_exchange_strong(expected, Turn::Library))
            StartRead(&incoming_);
    }

    base::Executor& executor_;
    std::shared_ptr<CallCount> count_;
    StreamEvents events_; // executor
    bool isDropped_ = false; // executor
    std::atomic<Turn> turn_{Turn::Library};
    std::shared_ptr<ReadingCall> self_; // while the library holds it
    grpc::ClientContext context_;
    grpc::ByteBuffer outgoing_;
    grpc::ByteBuffer incoming_;
};

class StreamHandle final : public StreamCall {
public:
    explicit StreamHandle(std::shared_ptr<ReadingCall> call) : call_(std::move(call)) {}
    ~StreamHandle() override { call_->drop(); }

private:
    std::shared_ptr<ReadingCall> call_;
};

grpc::ChannelArguments channelArguments()
{
    constexpr auto kConnectPatienceMs
        = static_cast<int>(std::chrono::milliseconds(limits::kRpcOpenPatience).count());
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(static_cast<int>(limits::kControlMessageBytes));
    arguments.SetInt(GRPC_ARG_MAX_METADATA_SIZE, static_cast<int>(limits::kRpcMetadataBytes));
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 10'000);
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 5'000);
    arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
    // Our streams have a back-off of their own; the library's must not add to it.
    arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
    // To the library this is also the time a connection may take; a busy machine needs some.
    arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kConnectPatienceMs);
    arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1'000);
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    // A connection of our own: a shared one would couple a slow stream to everybody's calls.
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return arguments;
}

base::Result<std::shared_ptr<grpc::ChannelCredentials>>
credentialsFor(const ServiceAddress& address, const Security& security)
{
    if (address.isTls() || security.trust == Trust::Certificate) {
        if (!security.identity)
            return base::Error(base::Code::FailedPrecondition,
                               address.text() + " needs a certificate of ours and its key");
        grpc::SslCredentialsOptions options;
        options.pem_root_certs = security.identity->authority;
        options.pem_cert_chain = security.identity->certificate;
        options.pem_private_key = security.identity->key.reveal();
        return grpc::SslCredentials(options);
    }
    if (security.trust != Trust::Anyone && !isLoopback(address.hostPort))
        return base::Error(base::Code::FailedPrecondition,
                           address.text()
                               + " is on another machine: use grpcs:// with a certificate, or say "
                                 "`insecure` on purpose");
    return grpc::InsecureChannelCredentials();
}

class GrpcChannel final : public Channel {
public:
    GrpcChannel(ServiceAddress to, base::Executor& executor, std::string operatorName,
                const std::shared_ptr<grpc::ChannelCredentials>& credentials)
        : address_(std::move(to)), executor_(executor), operatorName_(std::move(operatorName)),
          stub_(grpc::CreateCustomChannel(address_.hostPort, credentials, channelArguments()))
    {
    }
    ~GrpcChannel() override
    {
        for (const auto& weak : calls_) {
            if (const auto call = weak.lock())
                call->drop();
        }
        count_->waitForNone();
    }

    const ServiceAddress& address() const override { return address_; }

    void call(const std::string& method, const std::string& request,
              std::chrono::milliseconds timeout,
              std::function<void(base::Result<std::string>)> done) override
    {
        auto call = std::make_shared<UnaryCall>(executor_, count_, std::move(done));
        call->context().set_deadline(std::chrono::system_clock::now() + timeout);
        launch(call, method, request);
    }

    std::unique_ptr<StreamCall> watch(const std::string& method, const std::string& request,
                                      StreamEvents events) override
    {
        auto call = std::make_shared<ReadingCall>(executor_, count_, std::move(events));
        launch(call, method, request);
        return std::make_unique<StreamHandle>(std::move(call));
    }

private:
    template <typename Call>
    void launch(const std::shared_ptr<Call>& call, const std::string& method,
                const std::string& request)
    {
        if (!operatorName_.empty())
            call->context().AddMetadata(kOperatorKey, operatorName_);
        std::erase_if(calls_, [](const auto& weak) { return weak.expired(); });
        calls_.push_back(call);
        call->start(stub_, "/" + method, request);
    }

    ServiceAddress address_;
    base::Executor& executor_;
    std::string operatorName_;
    grpc::GenericStub stub_;
    std::shared_ptr<CallCount> count_ = std::make_shared<CallCount>();
    std::vector<std::weak_ptr<OpenCall>> calls_;
};

} // namespace

base::Result<std::shared_ptr<Channel>> openGrpcChannel(const ServiceAddress& address,
                                                       const Security& security,
                                                       const std::string& operatorName,
                                                       base::Executor& executor)
{
    if (address.isWebSocket())
        return base::Error(base::Code::InvalidArgument,
                           address.text() + " is a WebSocket: use grpc:// or grpcs:// here",
                           base::Origin::Client);
    SB_TRY(auto credentials, credentialsFor(address, security));
    keepCallbackQueue();
    return std::shared_ptr<Channel>(
        std::make_shared<GrpcChannel>(address, executor, operatorName, credentials));
}

} // namespace signalbox::rpc
