// SPDX-License-Identifier: Apache-2.0
#include "agent/state/etcd/etcd_store.h"

#include "agent/state/etcd/etcd_calls.h"
#include "agent/state/etcd/etcd_lease.h"
#include "agent/state/etcd/etcd_watch.h"
#include "agent/state/etcd/etcd_wire.h"

#include "proto/etcd/rpc.grpc.pb.h"
#include "proto/etcd/rpc.pb.h"

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <utility>

namespace signalbox::state {

namespace pb = etcdserverpb;

namespace {

// One unary call: what is sent, what comes back, and how the answer becomes a plain value.
template <typename Service, typename Request, typename Response, typename T, typename Method>
void unary(EtcdCalls& calls, EtcdCalls::Kind kind, Timeout timeout, Request request, Method method,
           std::function<T(const Response&)> read, Done<T> done)
{
    struct Exchange {
        Request request;
        Response response;
        std::unique_ptr<typename Service::Stub> stub;
    };
    auto exchange = std::make_shared<Exchange>();
    exchange->request = std::move(request);
    auto start = [exchange, method](const EtcdCalls::ChannelPtr& channel,
                                    grpc::ClientContext& context, auto finished) {
        exchange->response.Clear();
        exchange->stub = Service::NewStub(channel);
        (exchange->stub->async()->*method)(
            &context, &exchange->request, &exchange->response,
            [exchange, finished](grpc::Status status) { finished(status); });
    };
    calls.call(kind, timeout, std::move(start),
               [exchange, read = std::move(read), done = std::move(done)](base::Status status) {
                   if (!status)
                       return done(status.error());
                   done(read(exchange->response));
               });
}

// The overload of a generated call that takes a callback.
template <typename Request, typename Response, typename Async>
using CallbackMethod = void (Async::*)(grpc::ClientContext*, const Request*, Response*,
                                       std::function<void(grpc::Status)>);

template <typename T, typename Response>
std::function<T(const Response&)> reader()
{
    return [](const Response& response) { return readAnswer(response); };
}

} // namespace

EtcdStore::EtcdStore(base::Executor& executor, EtcdStoreOptions options, const base::Clock& clock)
    : calls_(std::make_shared<EtcdCalls>(executor, clock, std::move(options)))
{
}

EtcdStore::~EtcdStore()
{
    calls_->close();
}

void EtcdStore::range(Range request, Timeout timeout, Done<RangeResult> done)
{
    using Async = pb::KV::StubInterface::async_interface;
    CallbackMethod<pb::RangeRequest, pb::RangeResponse, Async> method = &Async::Range;
    unary<pb::KV, pb::RangeRequest, pb::RangeResponse, RangeResult>(
        *calls_, EtcdCalls::Kind::Read, timeout, writeRequest(request), method,
        reader<RangeResult, pb::RangeResponse>(), std::move(done));
}

void EtcdStore::put(Put request, Timeout timeout, Done<PutResult> done)
{
    using Async = pb::KV::StubInterface::async_interface;
    CallbackMethod<pb::PutRequest, pb::PutResponse, Async> method = &Async::Put;
    unary<pb::KV, pb::PutRequest, pb::PutResponse, PutResult>(
        *calls_, EtcdCalls::Kind::Write, timeout, writeRequest(request), method,
        reader<PutResult, pb::PutResponse>(), std::move(done));
}

void EtcdStore::remove(Delete request, Timeout timeout, Done<DeleteResult> done)
{
    using Async = pb::KV::StubInterface::async_interface;
    CallbackMethod<pb::DeleteRangeRequest, pb::DeleteRangeResponse, Async> method
        = &Async::DeleteRange;
    unary<pb::KV, pb::DeleteRangeRequest, pb::DeleteRangeResponse, DeleteResult>(
        *calls_, EtcdCalls::Kind::Write, timeout, writeRequest(request), method,
        reader<DeleteResult, pb::DeleteRangeResponse>(), std::move(done));
}

void EtcdStore::txn(Txn request, Timeout timeout, Done<TxnResult> done)
{
    using Async = pb::KV::StubInterface::async_interface;
    CallbackMethod<pb::TxnRequest, pb::TxnResponse, Async> method = &Async::Txn;
    unary<pb::KV, pb::TxnRequest, pb::TxnResponse, TxnResult>(
        *calls_, EtcdCalls::Kind::Write, timeout, writeRequest(request), method,
        reader<TxnResult, pb::TxnResponse>(), std::move(done));
}

void EtcdStore::compact(Revision revision, Timeout timeout, Done<void> done)
{
    using Async = pb::KV::StubInterface::async_interface;
    CallbackMethod<pb::CompactionRequest, pb::CompactionResponse, Async> method = &Async::Compact;
    pb::CompactionRequest request;
    request.set_revision(revision);
    unary<pb::KV, pb::CompactionRequest, pb::CompactionResponse, bool>(
        *calls_, EtcdCalls::Kind::Write, timeout, std::move(request), method,
        [](const pb::CompactionResponse&) { return true; },
        [done = std::move(done)](base::Result<bool> result) {
            if (!result)
                return done(result.error());
            done({});
        });
}

void EtcdStore::grantLease(LeaseRequest request, Timeout timeout, Done<std::unique_ptr<Lease>> done)
{
    using Async = pb::Lease::StubInterface::async_interface;
    CallbackMethod<pb::LeaseGrantRequest, pb::LeaseGrantResponse, Async> method
        = &Async::LeaseGrant;
    pb::LeaseGrantRequest message;
    message.set_ttl(request.ttl.count());
    message.set_id(request.id);
    // The time-to-live runs from the grant, which cannot be earlier than this.
    const base::Monotonic askedAt = calls_->clock().monotonic();
    unary<pb::Lease, pb::LeaseGrantRequest, pb::LeaseGrantResponse, pb::LeaseGrantResponse>(
        *calls_, EtcdCalls::Kind::Write, timeout, std::move(message), method,
        [](const pb::LeaseGrantResponse& response) { return response; },
        [weak = std::weak_ptr(calls_), askedAt, onLost = std::move(request.onLost),
         done = std::move(done)](base::Result<pb::LeaseGrantResponse> granted) {
            if (!granted)
                return done(granted.error());
            const auto calls = weak.lock();
            if (calls == nullptr)
                return;
            done(std::unique_ptr<Lease>(std::make_unique<EtcdLease>(
                calls, granted->id(), std::chrono::seconds{granted->ttl()}, askedAt, onLost)));
        });
}

void EtcdStore::leaseLife(LeaseId id, Timeout timeout, Done<LeaseLife> done)
{
    using Async = pb::Lease::StubInterface::async_interface;
    CallbackMethod<pb::LeaseTimeToLiveRequest, pb::LeaseTimeToLiveResponse, Async> method
        = &Async::LeaseTimeToLive;
    pb::LeaseTimeToLiveRequest request;
    request.set_id(id);
    request.set_keys(true);
    unary<pb::Lease, pb::LeaseTimeToLiveRequest, pb::LeaseTimeToLiveResponse, LeaseLife>(
        *calls_, EtcdCalls::Kind::Read, timeout, std::move(request), method,
        reader<LeaseLife, pb::LeaseTimeToLiveResponse>(), std::move(done));
}

void EtcdStore::status(Timeout timeout, Done<StoreStatus> done)
{
    using Async = pb::Maintenance::StubInterface::async_interface;
    CallbackMethod<pb::StatusRequest, pb::StatusResponse, Async> method = &Async::Status;
    unary<pb::Maintenance, pb::StatusRequest, pb::StatusResponse, StoreStatus>(
        *calls_, EtcdCalls::Kind::Read, timeout, pb::StatusRequest{}, method,
        reader<StoreStatus, pb::StatusResponse>(), std::move(done));
}

std::unique_ptr<Watch> EtcdStore::watch(WatchRequest request, WatchHandlers handlers)
{
    return std::make_unique<EtcdWatch>(calls_, request, std::move(handlers));
}

std::string EtcdStore::endpoint() const
{
    return calls_->endpoint();
}

EtcdStoreCounters EtcdStore::counters() const
{
    return calls_->counters();
}

} // namespace signalbox::state
