// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/state/state_store.h"

namespace google::protobuf {
class Message;
}

namespace etcdserverpb {
class Compare;
class DeleteRangeRequest;
class DeleteRangeResponse;
class LeaseTimeToLiveResponse;
class PutRequest;
class PutResponse;
class RangeRequest;
class RangeResponse;
class ResponseHeader;
class StatusResponse;
class TxnRequest;
class TxnResponse;
class WatchCreateRequest;
class WatchResponse;
}

namespace mvccpb {
class Event;
class KeyValue;
}

// Between etcd's messages and our plain values, both ways: the client writes requests and reads
// answers, the embedded server reads requests and writes answers.
namespace signalbox::state {

// What the request asks for, or UNIMPLEMENTED for what this store does not speak (nested
// transactions, unknown fields and enum values): nothing is ignored in silence.
base::Result<Range> readRequest(const etcdserverpb::RangeRequest& message);
base::Result<Put> readRequest(const etcdserverpb::PutRequest& message);
base::Result<Delete> readRequest(const etcdserverpb::DeleteRangeRequest& message);
base::Result<Txn> readRequest(const etcdserverpb::TxnRequest& message);
// UNIMPLEMENTED when the message, or one inside it, carries a field that is not in our subset.
base::Status refuseUnknownFields(const google::protobuf::Message& message);

etcdserverpb::RangeRequest writeRequest(const Range& range);
etcdserverpb::PutRequest writeRequest(const Put& put);
etcdserverpb::DeleteRangeRequest writeRequest(const Delete& removal);
etcdserverpb::TxnRequest writeRequest(const Txn& txn);
etcdserverpb::WatchCreateRequest writeRequest(const WatchRequest& watch);

Header readHeader(const etcdserverpb::ResponseHeader& message);
RangeResult readAnswer(const etcdserverpb::RangeResponse& message);
PutResult readAnswer(const etcdserverpb::PutResponse& message);
DeleteResult readAnswer(const etcdserverpb::DeleteRangeResponse& message);
TxnResult readAnswer(const etcdserverpb::TxnResponse& message);
LeaseLife readAnswer(const etcdserverpb::LeaseTimeToLiveResponse& message);
StoreStatus readAnswer(const etcdserverpb::StatusResponse& message);
std::vector<Event> readEvents(const etcdserverpb::WatchResponse& message);

etcdserverpb::ResponseHeader writeHeader(const Header& header);
etcdserverpb::RangeResponse writeAnswer(RangeResult result);
etcdserverpb::PutResponse writeAnswer(PutResult result);
etcdserverpb::DeleteRangeResponse writeAnswer(DeleteResult result);
etcdserverpb::TxnResponse writeAnswer(TxnResult result);
mvccpb::Event writeEvent(const Event& event);

} // namespace signalbox::state
