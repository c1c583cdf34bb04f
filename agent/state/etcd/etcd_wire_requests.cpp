// SPDX-License-Identifier: Apache-2.0
#include "agent/state/etcd/etcd_wire.h"

#include "proto/etcd/rpc.pb.h"

#include <google/protobuf/message.h>

#include <utility>

namespace signalbox::state {

namespace pb = etcdserverpb;

namespace {

base::Error unsupported(const std::string& what)
{
    return base::Error(base::Code::Unimplemented, "etcdserver: this store does not speak " + what,
                       base::Origin::Store);
}

KeyRange readKeys(const std::string& key, const std::string& end)
{
    return KeyRange{key, end};
}

base::Result<Compare::Target> readTarget(pb::Compare::CompareTarget target)
{
    switch (target) {
    case pb::Compare::VERSION: return Compare::Target::Version;
    case pb::Compare::CREATE: return Compare::Target::CreateRevision;
    case pb::Compare::MOD: return Compare::Target::ModRevision;
    case pb::Compare::VALUE: return Compare::Target::Value;
    case pb::Compare::LEASE: return Compare::Target::Lease;
    default: return unsupported("compare target " + std::to_string(target));
    }
}

base::Result<Compare::Relation> readRelation(pb::Compare::CompareResult result)
{
    switch (result) {
    case pb::Compare::EQUAL: return Compare::Relation::Equal;
    case pb::Compare::GREATER: return Compare::Relation::Greater;
    case pb::Compare::LESS: return Compare::Relation::Less;
    case pb::Compare::NOT_EQUAL: return Compare::Relation::NotEqual;
    default: return unsupported("compare result " + std::to_string(result));
    }
}

base::Result<Compare> readCompare(const pb::Compare& message)
{
    Compare compare;
    compare.keys = readKeys(message.key(), message.range_end());
    SB_TRY(compare.target, readTarget(message.target()));
    SB_TRY(compare.relation, readRelation(message.result()));
    // As etcd: a number of another kind than the target reads as 0.
    switch (compare.target) {
    case Compare::Target::Version: compare.number = message.version(); break;
    case Compare::Target::CreateRevision: compare.number = message.create_revision(); break;
    case Compare::Target::ModRevision: compare.number = message.mod_revision(); break;
    case Compare::Target::Value: compare.value = message.value(); break;
    case Compare::Target::Lease: compare.number = message.lease(); break;
    }
    return compare;
}

base::Result<Operation> readOperation(const pb::RequestOp& message)
{
    switch (message.request_case()) {
    case pb::RequestOp::kRequestRange: {
        SB_TRY(Range range, readRequest(message.request_range()));
        return Operation(std::move(range));
    }
    case pb::RequestOp::kRequestPut: {
        SB_TRY(Put put, readRequest(message.request_put()));
        return Operation(std::move(put));
    }
    case pb::RequestOp::kRequestDeleteRange: {
        SB_TRY(Delete removal, readRequest(message.request_delete_range()));
        return Operation(std::move(removal));
    }
    case pb::RequestOp::kRequestTxn: return unsupported("nested transactions");
    case pb::RequestOp::REQUEST_NOT_SET: break;
    }
    // An empty operation in etcd is a request for no key.
    return base::Error(base::Code::InvalidArgument, "etcdserver: key is not provided",
                       base::Origin::Store);
}

base::Result<SortOrder> readOrder(pb::RangeRequest::SortOrder order)
{
    switch (order) {
    case pb::RangeRequest::NONE: return SortOrder::None;
    case pb::RangeRequest::ASCEND: return SortOrder::Ascending;
    case pb::RangeRequest::DESCEND: return SortOrder::Descending;
    default: return unsupported("sort order " + std::to_string(order));
    }
}

base::Result<SortBy> readSortBy(pb::RangeRequest::SortTarget target)
{
    switch (target) {
    case pb::RangeRequest::KEY: return SortBy::Key;
    case pb::RangeRequest::VERSION: return SortBy::Version;
    case pb::RangeRequest::CREATE: return SortBy::CreateRevision;
    case pb::RangeRequest::MOD: return SortBy::ModRevision;
    case pb::RangeRequest::VALUE: return SortBy::Value;
    default: return unsupported("sort target " + std::to_string(target));
    }
}

pb::Compare writeCompare(const Compare& compare)
{
    pb::Compare message;
    message.set_key(compare.keys.key);
    message.set_range_end(compare.keys.end);
    message.set_result(static_cast<pb::Compare::CompareResult>(compare.relation));
    message.set_target(static_cast<pb::Compare::CompareTarget>(compare.target));
    switch (compare.target) {
    case Compare::Target::Version: message.set_version(compare.number); break;
    case Compare::Target::CreateRevision: message.set_create_revision(compare.number); break;
    case Compare::Target::ModRevision: message.set_mod_revision(compare.number); break;
    case Compare::Target::Value: message.set_value(compare.value); break;
    case Compare::Target::Lease: message.set_lease(compare.number); break;
    }
    return message;
}

pb::RequestOp writeOperation(const Operation& operation)
{
    pb::RequestOp message;
    if (const auto* range = std::get_if<Range>(&operation))
        *message.mutable_request_range() = writeRequest(*range);
    else if (const auto* put = std::get_if<Put>(&operation))
        *message.mutable_request_put() = writeRequest(*put);
    else
        *message.mutable_request_delete_range() = writeRequest(std::get<Delete>(operation));
    return message;
}

} // namespace

// Our enums are etcd's, number by number; writeCompare and writeRequest lean on it.
static_assert(static_cast<int>(Compare::Target::Lease) == pb::Compare::LEASE);
static_assert(static_cast<int>(Compare::Relation::NotEqual) == pb::Compare::NOT_EQUAL);
static_assert(static_cast<int>(SortOrder::Descending) == pb::RangeRequest::DESCEND);
static_assert(static_cast<int>(SortBy::Value) == pb::RangeRequest::VALUE);

base::Status refuseUnknownFields(const google::protobuf::Message& message)
{
    using google::protobuf::FieldDescriptor;
    const auto* reflection = message.GetReflection();
    const auto& unknown = reflection->GetUnknownFields(message);
    if (!unknown.empty())
        return unsupported("field " + std::to_string(unknown.field(0).number()) + " of "
                           + message.GetDescriptor()->name());
    std::vector<const FieldDescriptor*> fields;
    reflection->ListFields(message, &fields);
    for (const FieldDescriptor* field : fields) {
        if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE)
            continue;
        if (!field->is_repeated()) {
            SB_CHECK(refuseUnknownFields(reflection->GetMessage(message, field)));
            continue;
        }
        for (int i = 0; i < reflection->FieldSize(message, field); ++i)
            SB_CHECK(refuseUnknownFields(reflection->GetRepeatedMessage(message, field, i)));
    }
    return {};
}

