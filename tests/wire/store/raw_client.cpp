// SPDX-License-Identifier: Apache-2.0
#include "tests/wire/store/raw_client.h"

#include <grpcpp/channel.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <chrono>

namespace signalbox::tests {

namespace {

// Far longer than a healthy machine needs; a hanging test ends with a reason.
constexpr std::chrono::seconds kPatience{60};

void setDeadline(grpc::ClientContext& context)
{
    context.set_deadline(std::chrono::system_clock::now() + kPatience);
    context.set_wait_for_ready(true);
}

template <typename Service, typename Response, typename Request, typename Method>
Answer<Response> call(const std::shared_ptr<grpc::Channel>& channel, const Request& request,
                      Method method)
{
    grpc::ClientContext context;
    setDeadline(context);
    Answer<Response> answer;
    const auto stub = Service::NewStub(channel);
    answer.status = (stub.get()->*method)(&context, request, &answer.message);
    return answer;
}

} // namespace

RawWatch::RawWatch(const std::shared_ptr<grpc::Channel>& channel)
    : stub_(pb::Watch::NewStub(channel))
{
    setDeadline(context_);
    stream_ = stub_->Watch(&context_);
}

RawWatch::~RawWatch()
{
    context_.TryCancel();
    pb::WatchResponse rest;
    while (stream_->Read(&rest)) { }
    (void)stream_->Finish();
}

void RawWatch::create(const pb::WatchCreateRequest& request)
{
    pb::WatchRequest message;
    *message.mutable_create_request() = request;
    stream_->Write(message);
}

void RawWatch::cancel(std::int64_t id)
{
    pb::WatchRequest message;
    message.mutable_cancel_request()->set_watch_id(id);
    stream_->Write(message);
}

void RawWatch::requestProgress()
{
    pb::WatchRequest message;
    message.mutable_progress_request();
    stream_->Write(message);
}

std::optional<pb::WatchResponse> RawWatch::read()
{
    pb::WatchResponse message;
    if (!stream_->Read(&message))
        return std::nullopt;
    return message;
}

std::vector<mvccpb::Event> RawWatch::readEvents(std::size_t count)
{
    std::vector<mvccpb::Event> events;
    while (events.size() < count) {
        const auto message = read();
        if (!message)
            break;
        events.insert(events.end(), message->events().begin(), message->events().end());
    }
    return events;
}

void RawWatch::closeRequests()
{
    stream_->WritesDone();
}

RawClient::RawClient(const std::string& address)
{
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    arguments.SetMaxReceiveMessageSize(-1);
    channel_ = grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

Answer<pb::RangeResponse> RawClient::range(const pb::RangeRequest& request) const
{
    return call<pb::KV, pb::RangeResponse>(channel_, request, &pb::KV::Stub::Range);
}

Answer<pb::RangeResponse> RawClient::get(const std::string& key) const
{
    pb::RangeRequest request;
    request.set_key(key);
    return range(request);
}

Answer<pb::PutResponse> RawClient::put(const pb::PutRequest& request) const
{
    return call<pb::KV, pb::PutResponse>(channel_, request, &pb::KV::Stub::Put);
}

Answer<pb::PutResponse> RawClient::put(const std::string& key, const std::string& value,
                                       std::int64_t lease) const
{
    pb::PutRequest request;
    request.set_key(key);
    request.set_value(value);
    request.set_lease(lease);
    return put(request);
}

Answer<pb::DeleteRangeResponse> RawClient::remove(const pb::DeleteRangeRequest& request) const
{
    return call<pb::KV, pb::DeleteRangeResponse>(channel_, request, &pb::KV::Stub::DeleteRange);
}

Answer<pb::DeleteRangeResponse> RawClient::remove(const std::string& key,
                                                  const std::string& end) const
{
    pb::DeleteRangeRequest request;
    request.set_key(key);
    request.set_range_end(end);
    return remove(request);
}

Answer<pb::TxnResponse> RawClient::txn(const pb::TxnRequest& request) const
{
    return call<pb::KV, pb::TxnResponse>(channel_, request, &pb::KV::Stub::Txn);
}

Answer<pb::CompactionResponse> RawClient::compact(std::int64_t revision) const
{
    pb::CompactionRequest request;
    request.set_revision(revision);
    return call<pb::KV, pb::CompactionResponse>(channel_, request, &pb::KV::Stub::Compact);
}

Answer<pb::LeaseGrantResponse> RawClient::grant(std::int64_t ttl, std::int64_t id) const
{
    pb::LeaseGrantRequest request;
    request.set_ttl(ttl);
    request.set_id(id);
    return call<pb::Lease, pb::LeaseGrantResponse>(channel_, request, &pb::Lease::Stub::LeaseGrant);
}

Answer<pb::LeaseRevokeResponse> RawClient::revoke(std::int64_t id) const
{
    pb::LeaseRevokeRequest request;
    request.set_id(id);
    return call<pb::Lease, pb::LeaseRevokeResponse>(channel_, request,
                                                    &pb::Lease::Stub::LeaseRevoke);
}

Answer<pb::LeaseTimeToLiveResponse> RawClient::timeToLive(std::int64_t id) const
{
    pb::LeaseTimeToLiveRequest request;
    request.set_id(id);
    request.set_keys(true);
    return call<pb::Lease, pb::LeaseTimeToLiveResponse>(channel_, request,
                                                        &pb::Lease::Stub::LeaseTimeToLive);
}

Answer<pb::LeaseLeasesResponse> RawClient::leases() const
{
    return call<pb::Lease, pb::LeaseLeasesResponse>(channel_, pb::LeaseLeasesRequest{},
                                                    &pb::Lease::Stub::LeaseLeases);
}

std::vector<pb::LeaseKeepAliveResponse>
RawClient::keepAlive(const std::vector<std::int64_t>& ids) const
{
    grpc::ClientContext context;
    setDeadline(context);
    const auto stub = pb::Lease::NewStub(channel_);
    const auto stream = stub->LeaseKeepAlive(&context);
    std::vector<pb::LeaseKeepAliveResponse> responses;
    for (const std::int64_t id : ids) {
        pb::LeaseKeepAliveRequest request;
        request.set_id(id);
        pb::LeaseKeepAliveResponse response;
        if (stream->Write(request) && stream->Read(&response))
            responses.push_back(response);
    }
    stream->WritesDone();
    (void)stream->Finish();
    return responses;
}

Answer<pb::MemberListResponse> RawClient::memberList() const
{
    return call<pb::Cluster, pb::MemberListResponse>(channel_, pb::MemberListRequest{},
                                                     &pb::Cluster::Stub::MemberList);
}

Answer<pb::StatusResponse> RawClient::status() const
{
    return call<pb::Maintenance, pb::StatusResponse>(channel_, pb::StatusRequest{},
                                                     &pb::Maintenance::Stub::Status);
}

Answer<pb::AlarmResponse> RawClient::alarms() const
{
    return call<pb::Maintenance, pb::AlarmResponse>(channel_, pb::AlarmRequest{},
                                                    &pb::Maintenance::Stub::Alarm);
}

Answer<pb::DefragmentResponse> RawClient::defragment() const
{
    return call<pb::Maintenance, pb::DefragmentResponse>(channel_, pb::DefragmentRequest{},
                                                         &pb::Maintenance::Stub::Defragment);
}

std::int64_t RawClient::revision() const
{
    return get("revision?")->header().revision();
}

pb::WatchCreateRequest watchOf(const std::string& key, const std::string& end, std::int64_t start)
{
    pb::WatchCreateRequest request;
    request.set_key(key);
    request.set_range_end(end);
    request.set_start_revision(start);
    return request;
}

std::string prefixEnd(std::string prefix)
{
    ++prefix.back();
    return prefix;
}

pb::RequestOp putOp(const std::string& key, const std::string& value)
{
    pb::RequestOp op;
    op.mutable_request_put()->set_key(key);
    op.mutable_request_put()->set_value(value);
    return op;
}

pb::RequestOp getOp(const std::string& key, const std::string& end)
{
    pb::RequestOp op;
    op.mutable_request_range()->set_key(key);
    op.mutable_request_range()->set_range_end(end);
    return op;
}

pb::RequestOp deleteOp(const std::string& key, const std::string& end)
{
    pb::RequestOp op;
    op.mutable_request_delete_range()->set_key(key);
    op.mutable_request_delete_range()->set_range_end(end);
    return op;
}

pb::Compare modIs(const std::string& key, std::int64_t revision)
{
    pb::Compare compare;
    compare.set_key(key);
    compare.set_target(pb::Compare::MOD);
    compare.set_mod_revision(revision);
    return compare;
}

std::string picture(const mvccpb::Event& event)
{
    const std::string revision = " (" + std::to_string(event.kv().mod_revision()) + ")";
    if (event.type() == mvccpb::Event::DELETE)
        return "DELETE " + event.kv().key() + revision;
    return "PUT " + event.kv().key() + "=" + event.kv().value() + revision;
}

std::string picture(const std::vector<mvccpb::Event>& events)
{
    std::string text;
    for (const mvccpb::Event& event : events)
        text += (text.empty() ? "" : ", ") + picture(event);
    return text;
}

} // namespace signalbox::tests
