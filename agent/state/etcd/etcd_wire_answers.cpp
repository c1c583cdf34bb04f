// SPDX-License-Identifier: Apache-2.0
#include "agent/state/etcd/etcd_wire.h"

#include "proto/etcd/rpc.pb.h"

#include <utility>

namespace signalbox::state {

namespace pb = etcdserverpb;

namespace {

KeyValue readKeyValue(const mvccpb::KeyValue& message)
{
    KeyValue key;
    key.key = message.key();
    key.value = message.value();
    key.createRevision = message.create_revision();
    key.modRevision = message.mod_revision();
    key.version = message.version();
    key.lease = message.lease();
    return key;
}

mvccpb::KeyValue writeKeyValue(KeyValue key)
{
    mvccpb::KeyValue message;
    message.set_key(std::move(key.key));
    message.set_value(std::move(key.value));
    message.set_create_revision(key.createRevision);
    message.set_mod_revision(key.modRevision);
    message.set_version(key.version);
    message.set_lease(key.lease);
    return message;
}

OperationResult readOperation(const pb::ResponseOp& message)
{
    switch (message.response_case()) {
    case pb::ResponseOp::kResponsePut: return readAnswer(message.response_put());
    case pb::ResponseOp::kResponseDeleteRange: return readAnswer(message.response_delete_range());
    case pb::ResponseOp::kResponseRange: return readAnswer(message.response_range());
    case pb::ResponseOp::kResponseTxn: // never asked for
    case pb::ResponseOp::RESPONSE_NOT_SET: break;
    }
    return RangeResult{};
}

// Inside a transaction only the revision is filled in, as etcd does.
template <typename Response>
void keepOnlyRevision(Response& response)
{
    response.mutable_header()->clear_cluster_id();
    response.mutable_header()->clear_member_id();
    response.mutable_header()->clear_raft_term();
}

} // namespace

Header readHeader(const pb::ResponseHeader& message)
{
    return Header{message.cluster_id(), message.member_id(), message.revision()};
}

pb::ResponseHeader writeHeader(const Header& header)
{
    pb::ResponseHeader message;
    message.set_cluster_id(header.clusterId);
    message.set_member_id(header.memberId);
    message.set_revision(header.revision);
    message.set_raft_term(1); // nobody votes in the embedded store
    return message;
}

RangeResult readAnswer(const pb::RangeResponse& message)
{
    RangeResult result;
    result.header = readHeader(message.header());
    result.keys.reserve(static_cast<std::size_t>(message.kvs_size()));
    for (const auto& key : message.kvs())
        result.keys.push_back(readKeyValue(key));
    result.count = message.count();
    result.isCut = message.more();
    return result;
}

PutResult readAnswer(const pb::PutResponse& message)
{
    PutResult result;
    result.header = readHeader(message.header());
    if (message.has_prev_kv())
        result.previous = readKeyValue(message.prev_kv());
    return result;
}

DeleteResult readAnswer(const pb::DeleteRangeResponse& message)
{
    DeleteResult result;
    result.header = readHeader(message.header());
    result.deleted = message.deleted();
    for (const auto& key : message.prev_kvs())
        result.previous.push_back(readKeyValue(key));
    return result;
}

TxnResult readAnswer(const pb::TxnResponse& message)
{
    TxnResult result;
    result.header = readHeader(message.header());
    result.succeeded = message.succeeded();
    for (const auto& response : message.responses())
        result.results.push_back(readOperation(response));
    return result;
}

LeaseLife readAnswer(const pb::LeaseTimeToLiveResponse& message)
{
    LeaseLife life;
    life.header = readHeader(message.header());
    life.id = message.id();
    life.granted = std::chrono::seconds{message.grantedttl()};
    life.remaining = std::chrono::seconds{message.ttl()};
    life.keys.assign(message.keys().begin(), message.keys().end());
    return life;
}

StoreStatus readAnswer(const pb::StatusResponse& message)
{
    StoreStatus status;
    status.header = readHeader(message.header());
    status.version = message.version();
    status.databaseBytes = message.dbsize();
    status.databaseBytesUsed = message.dbsizeinuse();
    status.errors.assign(message.errors().begin(), message.errors().end());
    return status;
}

std::vector<Event> readEvents(const pb::WatchResponse& message)
{
    std::vector<Event> events;
    events.reserve(static_cast<std::size_t>(message.events_size()));
    for (const auto& one : message.events()) {
        Event event;
        event.kind
            = one.type() == mvccpb::Event::DELETE ? Event::Kind::Delete : Event::Kind::Put;
        event.now = readKeyValue(one.kv());
        if (one.has_prev_kv())
            event.previous = readKeyValue(one.prev_kv());
        events.push_back(std::move(event));
    }
    return events;
}

pb::RangeResponse writeAnswer(RangeResult result)
{
    pb::RangeResponse message;
    *message.mutable_header() = writeHeader(result.header);
    for (KeyValue& key : result.keys)
        *message.add_kvs() = writeKeyValue(std::move(key));
    message.set_count(result.count);
    message.set_more(result.isCut);
    return message;
}

pb::PutResponse writeAnswer(PutResult result)
{
    pb::PutResponse message;
    *message.mutable_header() = writeHeader(result.header);
    if (result.previous)
        *message.mutable_prev_kv() = writeKeyValue(std::move(*result.previous));
    return message;
}

pb::DeleteRangeResponse writeAnswer(DeleteResult result)
{
    pb::DeleteRangeResponse message;
    *message.mutable_header() = writeHeader(result.header);
    message.set_deleted(result.deleted);
    for (KeyValue& key : result.previous)
        *message.add_prev_kvs() = writeKeyValue(std::move(key));
    return message;
}

pb::TxnResponse writeAnswer(TxnResult result)
{
    pb::TxnResponse message;
    *message.mutable_header() = writeHeader(result.header);
    message.set_succeeded(result.succeeded);
    for (OperationResult& one : result.results) {
        pb::ResponseOp& response = *message.add_responses();
        if (auto* range = std::get_if<RangeResult>(&one)) {
            *response.mutable_response_range() = writeAnswer(std::move(*range));
            keepOnlyRevision(*response.mutable_response_range());
        } else if (auto* put = std::get_if<PutResult>(&one)) {
            *response.mutable_response_put() = writeAnswer(std::move(*put));
            keepOnlyRevision(*response.mutable_response_put());
        } else {
            *response.mutable_response_delete_range()
                = writeAnswer(std::move(std::get<DeleteResult>(one)));
            keepOnlyRevision(*response.mutable_response_delete_range());
        }
    }
    return message;
}

mvccpb::Event writeEvent(const Event& event)
{
    mvccpb::Event message;
    message.set_type(event.kind == Event::Kind::Delete ? mvccpb::Event::DELETE
                                                       : mvccpb::Event::PUT);
    *message.mutable_kv() = writeKeyValue(event.now);
    if (event.previous)
        *message.mutable_prev_kv() = writeKeyValue(*event.previous);
    return message;
}

} // namespace signalbox::state
