// SPDX-License-Identifier: Apache-2.0
#include "agent/state/etcd/etcd_lease.h"

#include "agent/state/etcd/etcd_calls.h"

#include "proto/etcd/rpc.grpc.pb.h"
#include "proto/etcd/rpc.pb.h"

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <algorithm>
#include <utility>

namespace signalbox::state {

namespace pb = etcdserverpb;

namespace {

// etcd 3.4 before 3.4.38 may confirm the renewal of a lease that is already revoked, so that now
// and then the lease itself is read.
constexpr std::uint64_t kRenewalsBetweenReads = 3;

// Writes one request, reads one answer, and deletes itself when the stream has ended.
class KeepAliveStream final
    : public grpc::ClientBidiReactor<pb::LeaseKeepAliveRequest, pb::LeaseKeepAliveResponse> {
public:
    using Finished = std::function<void(const grpc::Status&)>;

    KeepAliveStream(LeaseId id, std::shared_ptr<pb::LeaseKeepAliveResponse> response,
                    Finished finished)
        : response_(std::move(response)), finished_(std::move(finished))
    {
        request_.set_id(id);
    }

    void begin(const EtcdCalls::ChannelPtr& channel, grpc::ClientContext& context)
    {
        stub_ = pb::Lease::NewStub(channel);
        stub_->async()->LeaseKeepAlive(&context, this);
        StartWriteLast(&request_, {});
        StartRead(response_.get());
        StartCall();
    }

private:
    void OnReadDone(bool ok) override { wasAnswered_ = ok; }

    void OnDone(const grpc::Status& status) override
    {
        // An answer that came counts, whatever became of the stream afterwards.
        if (wasAnswered_)
            finished_(grpc::Status::OK);
        else if (status.ok())
            finished_(grpc::Status(grpc::StatusCode::UNAVAILABLE, "the renewal was not answered"));
        else
            finished_(status);
        delete this;
    }

    std::unique_ptr<pb::Lease::Stub> stub_;
    pb::LeaseKeepAliveRequest request_;
    std::shared_ptr<pb::LeaseKeepAliveResponse> response_;
    Finished finished_;
    bool wasAnswered_ = false;
};

void callRevoke(EtcdCalls& calls, LeaseId id, Timeout timeout, Done<void> done)
{
    struct Exchange {
        pb::LeaseRevokeRequest request;
        pb::LeaseRevokeResponse response;
        std::unique_ptr<pb::Lease::Stub> stub;
    };
    auto exchange = std::make_shared<Exchange>();
    exchange->request.set_id(id);
    calls.call(
        EtcdCalls::Kind::Write, timeout,
        [exchange](const EtcdCalls::ChannelPtr& channel, grpc::ClientContext& context,
                   std::function<void(const grpc::Status&)> finished) {
            exchange->stub = pb::Lease::NewStub(channel);
            exchange->stub->async()->LeaseRevoke(
                &context, &exchange->request, &exchange->response,
                [exchange, finished](const grpc::Status& status) { finished(status); });
        },
        std::move(done));
}

} // namespace

EtcdLease::EtcdLease(std::shared_ptr<EtcdCalls> calls, LeaseId id, std::chrono::seconds ttl,
                     base::Monotonic grantedAt, std::function<void(base::Error)> onLost)
    : calls_(std::move(calls)), id_(id), ttl_(ttl), aliveUntil_(grantedAt + ttl),
      onLost_(std::move(onLost)), self_(std::make_shared<EtcdLease*>(this))
{
    renewAfter(std::chrono::milliseconds(ttl_) / 3);
}

EtcdLease::~EtcdLease()
{
    *self_ = nullptr;
    if (!isOver_ && !calls_->runway()->isOver())
        callRevoke(*calls_, id_, kStoreTimeout, [](const base::Status&) {});
}

void EtcdLease::revoke(Timeout timeout, Done<void> done)
{
    isOver_ = true;
    timer_.reset();
    callRevoke(*calls_, id_, timeout, std::move(done));
}

void EtcdLease::renewAfter(std::chrono::milliseconds wait)
{
    timer_ = calls_->executor().after(wait, [this] { renew(); });
}

void EtcdLease::renew()
{
    if (calls_->runway()->isOver())
        return;
    const base::Monotonic askedAt = calls_->clock().monotonic();
    const Timeout timeout = std::min(kStoreTimeout, Timeout(ttl_) / 3);
    auto response = std::make_shared<pb::LeaseKeepAliveResponse>();
    calls_->call(
        // Renewing twice does no harm, so it may be repeated like a read.
        EtcdCalls::Kind::Read, timeout,
        [response, id = id_](const EtcdCalls::ChannelPtr& channel, grpc::ClientContext& context,
                             std::function<void(const grpc::Status&)> finished) {
            response->Clear();
            (new KeepAliveStream(id, response, std::move(finished)))->begin(channel, context);
        },
        [self = self_, response, askedAt](const base::Status& status) {
            if (*self == nullptr)
                return;
            if (!status)
                return (*self)->onRenewed(askedAt, status.error());
            (*self)->onRenewed(askedAt, response->ttl() > 0 ? Answer::Renewed : Answer::Missing);
        });
}

void EtcdLease::onRenewed(base::Monotonic askedAt, base::Result<Answer> answer)
{
    if (isOver_)
        return;
    const base::Monotonic now = calls_->clock().monotonic();
    if (answer && *answer == Answer::Renewed) {
        aliveUntil_ = askedAt + ttl_;
        ++renewals_;
        if (renewals_ % kRenewalsBetweenReads == 0)
            readAgain();
        return renewAfter(std::chrono::milliseconds(ttl_) / 3);
    }
    if (answer) {
        readAgain();
        return renewAfter(std::chrono::milliseconds(ttl_) / 10);
    }
    if (now >= aliveUntil_)
        return lose("no renewal got through for its whole time-to-live: " + answer.error().text());
    // Soon again, but not later than the moment at which it must be taken for lost.
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(aliveUntil_ - now);
    renewAfter(std::min(left, std::chrono::milliseconds(ttl_) / 10));
}

void EtcdLease::readAgain()
{
    struct Exchange {
        pb::LeaseTimeToLiveRequest request;
        pb::LeaseTimeToLiveResponse response;
        std::unique_ptr<pb::Lease::Stub> stub;
    };
    auto exchange = std::make_shared<Exchange>();
    exchange->request.set_id(id_);
    calls_->call(
        EtcdCalls::Kind::Read, std::min(kStoreTimeout, Timeout(ttl_) / 3),
        [exchange](const EtcdCalls::ChannelPtr& channel, grpc::ClientContext& context,
                   std::function<void(const grpc::Status&)> finished) {
            exchange->response.Clear();
            exchange->stub = pb::Lease::NewStub(channel);
            exchange->stub->async()->LeaseTimeToLive(
                &context, &exchange->request, &exchange->response,
                [exchange, finished](const grpc::Status& status) { finished(status); });
        },
        [self = self_, exchange](const base::Status& status) {
            if (*self != nullptr && status && exchange->response.ttl() < 0)
                (*self)->lose("the store no longer has it");
        });
}

void EtcdLease::lose(std::string why)
{
    if (isOver_)
        return;
    isOver_ = true;
    timer_.reset();
    if (const auto onLost = std::exchange(onLost_, nullptr))
        onLost(base::Error(base::Code::NotFound, "lease lost: " + std::move(why),
                           base::Origin::Store));
}

} // namespace signalbox::state
