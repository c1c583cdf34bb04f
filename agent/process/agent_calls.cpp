// SPDX-License-Identifier: Apache-2.0
#include "agent/process/agent_calls.h"

#include "proto/signalbox/v1/command_service.pb.h"
#include "proto/signalbox/v1/telemetry_service.pb.h"
#include "shared/base/limits.h"
#include "shared/rpc/grpc_channel.h"
#include "shared/rpc/proto_method.h"
#include "shared/wire/wire.h"

#include <utility>

namespace signalbox::process {

namespace {

using namespace std::chrono_literals;

// Both are below what callers wait by default.
constexpr auto kProbePatience = 9s;
constexpr auto kListPatience = 3s;

template <typename Response>
auto readAnswer(const base::Result<std::string>& bytes)
    -> decltype(wire::fromWire(std::declval<Response>()))
{
    if (!bytes)
        return bytes.error();
    SB_TRY(const auto response, rpc::parse<Response>(*bytes));
    return wire::fromWire(response);
}

} // namespace

void AgentCalls::probeNow(const model::AgentRecord& agent, state::Done<model::ProbeReport> done)
{
    v1::ProbeNowRequest request;
    request.set_agent(agent.id.str());
    request.set_relayed(true);
    ask(agent,
        {"signalbox.v1.CommandService/ProbeNow", request.SerializeAsString(), kProbePatience},
        [done = std::move(done)](const auto& bytes) {
            done(readAnswer<v1::ProbeNowResponse>(bytes));
        });
}

void AgentCalls::listOpen(const model::AgentRecord& agent,
                          state::Done<model::OpenExchangeList> done)
{
    v1::ListOpenExchangesRequest request;
    request.set_agent(agent.id.str());
    request.set_relayed(true);
    ask(agent,
        {"signalbox.v1.TelemetryService/ListOpenExchanges", request.SerializeAsString(),
         kListPatience},
        [done = std::move(done)](const auto& bytes) {
            done(readAnswer<v1::ListOpenExchangesResponse>(bytes));
        });
}

void AgentCalls::ask(const model::AgentRecord& agent, const Question& question,
                     state::Done<std::string> done)
{
    if (calls_.size() >= limits::kAgentCallsWaiting)
        return done(base::Error(base::Code::ResourceExhausted,
                                "too many questions are passed on already: ask again",
                                base::Origin::Local, base::Retry::Safe));
    const auto address = rpc::parseServiceAddress(agent.addresses.control);
    if (!address)
        return done(address.error());
    auto channel = rpc::openGrpcChannel(*address, {}, ownName_, executor_);
    if (!channel)
        return done(channel.error());
    const std::uint64_t number = ++newest_;
    calls_.emplace(number, *channel);
    (*channel)->call(question.method, question.bytes, question.patience,
                     [this, alive = std::weak_ptr(alive_), number,
                      done = std::move(done)](const base::Result<std::string>& bytes) {
                         if (alive.expired())
                             return;
                         forget(number);
                         done(bytes);
                     });
}

// Not inside the channel's own call: its end waits for what it is doing.
void AgentCalls::forget(std::uint64_t number)
{
    executor_.post([this, alive = std::weak_ptr(alive_), number] {
        if (!alive.expired())
            calls_.erase(number);
    });
}

} // namespace signalbox::process
