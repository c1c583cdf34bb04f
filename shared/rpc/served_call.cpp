// SPDX-License-Identifier: Apache-2.0
#include "shared/rpc/served_call.h"

#include "shared/base/limits.h"
#include "shared/rpc/byte_buffers.h"

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/security/auth_context.h>

#include <algorithm>
#include <utility>

namespace signalbox::rpc {

namespace {

using Reactor = grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>;

// What a caller says about himself goes into audit and logs: visible ASCII and short, or nothing.
std::string saidName(const grpc::GenericCallbackServerContext& context)
{
    const auto& metadata = context.client_metadata();
    const auto found = metadata.find(kOperatorKey);
    if (found == metadata.end() || found->second.empty()
        || found->second.size() > limits::kOperatorNameBytes)
        return "local";
    const std::string name(found->second.data(), found->second.size());
    const auto isVisible = [](char c) { return c > ' ' && c < 0x7f; };
    return std::all_of(name.begin(), name.end(), isVisible) ? name : "local";
}

base::Result<Caller> callerOf(const grpc::GenericCallbackServerContext& context, Trust trust)
{
    Caller caller;
    if (trust == Trust::Certificate) {
        std::optional<Caller> proved;
        for (const grpc::string_ref& uri : context.auth_context()->FindPropertyValues("peer_uri")) {
            if (!proved)
                proved = callerFromUri({uri.data(), uri.size()});
        }
        if (!proved)
            return base::Error(base::Code::Unauthenticated,
                               "the certificate names nobody: it needs a URI name like "
                               "signalbox://operator/alice",
                               base::Origin::Client);
        caller = *proved;
    } else {
        // Whoever is on this machine is its operator; `insecure: true` says the same of everybody.
        caller.role = Role::Admin;
        caller.name = saidName(context);
    }
    caller.peer = context.peer();
    return caller;
}

} // namespace

class ServedCall;

// How handlers reach a call: it may outlive the call, and then does nothing.
class ServedCallHandle final : public OpenStream {
public:
    explicit ServedCallHandle(ServedCall* call) : call_(call) {}
    bool isOpen() const override;
    bool isIdle() const override;
    void write(std::string item) override;
    void end(base::Status status) override;
    void reply(base::Result<std::string> response);
    void written();

private:
    mutable std::mutex mutex_; // guards both, and that the call is alive while it is used
    ServedCall* call_;
    bool isWriting_ = false;
};

class ServedCall final : public Reactor {
public:
    ServedCall(CallScope& scope, grpc::GenericCallbackServerContext& context)
        : scope_(scope), handle_(std::make_shared<ServedCallHandle>(this))
    {
        ++scope_.callsTotal;
        const std::uint64_t others = scope_.callsOpen.fetch_add(1);
        const std::string& path = context.method();
        const std::string name = path.empty() ? path : path.substr(1);
        const base::Status status = admit(name, context, others);
        if (!status) {
            ++scope_.refusedTotal;
            handle_->end(status);
            return;
        }
        StartRead(&incoming);
    }

    void OnReadDone(bool ok) override
    {
        if (!ok) {
            handle_->end(base::Error(base::Code::InvalidArgument, "no request was sent",
                                     base::Origin::Client));
            return;
        }
        if (method_->stream)
            scope_.addStream(handle_);
        scope_.executor.post([method = method_, handle = handle_, caller = caller_,
                              request = toString(incoming)] {
            if (method->stream)
                return method->stream(caller, request, handle);
            method->unary(caller, request, [handle](base::Result<std::string> response) {
                handle->reply(std::move(response));
            });
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
        handle_->end(base::Error(base::Code::Cancelled, "the caller is gone"));
    }
    void OnDone() override
    {
        --scope_.callsOpen;
        delete this;
    }

    grpc::ByteBuffer incoming;
    grpc::ByteBuffer outgoing;

private:
    base::Status admit(const std::string& name, const grpc::GenericCallbackServerContext& context,
                       std::uint64_t others)
    {
        SB_TRY(caller_, callerOf(context, scope_.trust));
        method_ = scope_.table.find(name);
        if (method_ == nullptr)
            return base::Error(base::Code::Unimplemented,
                               "this agent serves no method " + name.substr(0, 128),
                               base::Origin::Client);
        SB_CHECK(MethodTable::authorize(*method_, caller_));
        if (others >= limits::kRpcCallsOpen)
            return base::Error(base::Code::ResourceExhausted,
                               "this agent has " + std::to_string(others) + " calls open");
        return {};
    }

    CallScope& scope_;
    Caller caller_;
    const Method* method_ = nullptr;
    std::shared_ptr<ServedCallHandle> handle_;
};

bool ServedCallHandle::isOpen() const
{
    const std::lock_guard lock(mutex_);
    return call_ != nullptr;
}

bool ServedCallHandle::isIdle() const
{
    const std::lock_guard lock(mutex_);
    return call_ != nullptr && !isWriting_;
}

void ServedCallHandle::write(std::string item)
{
    const std::lock_guard lock(mutex_);
    if (call_ == nullptr || isWriting_)
        return;
    isWriting_ = true;
    call_->outgoing = toBuffer(item);
    call_->StartWrite(&call_->outgoing);
}

void ServedCallHandle::end(base::Status status)
{
    const std::lock_guard lock(mutex_);
    if (call_ == nullptr)
        return;
    std::exchange(call_, nullptr)->Finish(status ? grpc::Status::OK : toGrpc(status.error()));
}

void ServedCallHandle::reply(base::Result<std::string> response)
{
    const std::lock_guard lock(mutex_);
    if (call_ == nullptr)
        return;
    ServedCall* call = std::exchange(call_, nullptr);
    if (!response) {
        call->Finish(toGrpc(response.error()));
        return;
    }
    call->outgoing = toBuffer(*response);
    call->StartWriteAndFinish(&call->outgoing, grpc::WriteOptions(), grpc::Status::OK);
}

void ServedCallHandle::written()
{
    const std::lock_guard lock(mutex_);
    isWriting_ = false;
}

void CallScope::addStream(std::weak_ptr<ServedCallHandle> stream)
{
    const std::lock_guard lock(mutex_);
    std::erase_if(streams_, [](const auto& weak) { return weak.expired(); });
    if (const auto open = stream.lock(); open && ended_)
        open->end(*ended_);
    streams_.push_back(std::move(stream));
}

void CallScope::endStreams(const base::Error& why)
{
    const std::lock_guard lock(mutex_);
    ended_ = std::make_unique<base::Error>(why);
    for (const auto& weak : streams_) {
        if (const auto open = weak.lock())
            open->end(why);
    }
}

Reactor* startServedCall(CallScope& scope, grpc::GenericCallbackServerContext& context)
{
    return new ServedCall(scope, context);
}

} // namespace signalbox::rpc
