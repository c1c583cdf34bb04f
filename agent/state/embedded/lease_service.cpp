// SPDX-License-Identifier: Apache-2.0
#include "agent/state/embedded/etcd_services.h"
#include "agent/state/embedded/service_call.h"
#include "agent/state/etcd/etcd_wire.h"
#include "agent/state/store_rules.h"
#include "shared/base/limits.h"

#include "proto/etcd/rpc.grpc.pb.h"
#include "proto/etcd/rpc.pb.h"

#include <grpcpp/server_context.h>

#include <algorithm>
#include <utility>

namespace signalbox::state {

namespace pb = etcdserverpb;

namespace {

// As etcd with its default election timeout: shorter ones end while somebody draws breath.
constexpr std::chrono::seconds kShortestTtl{2};

struct Granted {
    Header header;
    LeaseId id;
    std::chrono::seconds ttl;
};

struct Renewed {
    Header header;
    std::chrono::seconds ttl;
};

struct Leases {
    Header header;
    std::vector<LeaseId> ids;
};

base::Result<Granted> grant(StoreEngine& engine, LeaseId id, std::chrono::seconds ttl)
{
    if (ttl.count() > limits::kStoreLeaseTtlSeconds)
        return fault::leaseTtlTooLarge();
    if (engine.leases().size() >= limits::kStoreLeases)
        return fault::tooManyRequests();
    if (id == 0)
        id = engine.unusedLeaseId();
    ttl = std::max(ttl, kShortestTtl);
    SB_CHECK(engine.keys().grant(id, ttl));
    return Granted{engine.keys().header(), id, ttl};
}

base::Result<LeaseLife> readLife(StoreEngine& engine, LeaseId id, bool wantsKeys)
{
    LeaseLife life;
    life.header = engine.keys().header();
    life.id = id;
    if (const auto found = engine.leases().life(id, engine.now())) {
        life.granted = found->granted;
        life.remaining = found->remaining;
        if (wantsKeys) {
            SB_TRY(life.keys, engine.keys().keysOf(id));
        }
    }
    return life;
}

// Renewals come one at a time on a stream: read, renew, answer, read again.
class KeepAliveStream final
    : public grpc::ServerBidiReactor<pb::LeaseKeepAliveRequest, pb::LeaseKeepAliveResponse> {
public:
    explicit KeepAliveStream(StoreThread& store) : store_(store) {}

    void begin() { StartRead(&request_); }

private:
    void OnReadDone(bool ok) override
    {
        if (!ok)
            return finish(grpc::Status::OK);
        ServiceCall<Renewed> call;
        call.isAbandoned = [] { return false; };
        call.work = [id = request_.id()](StoreEngine& engine) -> base::Result<Renewed> {
            return Renewed{engine.keys().header(), engine.leases().renew(id, engine.now())};
        };
        // The stream ends only after a read, a write or this: so it is still there.
        call.answer = [this](Renewed renewed) {
            response_.Clear();
            *response_.mutable_header() = writeHeader(renewed.header);
            response_.set_id(request_.id());
            response_.set_ttl(renewed.ttl.count());
            StartWrite(&response_);
        };
        call.refuse = [this](const base::Error& error) { finish(toGrpc(error)); };
        submit(store_, std::move(call));
    }

    void OnWriteDone(bool ok) override
    {
        if (ok)
            StartRead(&request_);
        else
            finish(grpc::Status::CANCELLED);
    }

    void OnDone() override { delete this; }

    void finish(const grpc::Status& status)
    {
        if (!std::exchange(isFinished_, true))
            Finish(status);
    }

    StoreThread& store_;
    pb::LeaseKeepAliveRequest request_;
    pb::LeaseKeepAliveResponse response_;
    bool isFinished_ = false;
};

class LeaseService final : public pb::Lease::CallbackService {
public:
    explicit LeaseService(StoreThread& store) : store_(store) {}

    grpc::ServerUnaryReactor* LeaseGrant(grpc::CallbackServerContext* context,
                                         const pb::LeaseGrantRequest* request,
                                         pb::LeaseGrantResponse* response) override
    {
        const std::chrono::seconds ttl{request->ttl()};
        return answer<Granted>(
            context, StoreJob::Kind::Write,
            [id = request->id(), ttl](StoreEngine& engine) { return grant(engine, id, ttl); },
            [response](const Granted& granted) {
                *response->mutable_header() = writeHeader(granted.header);
                response->set_id(granted.id);
                response->set_ttl(granted.ttl.count());
            });
    }

    grpc::ServerUnaryReactor* LeaseRevoke(grpc::CallbackServerContext* context,
                                          const pb::LeaseRevokeRequest* request,
                                          pb::LeaseRevokeResponse* response) override
    {
        return answer<Header>(
            context, StoreJob::Kind::Write,
            [id = request->id()](StoreEngine& engine) -> base::Result<Header> {
                SB_CHECK(engine.keys().revoke(id));
                return engine.keys().header();
            },
            [response](const Header& header) {
                *response->mutable_header() = writeHeader(header);
            });
    }

    grpc::ServerBidiReactor<pb::LeaseKeepAliveRequest, pb::LeaseKeepAliveResponse>*
    LeaseKeepAlive(grpc::CallbackServerContext*) override
    {
        auto* stream = new KeepAliveStream(store_);
        stream->begin();
        return stream;
    }

    grpc::ServerUnaryReactor* LeaseTimeToLive(grpc::CallbackServerContext* context,
                                              const pb::LeaseTimeToLiveRequest* request,
                                              pb::LeaseTimeToLiveResponse* response) override
    {
        return answer<LeaseLife>(
            context, StoreJob::Kind::Read,
            [id = request->id(), wantsKeys = request->keys()](StoreEngine& engine) {
                return readLife(engine, id, wantsKeys);
            },
            [response](const LeaseLife& life) {
                *response->mutable_header() = writeHeader(life.header);
                response->set_id(life.id);
                response->set_ttl(life.remaining.count());
                response->set_grantedttl(life.granted.count());
                for (const std::string& key : life.keys)
                    response->add_keys(key);
            });
    }

    grpc::ServerUnaryReactor* LeaseLeases(grpc::CallbackServerContext* context,
                                          const pb::LeaseLeasesRequest*,
                                          pb::LeaseLeasesResponse* response) override
    {
        return answer<Leases>(
            context, StoreJob::Kind::Read,
            [](StoreEngine& engine) -> base::Result<Leases> {
                return Leases{engine.keys().header(), engine.leases().ids()};
            },
            [response](const Leases& leases) {
                *response->mutable_header() = writeHeader(leases.header);
                for (const LeaseId id : leases.ids)
                    response->add_leases()->set_id(id);
            });
    }

private:
    template <typename T, typename Work, typename Write>
    grpc::ServerUnaryReactor* answer(grpc::CallbackServerContext* context, StoreJob::Kind kind,
                                     Work work, Write write)
    {
        auto* reactor = context->DefaultReactor();
        ServiceCall<T> call;
        call.kind = kind;
        call.isAbandoned = [context] { return context->IsCancelled(); };
        call.work = std::move(work);
        call.answer = [reactor, write](T result) {
            write(result);
            reactor->Finish(grpc::Status::OK);
        };
        call.refuse = [reactor](const base::Error& error) { reactor->Finish(toGrpc(error)); };
        submit(store_, std::move(call));
        return reactor;
    }

    StoreThread& store_;
};

} // namespace

std::unique_ptr<grpc::Service> makeLeaseService(StoreThread& store)
{
    return std::make_unique<LeaseService>(store);
}

} // namespace signalbox::state
