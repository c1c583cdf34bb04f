// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "proto/etcd/rpc.grpc.pb.h"
#include "proto/etcd/rpc.pb.h"

#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace signalbox::tests {

namespace pb = etcdserverpb;

// An answer as it came: gRPC's status and the message.
template <typename Response>
struct Answer {
    grpc::Status status;
    Response message;

    const Response* operator->() const { return &message; }
    // "OK", or the code's number and the text, for comparing in one line.
    std::string error() const
    {
        if (status.ok())
            return "OK";
        return std::to_string(status.error_code()) + " " + status.error_message();
    }
};

// A stream of watches, read message by message. Lives on: the test's thread.
class RawWatch {
public:
    explicit RawWatch(const std::shared_ptr<grpc::Channel>& channel);
    ~RawWatch();

    void create(const pb::WatchCreateRequest& request);
    void cancel(std::int64_t id);
    void requestProgress();
    // Nothing = the stream has ended, or the test took far too long.
    std::optional<pb::WatchResponse> read();
    // Events of as many messages as it takes to get so many.
    std::vector<mvccpb::Event> readEvents(std::size_t count);
    void closeRequests();

private:
    std::unique_ptr<pb::Watch::Stub> stub_;
    grpc::ClientContext context_;
    std::unique_ptr<grpc::ClientReaderWriter<pb::WatchRequest, pb::WatchResponse>> stream_;
};

// etcd's API without anything of ours in between. Lives on: the test's thread.
class RawClient {
public:
    explicit RawClient(const std::string& address);

    Answer<pb::RangeResponse> range(const pb::RangeRequest& request) const;
    Answer<pb::RangeResponse> get(const std::string& key) const;
    Answer<pb::PutResponse> put(const pb::PutRequest& request) const;
    Answer<pb::PutResponse> put(const std::string& key, const std::string& value,
                                std::int64_t lease = 0) const;
    Answer<pb::DeleteRangeResponse> remove(const pb::DeleteRangeRequest& request) const;
    Answer<pb::DeleteRangeResponse> remove(const std::string& key,
                                           const std::string& end = "") const;
    Answer<pb::TxnResponse> txn(const pb::TxnRequest& request) const;
    Answer<pb::CompactionResponse> compact(std::int64_t revision) const;
    Answer<pb::LeaseGrantResponse> grant(std::int64_t ttl, std::int64_t id = 0) const;
    Answer<pb::LeaseRevokeResponse> revoke(std::int64_t id) const;
    Answer<pb::LeaseTimeToLiveResponse> timeToLive(std::int64_t id) const;
    Answer<pb::LeaseLeasesResponse> leases() const;
    // Each id once, on one stream, in order.
    std::vector<pb::LeaseKeepAliveResponse> keepAlive(const std::vector<std::int64_t>& ids) const;
    Answer<pb::MemberListResponse> memberList() const;
    Answer<pb::StatusResponse> status() const;
    Answer<pb::AlarmResponse> alarms() const;
    Answer<pb::DefragmentResponse> defragment() const;

    std::int64_t revision() const;
    const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }

private:
    std::shared_ptr<grpc::Channel> channel_;
};

pb::WatchCreateRequest watchOf(const std::string& key, const std::string& end = "",
                               std::int64_t start = 0);
std::string prefixEnd(std::string prefix);

// A branch's steps, for building transactions that read well.
pb::RequestOp putOp(const std::string& key, const std::string& value);
pb::RequestOp getOp(const std::string& key, const std::string& end = "");
pb::RequestOp deleteOp(const std::string& key, const std::string& end = "");
pb::Compare modIs(const std::string& key, std::int64_t revision);

// "PUT a=1 (3)" and "DELETE a (4)": key, value and revision, so that a difference can be read.
std::string picture(const mvccpb::Event& event);
std::string picture(const std::vector<mvccpb::Event>& events);

} // namespace signalbox::tests