base::Result<Range> readRequest(const pb::RangeRequest& message)
{
    Range range;
    range.keys = readKeys(message.key(), message.range_end());
    range.revision = message.revision();
    range.limit = message.limit();
    SB_TRY(range.order, readOrder(message.sort_order()));
    SB_TRY(range.sortBy, readSortBy(message.sort_target()));
    if (message.count_only())
        range.fields = Fields::CountOnly;
    else if (message.keys_only())
        range.fields = Fields::KeysOnly;
    if (message.serializable())
        range.consistency = Consistency::Serializable;
    range.modRevision = {message.min_mod_revision(), message.max_mod_revision()};
    range.createRevision = {message.min_create_revision(), message.max_create_revision()};
    return range;
}

base::Result<Put> readRequest(const pb::PutRequest& message)
{
    Put put;
    put.key = message.key();
    put.value = message.value();
    put.lease = message.lease();
    put.wantsPrevious = message.prev_kv();
    put.keepsValue = message.ignore_value();
    put.keepsLease = message.ignore_lease();
    return put;
}

base::Result<Delete> readRequest(const pb::DeleteRangeRequest& message)
{
    return Delete{readKeys(message.key(), message.range_end()), message.prev_kv()};
}

base::Result<Txn> readRequest(const pb::TxnRequest& message)
{
    Txn txn;
    for (const auto& compare : message.compare()) {
        SB_TRY(Compare read, readCompare(compare));
        txn.compares.push_back(std::move(read));
    }
    for (const auto& operation : message.success()) {
        SB_TRY(Operation read, readOperation(operation));
        txn.success.push_back(std::move(read));
    }
    for (const auto& operation : message.failure()) {
        SB_TRY(Operation read, readOperation(operation));
        txn.failure.push_back(std::move(read));
    }
    return txn;
}

pb::RangeRequest writeRequest(const Range& range)
{
    pb::RangeRequest message;
    message.set_key(range.keys.key);
    message.set_range_end(range.keys.end);
    message.set_limit(range.limit);
    message.set_revision(range.revision);
    message.set_sort_order(static_cast<pb::RangeRequest::SortOrder>(range.order));
    message.set_sort_target(static_cast<pb::RangeRequest::SortTarget>(range.sortBy));
    message.set_serializable(range.consistency == Consistency::Serializable);
    message.set_keys_only(range.fields == Fields::KeysOnly);
    message.set_count_only(range.fields == Fields::CountOnly);
    message.set_min_mod_revision(range.modRevision.least);
    message.set_max_mod_revision(range.modRevision.most);
    message.set_min_create_revision(range.createRevision.least);
    message.set_max_create_revision(range.createRevision.most);
    return message;
}

pb::PutRequest writeRequest(const Put& put)
{
    pb::PutRequest message;
    message.set_key(put.key);
    message.set_value(put.value);
    message.set_lease(put.lease);
    message.set_prev_kv(put.wantsPrevious);
    message.set_ignore_value(put.keepsValue);
    message.set_ignore_lease(put.keepsLease);
    return message;
}

pb::DeleteRangeRequest writeRequest(const Delete& removal)
{
    pb::DeleteRangeRequest message;
    message.set_key(removal.keys.key);
    message.set_range_end(removal.keys.end);
    message.set_prev_kv(removal.wantsPrevious);
    return message;
}

pb::TxnRequest writeRequest(const Txn& txn)
{
    pb::TxnRequest message;
    for (const Compare& compare : txn.compares)
        *message.add_compare() = writeCompare(compare);
    for (const Operation& operation : txn.success)
        *message.add_success() = writeOperation(operation);
    for (const Operation& operation : txn.failure)
        *message.add_failure() = writeOperation(operation);
    return message;
}

pb::WatchCreateRequest writeRequest(const WatchRequest& watch)
{
    pb::WatchCreateRequest message;
    message.set_key(watch.keys.key);
    message.set_range_end(watch.keys.end);
    message.set_start_revision(watch.startRevision);
    message.set_progress_notify(watch.wantsProgress);
    message.set_prev_kv(watch.wantsPrevious);
    return message;
}

} // namespace signalbox::state
