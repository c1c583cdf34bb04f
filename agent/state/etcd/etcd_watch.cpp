// SPDX-License-Identifier: Apache-2.0
#include "agent/state/etcd/etcd_watch.h"

#include "agent/state/etcd/etcd_calls.h"
#include "agent/state/etcd/etcd_wire.h"
#include "agent/state/store_rules.h"

#include "proto/etcd/rpc.grpc.pb.h"
#include "proto/etcd/rpc.pb.h"

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <utility>

namespace signalbox::state {

namespace pb = etcdserverpb;

// The stream lives until gRPC has let go of it (OnDone), the watch may be gone before. One message
// is read at a time: the next read begins when the last one has been handled, so that a slow
// control thread is the store's back-pressure and not memory here.
class EtcdWatch::Stream final : public grpc::ClientBidiReactor<pb::WatchRequest, pb::WatchResponse>,
                                public std::enable_shared_from_this<Stream> {
public:
    Stream(std::shared_ptr<EtcdCalls> calls, WatchHandlers handlers)
        : calls_(std::move(calls)), runway_(calls_->runway()), endpoint_(calls_->current()),
          handlers_(std::move(handlers))
    {
    }

    // --- the executor's thread ---

    void begin(const WatchRequest& request)
    {
        self_ = shared_from_this();
        *outgoing_.mutable_create_request() = writeRequest(request);
        // etcd then ends the stream when its member has lost the others, instead of going quiet.
        context_.AddMetadata("hasleader", "true");
        stub_ = pb::Watch::NewStub(calls_->channel(endpoint_));
        cancelId_ = calls_->remember([weak = weak_from_this()] {
            if (const auto stream = weak.lock())
                stream->drop();
        });
        runway_->takeOff();
        stub_->async()->Watch(&context_, this);
        AddHold(); // reads are begun from outside a reaction
        isHeld_ = true;
        isWriting_ = true;
        StartWrite(&outgoing_);
        StartRead(&incoming_);
        StartCall();
        confirmTimer_ = calls_->executor().after(kStoreTimeout, [this] {
            end(WatchEnd{WatchEnd::Why::Broken, 0,
                         base::Error(base::Code::DeadlineExceeded,
                                     "the watch was not confirmed in time", base::Origin::Store,
                                     base::Retry::Safe)});
        });
    }

    // No handler runs after this.
    void drop()
    {
        if (isDropped_)
            return;
        isDropped_ = true;
        confirmTimer_.reset();
        calls_->forget(cancelId_);
        context_.TryCancel();
        letGo();
    }

    void requestProgress()
    {
        wantsProgress_ = true;
        writeNext();
    }

private:
    void letGo()
    {
        if (std::exchange(isHeld_, false))
            RemoveHold();
    }

    void writeNext()
    {
        if (!isHeld_ || isWriting_ || !wantsProgress_)
            return;
        wantsProgress_ = false;
        isWriting_ = true;
        outgoing_.mutable_progress_request();
        StartWrite(&outgoing_);
    }

    void handle()
    {
        if (isDropped_)
            return;
        const auto keep = shared_from_this(); // a handler may drop the watch
        const Header header = readHeader(incoming_.header());
        if (incoming_.created() && !incoming_.canceled()) {
            confirmTimer_.reset();
            if (handlers_.onCreated)
                handlers_.onCreated(header);
        } else if (incoming_.canceled()) {
            return end(readCancel());
        } else if (incoming_.events_size() > 0) {
            if (handlers_.onEvents)
                handlers_.onEvents(WatchBatch{header, readEvents(incoming_)});
        } else if (handlers_.onProgress) {
            handlers_.onProgress(header);
        }
        if (isHeld_)
            StartRead(&incoming_);
    }

    WatchEnd readCancel() const
    {
        if (incoming_.compact_revision() != 0)
            return WatchEnd{WatchEnd::Why::Compacted, incoming_.compact_revision(),
                            fault::compacted()};
        const std::string why = incoming_.cancel_reason().empty()
            ? "the store ended the watch"
            : incoming_.cancel_reason();
        const bool wasRefused = incoming_.created();
        return WatchEnd{wasRefused ? WatchEnd::Why::Refused : WatchEnd::Why::Broken, 0,
                        base::Error(wasRefused ? base::Code::InvalidArgument
                                               : base::Code::Unavailable,
                                    why, base::Origin::Store, base::Retry::Safe)};
    }

    void broken(const grpc::Status& status)
    {
        if (isDropped_)
            return;
        base::Error error(base::Code::Unavailable, "the store closed the watch stream",
                          base::Origin::Store, base::Retry::Safe);
        if (!status.ok())
            error = readError(status, EtcdCalls::Kind::Read);
        end(WatchEnd{WatchEnd::Why::Broken, 0, std::move(error)});
    }

    void end(WatchEnd why)
    {
        const auto keep = shared_from_this();
        if (why.why == WatchEnd::Why::Broken)
            calls_->leave(endpoint_);
        const auto onEnd = handlers_.onEnd;
        drop();
        if (onEnd)
            onEnd(why);
    }

    // --- gRPC's threads ---

    void OnReadDone(bool ok) override
    {
        if (ok)
            Runway::post(runway_, [self = shared_from_this()] { self->handle(); });
        else // the other side has ended the stream; its status comes once we let go
            Runway::post(runway_, [self = shared_from_this()] { self->letGo(); });
    }

    void OnWriteDone(bool ok) override
    {
        if (ok)
            Runway::post(runway_, [self = shared_from_this()] {
                self->isWriting_ = false;
                self->writeNext();
            });
    }

    void OnDone(const grpc::Status& status) override
    {
        // The executor gets the last hold on the stream, so that what the handlers captured dies
        // on its thread; from here on nothing of the stream may be touched.
        const auto runway = runway_;
        Runway::post(runway, [self = std::move(self_), status] { self->broken(status); });
        runway->land();
    }

    std::shared_ptr<EtcdCalls> calls_;
    std::shared_ptr<Runway> runway_;
    std::size_t endpoint_;
    WatchHandlers handlers_;
    grpc::ClientContext context_;
    std::unique_ptr<pb::Watch::Stub> stub_;
    pb::WatchRequest outgoing_;
    pb::WatchResponse incoming_;
    std::shared_ptr<Stream> self_; // until OnDone
    base::Executor::TimerPtr confirmTimer_;
    std::uint64_t cancelId_ = 0;
    bool isWriting_ = false;
    bool wantsProgress_ = false;
    bool isHeld_ = false;
    bool isDropped_ = false;
};

EtcdWatch::EtcdWatch(std::shared_ptr<EtcdCalls> calls, const WatchRequest& request,
                     WatchHandlers handlers)
    : calls_(std::move(calls)), stream_(std::make_shared<Stream>(calls_, std::move(handlers)))
{
    stream_->begin(request);
}

EtcdWatch::~EtcdWatch()
{
    stream_->drop();
}

void EtcdWatch::requestProgress()
{
    stream_->requestProgress();
}

} // namespace signalbox::state
