// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/state/embedded/store_thread.h"

#include <atomic>
#include <memory>
#include <string>

namespace grpc {
class Service;
class Status;
}

// The gRPC services of the embedded store. Their reactions own nothing: they read the message, hand
// a job to the store thread, and answer when it has ended.
namespace signalbox::state {

// What the member list says about the only member. The port is known last, when calls may already
// come in.
struct MemberFacts {
    std::string name;
    std::string url; // scheme and host
    std::atomic<int> port{0};
};

std::unique_ptr<grpc::Service> makeKvService(StoreThread& store);
std::unique_ptr<grpc::Service> makeLeaseService(StoreThread& store);
std::unique_ptr<grpc::Service> makeWatchService(StoreThread& store);
std::unique_ptr<grpc::Service> makeClusterService(StoreThread& store,
                                                  std::shared_ptr<const MemberFacts> facts);
std::unique_ptr<grpc::Service> makeMaintenanceService(StoreThread& store);

grpc::Status toGrpc(const base::Error& error);

} // namespace signalbox::state
