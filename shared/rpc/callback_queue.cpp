// SPDX-License-Identifier: Apache-2.0
#include "shared/rpc/callback_queue.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>

#include <chrono>

namespace signalbox::rpc {

namespace {

// Everything a call needs; never destroyed, since its channel is what holds the queue.
struct Keeper {
    // Nothing listens there and nothing is asked for: the first call makes a channel hold the
    // queue, whatever becomes of it.
    grpc::GenericStub stub{
        grpc::CreateChannel("unix:/nonexistent/signalbox", grpc::InsecureChannelCredentials())};
    grpc::ClientContext context;
    grpc::Slice nothing;
    grpc::ByteBuffer request{&nothing, 1};
    grpc::ByteBuffer response;
};

} // namespace

void keepCallbackQueue()
{
    static const Keeper* const kKeeper = [] {
        auto* keeper = new Keeper;
        keeper->context.set_deadline(std::chrono::system_clock::now());
        keeper->stub.UnaryCall(&keeper->context, "/signalbox/Nothing", {}, &keeper->request,
                               &keeper->response, [](grpc::Status) {});
        return keeper;
    }();
    (void)kKeeper;
}

} // namespace signalbox::rpc
