// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/result.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace signalbox::rpc {

// The sending end of one stream. One message is on its way at a time and nothing queues behind it:
// who has more keeps its place and comes back at onIdle, so a slow reader is behind, never a heap.
// Lives on: the executor that the transport was given. Owned by the handler's subscriber; dropping
// it ends the stream. After onClosed nothing is called any more.
class ServerStream {
public:
    // What carries the bytes: gRPC or a tunnel. Called on the executor.
    class Transport {
    public:
        virtual ~Transport() = default;
        virtual void write(std::string message) = 0; // answers with written()
        virtual void finish(base::Status status) = 0; // called once, never with a write after it
    };

    enum class Offer : std::uint8_t {
        Taken,
        Busy, // the last message has not left yet; this one was not taken
        Closed,
    };

    explicit ServerStream(std::unique_ptr<Transport> transport);
    ServerStream(const ServerStream&) = delete;
    ServerStream& operator=(const ServerStream&) = delete;
    ~ServerStream();

    Offer offer(std::string message);
    bool isIdle() const { return state_ == State::Idle; }
    bool isClosed() const { return state_ == State::Closed; }
    // Ends the stream from our side; a message on its way still arrives. onClosed is not called.
    void finish(base::Status status);

    // Each is set once, by the handler, before it returns.
    void onIdle(std::function<void()> callback) { onIdle_ = std::move(callback); }
    void onClosed(std::function<void()> callback) { onClosed_ = std::move(callback); }

    // --- For the transport, on the executor. ---
    void written();
    void closed(); // the reader has left

private:
    enum class State : std::uint8_t { Idle, Busy, Closed };

    std::unique_ptr<Transport> transport_;
    State state_ = State::Idle;
    std::function<void()> onIdle_;
    std::function<void()> onClosed_;
};

} // namespace signalbox::rpc
