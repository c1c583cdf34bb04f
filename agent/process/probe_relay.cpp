// SPDX-License-Identifier: Apache-2.0
#include "agent/process/probe_relay.h"

#include "proto/signalbox/v1/command_service.pb.h"
#include "shared/base/limits.h"
#include "shared/rpc/grpc_channel.h"
#include "shared/rpc/proto_method.h"
#include "shared/wire/wire.h"

#include <utility>

namespace signalbox::process {

namespace {

using namespace std::chrono_literals;

constexpr const char* kMethod = "signalbox.v1.CommandService/ProbeNow";
constexpr auto kPatience = 9s; // below what callers wait by default

base::Result<model::ProbeReport> reportOf(const base::Result<std::string>& bytes)
{
    if (!bytes)
        return bytes.error();
    SB_TRY(const auto response, rpc::parse<v1::ProbeNowResponse>(*bytes));
    return wire::fromWire(response);
}

} // namespace

void ProbeRelay::ask(const model::AgentRecord& agent, state::Done<model::ProbeReport> done)
{
    if (calls_.size() >= limits::kProbesWaiting)
        return done(base::Error(base::Code::ResourceExhausted,
                                "too many probes are passed on already: ask again",
                                base::Origin::Local, base::Retry::Safe));
    const auto address = rpc::parseServiceAddress(agent.addresses.control);
    if (!address)
        return done(address.error());
    auto channel = rpc::openGrpcChannel(*address, {}, ownName_, executor_);
    if (!channel)
        return done(channel.error());
    v1::ProbeNowRequest request;
    request.set_agent(agent.id.str());
    request.set_relayed(true);
    const std::uint64_t number = ++newest_;
    calls_.emplace(number, *channel);
    (*channel)->call(kMethod, request.SerializeAsString(), kPatience,
                     [this, alive = std::weak_ptr(alive_), number,
                      done = std::move(done)](const base::Result<std::string>& bytes) {
                         if (alive.expired())
                             return;
                         forget(number);
                         done(reportOf(bytes));
                     });
}

// Not inside the channel's own call: its end waits for what it is doing.
void ProbeRelay::forget(std::uint64_t number)
{
    executor_.post([this, alive = std::weak_ptr(alive_), number] {
        if (!alive.expired())
            calls_.erase(number);
    });
}

} // namespace signalbox::process
