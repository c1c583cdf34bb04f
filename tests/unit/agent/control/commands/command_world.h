// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/control/commands/apply.h"
#include "agent/control/commands/ledger.h"
#include "agent/control/commands/seed_policy.h"
#include "shared/model/policy_edit.h"
#include "tests/unit/agent/control/control_world.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace signalbox::control {

// One agent that can take commands, over the world's store. Lives on: the test's thread.
struct CommandAgent {
    CommandAgent(ControlWorld& world, std::string agentId)
        : id(std::move(agentId)), store(world.executor, world.store.world()),
          watch(store, world.executor, world.clock, world.keys, told.handlers()), signer(id),
          ledger(store, world.clock, world.keys),
          desk({ledger, watch, signer, world.executor, world.clock, live(), id})
    {
        auto record = recordOf(id, "b-" + id);
        record.kind = model::AgentKind::Gateway;
        record.pool.clear();
        record.planPublicKey = signer.publicKey();
        world.store.world()->put(world.keys.agent(id), wire::toJson(record));
        watch.start({});
        world.executor.advance(std::chrono::milliseconds(50));
    }

    LiveFacts live()
    {
        LiveFacts made;
        made.agent = [this](const std::string& agent) -> std::optional<AgentFacts> {
            const auto found = facts.find(agent);
            return found == facts.end() ? std::nullopt : std::optional(found->second);
        };
        return made;
    }

    std::string id;
    tests::MemoryStore store; // its own connection to the one store
    Told told;
    std::map<std::string, AgentFacts> facts;
    FleetWatch watch;
    PlanSigner signer;
    Ledger ledger;
    CommandDesk desk;
};

inline model::AdminEdit drainOf(std::vector<std::string> agents, std::int64_t deadlineUnixMs = 0)
{
    model::AdminEdit edit;
    edit.verb = model::Verb::Drain;
    for (std::string& agent : agents)
        edit.changes.push_back({std::move(agent), model::Admin::Drain, deadlineUnixMs});
    return edit;
}

inline model::AdminEdit undrainOf(const std::string& agent)
{
    return {model::Verb::Undrain, "", {{agent, model::Admin::Run, 0}}};
}

// A fleet with a seeded policy: pool "chat" (floor 1) with gpu-1 and gpu-2, route "tiny", and two
// gateways that take commands. Lives on: the test's thread.
struct CommandWorld : ControlWorld {
    CommandWorld()
    {
        model::Policy policy;
        policy.access.mode = model::AccessMode::Open;
        policy.pools["chat"] = model::Pool{"chat", "", {}, 1};
        policy.routes["tiny"] = model::Route{"tiny", "tiny", {}, {{"chat", 100}}, {}};
        Ledger ledger(store, clock, keys);
        PolicySeeder seeder(ledger, executor, "gw-1", policy);
        seeder.start([](const auto&) {});
        executor.runReady();
        for (const char* id : {"gpu-1", "gpu-2"})
            store.world()->put(keys.agent(id), wire::toJson(recordOf(id)));
        first = std::make_unique<CommandAgent>(*this, "gw-1");
        second = std::make_unique<CommandAgent>(*this, "gw-2");
        executor.advance(std::chrono::milliseconds(50));
    }

    base::Result<model::Preview> preview(CommandAgent& agent, model::Edit edit)
    {
        std::optional<base::Result<model::Preview>> answer;
        agent.desk.preview(std::move(edit), [&](auto result) { answer = std::move(result); });
        executor.advance(std::chrono::milliseconds(50));
        return answer ? *answer : unanswered();
    }
    base::Result<model::Preview> previewUndo(CommandAgent& agent, std::uint64_t number)
    {
        std::optional<base::Result<model::Preview>> answer;
        agent.desk.previewUndo(number, [&](auto result) { answer = std::move(result); });
        executor.advance(std::chrono::milliseconds(50));
        return answer ? *answer : unanswered();
    }
    base::Result<ApplyAnswer> apply(CommandAgent& agent, const model::Plan& plan,
                                    model::ApplyOptions options)
    {
        std::optional<base::Result<ApplyAnswer>> answer;
        agent.desk.apply(plan, std::move(options),
                         [&](auto result) { answer = std::move(result); });
        executor.advance(std::chrono::seconds(30));
        return answer ? *answer : unanswered();
    }
    // The whole path, for tests that are about what comes after it.
    base::Result<ApplyAnswer> run(CommandAgent& agent, model::Edit edit,
                                  const std::string& requestId)
    {
        SB_TRY(const model::Preview previewed, preview(agent, std::move(edit)));
        return apply(agent, previewed.plan, because(requestId));
    }

    static model::ApplyOptions because(const std::string& requestId)
    {
        return {"ana", "the fan is loud", requestId, ""};
    }
    static base::Error unanswered() { return {base::Code::Internal, "no answer came"}; }

    model::Policy policy() const { return first->watch.picture()->policy; }
    model::AuditRecord record(std::uint64_t number)
    {
        const auto key = store.world()->get(keys.audit(number));
        if (!key)
            return {};
        auto found = *wire::auditFromJson(key->value);
        found.revision = key->modRevision;
        return found;
    }

    std::unique_ptr<CommandAgent> first;
    std::unique_ptr<CommandAgent> second;
};

} // namespace signalbox::control
