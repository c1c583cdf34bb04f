// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "console/ctl/fleet.h"

#include <string>

// A small fleet as plain values: one gateway, three instances, one of them in trouble.
namespace signalbox::ctl::tests {

inline constexpr std::int64_t kNow = 1'767'225'600'000;

inline AgentFacts instance(const std::string& id, model::Health health = model::Health::Ready)
{
    AgentFacts agent;
    agent.state.record.id = base::AgentId(id);
    agent.state.record.pool = "chat";
    agent.state.record.health.state = health;
    agent.state.record.health.sinceUnixMs = kNow - 192'000;
    agent.state.record.appliedRevision = 419;
    agent.state.record.addresses.serve = "192.0.2.1:8800";
    agent.state.record.addresses.control = "192.0.2.1:8801";
    agent.state.record.engine = {"http://192.0.2.1:8000", "vllm", "0.8.5", {"llama"}};
    agent.state.record.version = "0.1.0";
    agent.state.record.startedUnixMs = kNow - 3'600'000;
    agent.ageMs = 400;
    return agent;
}

inline AgentFacts gateway(const std::string& id)
{
    AgentFacts agent = instance(id);
    agent.state.record.kind = model::AgentKind::Gateway;
    agent.state.record.pool.clear();
    agent.state.record.engine = {};
    return agent;
}

inline Picture smallFleet()
{
    Picture picture;
    picture.fleet = "demo";
    picture.nowUnixMs = kNow;
    picture.link = {LinkState::Connected, "grpc://192.0.2.1:8801", ""};
    picture.agents = {gateway("gate-01"), instance("gpu-01"), instance("gpu-02"),
                      instance("gpu-03", model::Health::Failed)};
    picture.agents[3].state.record.health.reason = "connection refused";
    return picture;
}

} // namespace signalbox::ctl::tests
