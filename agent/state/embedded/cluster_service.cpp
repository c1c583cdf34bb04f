// SPDX-License-Identifier: Apache-2.0
#include "agent/state/embedded/etcd_services.h"
#include "agent/state/embedded/service_call.h"
#include "agent/state/etcd/etcd_wire.h"

#include "proto/etcd/rpc.grpc.pb.h"
#include "proto/etcd/rpc.pb.h"

#include <grpcpp/server_context.h>

#include <utility>

namespace signalbox::state {

namespace pb = etcdserverpb;

namespace {

// Clients choose what they may ask for by this: the API is etcd 3.4's.
constexpr const char* kVersion = "3.4.23+signalbox";

struct Facts {
    Header header;
    std::int64_t fileBytes = 0;
    std::int64_t usedBytes = 0;
    std::vector<std::string> troubles;
    bool isFull = false;
};

base::Result<Facts> readFacts(StoreEngine& engine)
{
    Facts facts;
    facts.header = engine.keys().header();
    facts.fileBytes = engine.keys().database().fileBytes();
    facts.usedBytes = engine.keys().database().usedBytes();
    facts.troubles = engine.troubles();
    facts.isFull = engine.keys().isFull();
    return facts;
}

template <typename Write>
grpc::ServerUnaryReactor* answerFacts(StoreThread& store, grpc::CallbackServerContext* context,
                                      Write write)
{
    auto* reactor = context->DefaultReactor();
    ServiceCall<Facts> call;
    call.isAbandoned = [context] { return context->IsCancelled(); };
    call.work = readFacts;
    call.answer = [reactor, write](const Facts& facts) {
        write(facts);
        reactor->Finish(grpc::Status::OK);
    };
    call.refuse = [reactor](const base::Error& error) { reactor->Finish(toGrpc(error)); };
    submit(store, std::move(call));
    return reactor;
}

class ClusterService final : public pb::Cluster::CallbackService {
public:
    ClusterService(StoreThread& store, std::shared_ptr<const MemberFacts> facts)
        : store_(store), facts_(std::move(facts))
    {
    }

    grpc::ServerUnaryReactor* MemberList(grpc::CallbackServerContext* context,
                                         const pb::MemberListRequest*,
                                         pb::MemberListResponse* response) override
    {
        return answerFacts(store_, context, [this, response](const Facts& facts) {
            *response->mutable_header() = writeHeader(facts.header);
            pb::Member& member = *response->add_members();
            member.set_id(facts.header.memberId);
            member.set_name(facts_->name);
            // It has no peers; etcdctl's table shows the address where it can be asked.
            const std::string url = facts_->url + ":" + std::to_string(facts_->port);
            member.add_peerurls(url);
            member.add_clienturls(url);
        });
    }

private:
    StoreThread& store_;
    const std::shared_ptr<const MemberFacts> facts_;
};

class MaintenanceService final : public pb::Maintenance::CallbackService {
public:
    explicit MaintenanceService(StoreThread& store) : store_(store) {}

    // Out of space is a state here, not a latch: it ends by itself once there is space again, so
    // that raising and disarming by hand change nothing.
    grpc::ServerUnaryReactor* Alarm(grpc::CallbackServerContext* context,
                                    const pb::AlarmRequest* request,
                                    pb::AlarmResponse* response) override
    {
        if (request->action() == pb::AlarmRequest::ACTIVATE) {
            auto* reactor = context->DefaultReactor();
            reactor->Finish(grpc::Status(grpc::StatusCode::UNIMPLEMENTED,
                                         "etcdserver: alarms of this store are raised by itself"));
            return reactor;
        }
        return answerFacts(store_, context, [response](const Facts& facts) {
            *response->mutable_header() = writeHeader(facts.header);
            if (facts.isFull) {
                pb::AlarmMember& alarm = *response->add_alarms();
                alarm.set_memberid(facts.header.memberId);
                alarm.set_alarm(pb::NOSPACE);
            }
        });
    }

    grpc::ServerUnaryReactor* Status(grpc::CallbackServerContext* context,
                                     const pb::StatusRequest*,
                                     pb::StatusResponse* response) override
    {
        return answerFacts(store_, context, [response](const Facts& facts) {
            *response->mutable_header() = writeHeader(facts.header);
            const auto revision = static_cast<std::uint64_t>(facts.header.revision);
            response->set_version(kVersion);
            response->set_dbsize(facts.fileBytes);
            response->set_dbsizeinuse(facts.usedBytes);
            response->set_leader(facts.header.memberId);
            response->set_raftindex(revision);
            response->set_raftappliedindex(revision);
            response->set_raftterm(1);
            for (const std::string& trouble : facts.troubles)
                response->add_errors(trouble);
        });
    }

    // SQLite reuses free pages by itself; giving them back to the file system would need a second
    // copy of the file while everybody waits.
    grpc::ServerUnaryReactor* Defragment(grpc::CallbackServerContext* context,
                                         const pb::DefragmentRequest*,
                                         pb::DefragmentResponse* response) override
    {
        return answerFacts(store_, context, [response](const Facts& facts) {
            *response->mutable_header() = writeHeader(facts.header);
        });
    }

private:
    StoreThread& store_;
};

} // namespace

std::unique_ptr<grpc::Service> makeClusterService(StoreThread& store,
                                                  std::shared_ptr<const MemberFacts> facts)
{
    return std::make_unique<ClusterService>(store, std::move(facts));
}

std::unique_ptr<grpc::Service> makeMaintenanceService(StoreThread& store)
{
    return std::make_unique<MaintenanceService>(store);
}

} // namespace signalbox::state
