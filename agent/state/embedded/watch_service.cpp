// SPDX-License-Identifier: Apache-2.0
#include "agent/state/embedded/etcd_services.h"
#include "agent/state/embedded/service_call.h"
#include "agent/state/etcd/etcd_wire.h"
#include "shared/base/limits.h"

#include "proto/etcd/rpc.grpc.pb.h"
#include "proto/etcd/rpc.pb.h"

#include <grpcpp/server_context.h>

#include <algorithm>
#include <deque>
#include <mutex>
#include <utility>

namespace signalbox::state {

namespace pb = etcdserverpb;

namespace {

WatchSpec readSpec(const pb::WatchCreateRequest& message)
{
    WatchSpec spec;
    // As etcd: no key is the smallest one, a time before all history is its beginning.
    spec.keys.key = message.key().empty() ? std::string(1, '\0') : message.key();
    spec.keys.end = message.range_end();
    spec.start = message.start_revision() < 0 ? 1 : message.start_revision();
    spec.id = message.watch_id();
    spec.wantsPrevious = message.prev_kv();
    spec.wantsProgress = message.progress_notify();
    spec.mayBeFragmented = message.fragment();
    for (const int filter : message.filters()) {
        spec.withoutPuts = spec.withoutPuts || filter == pb::WatchCreateRequest::NOPUT;
        spec.withoutDeletes = spec.withoutDeletes || filter == pb::WatchCreateRequest::NODELETE;
    }
    return spec;
}

pb::WatchResponse writeAnswer(const WatchAnswer& answer)
{
    pb::WatchResponse message;
    *message.mutable_header() = writeHeader(answer.header);
    message.set_watch_id(answer.watchId);
    switch (answer.kind) {
    case WatchAnswer::Kind::Created: message.set_created(true); break;
    case WatchAnswer::Kind::Refused:
        message.set_created(true);
        message.set_canceled(true);
        message.set_cancel_reason(answer.reason);
        break;
    case WatchAnswer::Kind::Events:
        for (const Event& event : answer.events)
            *message.add_events() = writeEvent(event);
        break;
    case WatchAnswer::Kind::Progress: break;
    case WatchAnswer::Kind::Canceled: message.set_canceled(true); break;
    case WatchAnswer::Kind::Compacted:
        message.set_canceled(true);
        message.set_compact_revision(answer.compactRevision);
        break;
    }
    return message;
}

// Pieces of at most about one request's size, for clients whose messages are bounded.
std::vector<pb::WatchResponse> fragment(const pb::WatchResponse& whole)
{
    std::vector<pb::WatchResponse> pieces;
    std::size_t bytes = 0;
    for (const auto& event : whole.events()) {
        const std::size_t size = event.ByteSizeLong();
        if (pieces.empty() || bytes + size > limits::kStoreRequestBytes) {
            pb::WatchResponse& piece = pieces.emplace_back();
            *piece.mutable_header() = whole.header();
            piece.set_watch_id(whole.watch_id());
            piece.set_fragment(true);
            bytes = 0;
        }
        *pieces.back().add_events() = event;
        bytes += size;
    }
    pieces.back().set_fragment(false);
    return pieces;
}

// One client's stream of watches. Requests are read one at a time, and only while answers can be
// written; answers wait in a bounded outbox, one write at a time.
// Lives on: gRPC's threads (reactions) and the store thread (WatchSink); the mutex is between them.
// It holds itself until gRPC is done with it; the hub forgets it then.
class WatchStream final : public grpc::ServerBidiReactor<pb::WatchRequest, pb::WatchResponse>,
                          public WatchSink,
                          public std::enable_shared_from_this<WatchStream> {
public:
    explicit WatchStream(StoreThread& store) : store_(store) {}

    void begin()
    {
        self_ = shared_from_this();
        StartRead(&request_);
    }

    // --- the store thread ---

    bool hasRoom() const override
    {
        const std::lock_guard lock(mutex_);
        const bool isFull = outbox_.size() >= limits::kStoreWatchBuffer
            || outboxBytes_ >= limits::kStoreWatchBufferBytes;
        wantsWake_ = wantsWake_ || isFull;
        return !isFull;
    }

    bool isGone() const override
    {
        const std::lock_guard lock(mutex_);
        return isFinished_;
    }

    void send(WatchAnswer answer) override
    {
        pb::WatchResponse message = writeAnswer(answer);
        if (answer.mayBeFragmented && message.ByteSizeLong() > limits::kStoreRequestBytes) {
            for (pb::WatchResponse& piece : fragment(message))
                enqueue(std::move(piece));
            return;
        }
        enqueue(std::move(message));
    }

    void close(base::Error why) override { finish(toGrpc(why)); }

private:
    struct Outgoing {
        pb::WatchResponse message;
        std::size_t bytes;
    };

    void enqueue(pb::WatchResponse message)
    {
        const std::lock_guard lock(mutex_);
        if (isFinished_)
            return;
        const std::size_t bytes = message.ByteSizeLong();
        outboxBytes_ += bytes;
        outbox_.push_back(Outgoing{std::move(message), bytes});
        if (outbox_.size() == 1)
            StartWrite(&outbox_.front().message);
    }

    // In the store's order, after the group it came with, so that the watch begins at a revision
    // that is on disk.
    void handle(StoreEngine& engine, const pb::WatchRequest& request)
    {
        WatchHub& hub = engine.watches();
        const Header header = engine.keys().header();
        if (stream_ == 0)
            stream_ = hub.open(shared_from_this());
        switch (request.request_union_case()) {
        case pb::WatchRequest::kCreateRequest:
            hub.create(stream_, readSpec(request.create_request()), header);
            break;
        case pb::WatchRequest::kCancelRequest:
            hub.cancel(stream_, request.cancel_request().watch_id(), header);
            break;
        case pb::WatchRequest::kProgressRequest: hub.requestProgress(stream_, header); break;
        case pb::WatchRequest::REQUEST_UNION_NOT_SET: break; // etcd ignores it, too
        }
    }

    // --- gRPC's threads ---

    void OnReadDone(bool ok) override
    {
        // As etcd: a client with no more to ask still hears of what it watches, until it cancels.
        if (!ok)
            return;
        if (const base::Status known = refuseUnknownFields(request_); !known)
            return finish(toGrpc(known.error()));
        StoreJob job;
        job.bytes = request_.ByteSizeLong();
        job.run = [](StoreEngine&) {};
        job.finish = [self = shared_from_this()](StoreEngine& engine, const base::Status&) {
            self->handle(engine, self->request_);
            self->readOn();
        };
        if (const base::Status posted = store_.post(std::move(job)); !posted)
            finish(toGrpc(posted.error()));
    }

    // A client that does not read its answers is not asked for more requests.
    void readOn()
    {
        const std::lock_guard lock(mutex_);
        if (isFinished_)
            return;
        isReadPaused_ = outbox_.size() >= limits::kStoreWatchBuffer;
        if (!isReadPaused_)
            StartRead(&request_);
    }

    void OnWriteDone(bool ok) override
    {
        if (!ok)
            return finish(grpc::Status::CANCELLED);
        bool mustWake = false;
        {
            const std::lock_guard lock(mutex_);
            outboxBytes_ -= outbox_.front().bytes;
            outbox_.pop_front();
            if (isFinished_)
                return finishNow();
            if (!outbox_.empty())
                StartWrite(&outbox_.front().message);
            const bool hasDrained = outbox_.size() <= limits::kStoreWatchBuffer / 2
                && outboxBytes_ <= limits::kStoreWatchBufferBytes / 2;
            if (isReadPaused_ && hasDrained) {
                isReadPaused_ = false;
                StartRead(&request_);
            }
            mustWake = wantsWake_ && hasDrained;
            wantsWake_ = wantsWake_ && !mustWake;
        }
        if (mustWake)
            wakeStore();
    }

    void OnCancel() override
    {
        finish(grpc::Status(grpc::StatusCode::CANCELLED, "etcdserver: watch canceled"));
    }

    void OnDone() override
    {
        const auto self = std::move(self_);
        StoreJob job;
        job.run = [](StoreEngine&) {};
        job.finish = [self](StoreEngine& engine, const base::Status&) {
            engine.watches().close(self->stream_);
        };
        (void)store_.post(std::move(job)); // refused: the hub finds it gone at its next round
    }

    // The store thread replays to those that have room again after each job, whatever the job.
    void wakeStore()
    {
        StoreJob job;
        job.run = [](StoreEngine&) {};
        job.finish = [](StoreEngine&, const base::Status&) {};
        (void)store_.post(std::move(job)); // refused: then it is busy, and replays soon anyway
    }

    void finish(const grpc::Status& status)
    {
        const std::lock_guard lock(mutex_);
        if (std::exchange(isFinished_, true))
            return;
        finalStatus_ = status;
        if (outbox_.empty())
            finishNow();
        else // one write is under way; the rest is not sent any more
            outbox_.erase(outbox_.begin() + 1, outbox_.end());
    }

    void finishNow() { Finish(finalStatus_); }

    StoreThread& store_;
    std::shared_ptr<WatchStream> self_; // until OnDone
    pb::WatchRequest request_;
    WatchHub::StreamId stream_ = 0; // the store thread's

    mutable std::mutex mutex_; // guards what follows
    std::deque<Outgoing> outbox_;
    std::size_t outboxBytes_ = 0;
    mutable bool wantsWake_ = false; // the hub found it full and waits for room
    bool isReadPaused_ = false;
    bool isFinished_ = false;
    grpc::Status finalStatus_;
};

class WatchService final : public pb::Watch::CallbackService {
public:
    explicit WatchService(StoreThread& store) : store_(store) {}

    grpc::ServerBidiReactor<pb::WatchRequest, pb::WatchResponse>*
    Watch(grpc::CallbackServerContext*) override
    {
        const auto stream = std::make_shared<WatchStream>(store_);
        stream->begin();
        return stream.get();
    }

private:
    StoreThread& store_;
};

} // namespace

std::unique_ptr<grpc::Service> makeWatchService(StoreThread& store)
{
    return std::make_unique<WatchService>(store);
}

} // namespace signalbox::state
