// SPDX-License-Identifier: Apache-2.0
#include "agent/state/embedded/etcd_services.h"
#include "agent/state/embedded/service_call.h"
#include "agent/state/etcd/etcd_wire.h"
#include "agent/state/store_rules.h"
#include "shared/base/limits.h"

#include "proto/etcd/rpc.grpc.pb.h"
#include "proto/etcd/rpc.pb.h"

#include <grpcpp/server_context.h>

#include <utility>

namespace signalbox::state {

namespace pb = etcdserverpb;

namespace {

class KvService final : public pb::KV::CallbackService {
public:
    explicit KvService(StoreThread& store) : store_(store) {}

    grpc::ServerUnaryReactor* Range(grpc::CallbackServerContext* context,
                                    const pb::RangeRequest* request,
                                    pb::RangeResponse* response) override
    {
        return answer<RangeResult>(
            context, *request, response, StoreJob::Kind::Read,
            [](StoreEngine& engine, const auto& range) { return engine.keys().range(range); });
    }

    grpc::ServerUnaryReactor* Put(grpc::CallbackServerContext* context,
                                  const pb::PutRequest* request,
                                  pb::PutResponse* response) override
    {
        return answer<PutResult>(
            context, *request, response, StoreJob::Kind::Write,
            [](StoreEngine& engine, const auto& put) { return engine.keys().put(put); });
    }

    grpc::ServerUnaryReactor* DeleteRange(grpc::CallbackServerContext* context,
                                          const pb::DeleteRangeRequest* request,
                                          pb::DeleteRangeResponse* response) override
    {
        return answer<DeleteResult>(
            context, *request, response, StoreJob::Kind::Write,
            [](StoreEngine& engine, const auto& removal) { return engine.keys().remove(removal); });
    }

    grpc::ServerUnaryReactor* Txn(grpc::CallbackServerContext* context,
                                  const pb::TxnRequest* request,
                                  pb::TxnResponse* response) override
    {
        return answer<TxnResult>(
            context, *request, response, StoreJob::Kind::Write,
            [](StoreEngine& engine, const auto& txn) { return engine.keys().txn(txn); });
    }

    grpc::ServerUnaryReactor* Compact(grpc::CallbackServerContext* context,
                                      const pb::CompactionRequest* request,
                                      pb::CompactionResponse* response) override
    {
        auto* reactor = context->DefaultReactor();
        ServiceCall<Header> call;
        call.kind = StoreJob::Kind::Write;
        call.isAbandoned = [context] { return context->IsCancelled(); };
        call.work = [revision = request->revision()](StoreEngine& engine) -> base::Result<Header> {
            SB_CHECK(engine.keys().compact(revision));
            return engine.keys().header();
        };
        call.answer = [reactor, response](Header header) {
            *response->mutable_header() = writeHeader(header);
            reactor->Finish(grpc::Status::OK);
        };
        call.refuse = [reactor](const base::Error& error) { reactor->Finish(toGrpc(error)); };
        submit(store_, std::move(call));
        return reactor;
    }

private:
    // Reads the request into a plain value, runs it, writes the plain answer.
    template <typename Plain, typename Request, typename Response, typename Work>
    grpc::ServerUnaryReactor* answer(grpc::CallbackServerContext* context, const Request& request,
                                     Response* response, StoreJob::Kind kind, Work work)
    {
        auto* reactor = context->DefaultReactor();
        const std::size_t bytes = request.ByteSizeLong();
        if (bytes > limits::kStoreRequestBytes) {
            reactor->Finish(toGrpc(fault::requestTooLarge()));
            return reactor;
        }
        if (const base::Status known = refuseUnknownFields(request); !known) {
            reactor->Finish(toGrpc(known.error()));
            return reactor;
        }
        auto plain = readRequest(request);
        if (!plain) {
            reactor->Finish(toGrpc(plain.error()));
            return reactor;
        }
        ServiceCall<Plain> call;
        call.kind = kind;
        call.bytes = bytes;
        call.isAbandoned = [context] { return context->IsCancelled(); };
        call.work = [plain = std::move(*plain), work](StoreEngine& engine) {
            return work(engine, plain);
        };
        call.answer = [reactor, response](Plain result) {
            *response = writeAnswer(std::move(result));
            reactor->Finish(grpc::Status::OK);
        };
        call.refuse = [reactor](const base::Error& error) { reactor->Finish(toGrpc(error)); };
        submit(store_, std::move(call));
        return reactor;
    }

    StoreThread& store_;
};

} // namespace

std::unique_ptr<grpc::Service> makeKvService(StoreThread& store)
{
    return std::make_unique<KvService>(store);
}

grpc::Status toGrpc(const base::Error& error)
{
    return grpc::Status(static_cast<grpc::StatusCode>(error.code()), error.message());
}

} // namespace signalbox::state
