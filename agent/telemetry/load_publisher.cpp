// SPDX-License-Identifier: Apache-2.0
#include "agent/telemetry/load_publisher.h"

#include "proto/signalbox/v1/telemetry_service.pb.h"
#include "shared/base/limits.h"
#include "shared/rpc/proto_method.h"
#include "shared/wire/wire.h"

#include <algorithm>
#include <string>
#include <utility>

namespace signalbox::telemetry {

LoadPublisher::LoadPublisher(LoadSource source, base::Executor& executor, const base::Clock& clock)
    : source_(std::move(source)), executor_(executor), clock_(clock),
      self_(std::make_shared<LoadPublisher*>(this))
{
}

LoadPublisher::~LoadPublisher()
{
    *self_ = nullptr;
    for (const Reader& reader : readers_)
        reader.stream->end(base::Error(base::Code::Unavailable, "this agent is stopping"));
}

void LoadPublisher::registerOn(rpc::MethodTable& table)
{
    table.addStream("signalbox.v1.TelemetryService/WatchLoad", rpc::Role::Viewer,
                    rpc::stream<v1::WatchLoadRequest>(
                        [self = self_](const rpc::Caller&, const v1::WatchLoadRequest&,
                                       std::shared_ptr<rpc::OpenStream> stream) {
                            if (*self != nullptr)
                                (*self)->watch(std::move(stream));
                        }));
}

void LoadPublisher::watch(std::shared_ptr<rpc::OpenStream> stream)
{
    std::erase_if(readers_, [](const Reader& reader) { return !reader.stream->isOpen(); });
    if (readers_.size() >= limits::kLoadReaders) {
        ++refusedTotal_;
        stream->end(base::Error(base::Code::ResourceExhausted,
                                "this agent reports to " + std::to_string(readers_.size())
                                    + " gateways already"));
        return;
    }
    readers_.push_back({std::move(stream)});
    reportedAt_ = {}; // the new one is told at once
    poll();
}

void LoadPublisher::poll()
{
    std::erase_if(readers_, [](const Reader& reader) { return !reader.stream->isOpen(); });
    if (readers_.empty()) {
        timer_.reset();
        return;
    }
    const base::Monotonic now = clock_.monotonic();
    const std::uint64_t changes = source_.changes();
    if (now - reportedAt_ >= limits::kLoadInterval || changes != changesTold_) {
        reportedAt_ = now;
        changesTold_ = changes;
        for (Reader& reader : readers_)
            reader.isOwed = true;
    }
    std::string message;
    for (Reader& reader : readers_) {
        if (!reader.isOwed || !reader.stream->isIdle())
            continue;
        if (message.empty()) {
            v1::WatchLoadResponse response;
            wire::toWire(source_.nextReport(), *response.mutable_report());
            message = response.SerializeAsString();
            ++reportsTotal_;
        }
        reader.isOwed = false;
        reader.stream->write(message);
    }
    timer_ = executor_.after(limits::kLoadPoll, [this] { poll(); });
}

} // namespace signalbox::telemetry
