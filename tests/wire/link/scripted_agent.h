// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/rpc/grpc_server.h"
#include "tests/wire/control_thread_world.h"

#include <atomic>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <utility>

namespace signalbox::tests {

// A peer that answers WatchTelemetry with the bytes of its script, as fast as they are
// taken. Lives on: made and ended by the test's thread; speaks on the control thread.
class ScriptedAgent {
public:
    // Bytes of message number n, from 1.
    using Say = std::function<std::string(std::uint64_t number)>;

    ScriptedAgent(ControlThreadWorld& world, Say say)
        : world_(world), say_(std::move(say)), server_(table_, world.executor())
    {
        table_.addStream("signalbox.v1.TelemetryService/WatchTelemetry", rpc::Role::Viewer,
                         [this](const rpc::Caller&, const std::string&,
                                std::shared_ptr<rpc::OpenStream> stream) {
                             speeches_.push_back({std::move(stream), 0, nullptr});
                             speak(speeches_.back());
                         });
        address_ = *server_.start("127.0.0.1:0");
    }
    ~ScriptedAgent()
    {
        server_.stop();
        world_.on([this] { speeches_.clear(); });
    }

    const std::string& address() const { return address_; }
    std::uint64_t saidTotal() const { return said_; }

private:
    // To one listener, from the beginning; those that have left are kept to the end.
    struct Speech {
        std::shared_ptr<rpc::OpenStream> stream;
        std::uint64_t number = 0;
        base::Executor::TimerPtr timer;
    };

    void speak(Speech& speech)
    {
        if (!speech.stream->isOpen())
            return;
        if (speech.stream->isIdle()) {
            speech.stream->write(say_(++speech.number));
            ++said_;
        }
        speech.timer = world_.executor().after(std::chrono::milliseconds(1),
                                               [this, &speech] { speak(speech); });
    }

    ControlThreadWorld& world_;
    Say say_;
    rpc::MethodTable table_;
    rpc::GrpcServer server_;
    std::string address_;
    std::atomic<std::uint64_t> said_{0}; // to all
    std::list<Speech> speeches_;
};

} // namespace signalbox::tests
