// SPDX-License-Identifier: Apache-2.0
#include "agent/telemetry/telemetry_service.h"

#include "proto/signalbox/v1/telemetry_service.pb.h"
#include "shared/base/limits.h"
#include "shared/rpc/proto_method.h"
#include "shared/wire/bounds.h"
#include "shared/wire/wire.h"

#include <algorithm>
#include <utility>

namespace signalbox::telemetry {

TelemetryService::TelemetryService(Parts parts)
    : parts_(std::move(parts)), self_(std::make_shared<TelemetryService*>(this))
{
}

TelemetryService::~TelemetryService()
{
    *self_ = nullptr;
    for (const auto& reader : readers_)
        reader->subscriber.end(base::Error(base::Code::Unavailable, "this agent is stopping"));
}

void TelemetryService::registerOn(rpc::MethodTable& table)
{
    if (parts_.findDecision)
        registerDecisions(table);
    table.addStream(
        "signalbox.v1.TelemetryService/WatchTelemetry", rpc::Role::Viewer,
        rpc::stream<v1::WatchTelemetryRequest>(
            [self = self_](const rpc::Caller&, const v1::WatchTelemetryRequest& request,
                           std::shared_ptr<rpc::OpenStream> stream) {
                auto wish = wire::fromWire(request);
                if (!wish)
                    return stream->end(wish.error());
                if (*self != nullptr)
                    (*self)->watch(std::move(*wish), std::move(stream));
            }));
    table.add("signalbox.v1.TelemetryService/GetAgent", rpc::Role::Viewer,
              rpc::unary<v1::GetAgentRequest, v1::GetAgentResponse>(
                  [self = self_](const rpc::Caller&, const v1::GetAgentRequest&,
                                 rpc::Answer<v1::GetAgentResponse> answer) {
                      if (*self == nullptr)
                          return answer(
                              base::Error(base::Code::Unavailable, "this agent is stopping"));
                      const auto identity = (*self)->identity();
                      if (!identity)
                          return answer(identity.error());
                      v1::GetAgentResponse response;
                      wire::toWire(*identity, response);
                      answer(std::move(response));
                  }));
    registerOpenExchanges(table);
}

void TelemetryService::registerOpenExchanges(rpc::MethodTable& table)
{
    using Response = v1::ListOpenExchangesResponse;
    table.add("signalbox.v1.TelemetryService/ListOpenExchanges", rpc::Role::Viewer,
              rpc::unary<v1::ListOpenExchangesRequest, Response>(
                  [self = self_](const rpc::Caller&, const v1::ListOpenExchangesRequest& request,
                                 rpc::Answer<Response> answer) {
                      if (*self == nullptr)
                          return answer(
                              base::Error(base::Code::Unavailable, "this agent is stopping"));
                      if (const auto status = wire::checkBounds(request); !status)
                          return answer(status.error());
                      (*self)->parts_.listOpen(
                          request.agent(),
                          request.relayed() ? Passing::Refused : Passing::Allowed,
                          [answer = std::move(answer)](const auto& list) {
                              if (!list)
                                  return answer(list.error());
                              Response response;
                              wire::toWire(*list, response);
                              answer(std::move(response));
                          });
                  }));
}

void TelemetryService::registerDecisions(rpc::MethodTable& table)
{
    using Request = v1::FindDecisionRequest;
    using Response = v1::FindDecisionResponse;
    table.add("signalbox.v1.TelemetryService/FindDecision", rpc::Role::Viewer,
              rpc::unary<Request, Response>([self = self_](const rpc::Caller&,
                                                           const Request& request,
                                                           rpc::Answer<Response> answer) {
                  if (*self == nullptr)
                      return answer(
                          base::Error(base::Code::Unavailable, "this agent is stopping"));
                  if (request.request_id().empty()
                      || request.request_id().size() > limits::kRequestIdBytes)
                      return answer(base::Error(base::Code::InvalidArgument,
                                                "a request id has 1 to 128 characters"));
                  (*self)->parts_.findDecision(
                      request.request_id(),
                      request.relayed() ? SearchScope::Own : SearchScope::Fleet,
                      [answer](const base::Result<model::Decision>& decision) {
                          if (!decision)
                              return answer(decision.error());
                          Response response;
                          wire::toWire(*decision, response);
                          answer(std::move(response));
                      });
              }));
}

base::Result<model::AgentIdentity> TelemetryService::identity() const
{
    if (!parts_.book.own().state())
        return base::Error(base::Code::Unavailable, "this agent is still starting",
                           base::Origin::Local, base::Retry::Safe);
    return model::AgentIdentity{*parts_.book.own().state(), parts_.fleet, parts_.features};
}

void TelemetryService::watch(model::TelemetryWish wish, std::shared_ptr<rpc::OpenStream> stream)
{
    forgetClosed();
    if (readers_.size() >= limits::kTelemetryReaders) {
        ++past_.readersRefusedTotal;
        stream->end(base::Error(base::Code::ResourceExhausted,
                                "this agent has " + std::to_string(readers_.size())
                                    + " telemetry readers; ask another one"));
        return;
    }
    std::shared_ptr<void> interest;
    if (wish.scope == model::TelemetryScope::Fleet)
        interest = parts_.interest.watch(wish.resume);
    readers_.push_back(std::make_unique<Reader>(
        Reader{Subscriber(std::move(wish), std::move(stream)), std::move(interest)}));
    readers_.back()->subscriber.serve(parts_.book, parts_.clock);
    if (readers_.size() == 1)
        timer_ = parts_.executor.after(limits::kTelemetryTick, [this] { tick(); });
}

void TelemetryService::tick()
{
    forgetClosed();
    for (const auto& reader : readers_)
        reader->subscriber.serve(parts_.book, parts_.clock);
    if (!readers_.empty())
        timer_ = parts_.executor.after(limits::kTelemetryTick, [this] { tick(); });
}

void TelemetryService::forgetClosed()
{
    std::erase_if(readers_, [this](const auto& reader) {
        if (reader->subscriber.isOpen())
            return false;
        past_.batchesTotal += reader->subscriber.batchesTotal();
        past_.bytesTotal += reader->subscriber.bytesTotal();
        past_.samplesMissedTotal += reader->subscriber.missedTotal();
        return true;
    });
}

TelemetryCounters TelemetryService::counters() const
{
    TelemetryCounters counters = past_;
    for (const auto& reader : readers_) {
        ++counters.readers;
        counters.readersBehind += reader->subscriber.isBehind() ? 1 : 0;
        counters.batchesTotal += reader->subscriber.batchesTotal();
        counters.bytesTotal += reader->subscriber.bytesTotal();
        counters.samplesMissedTotal += reader->subscriber.missedTotal();
    }
    return counters;
}

} // namespace signalbox::telemetry
