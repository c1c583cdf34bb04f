// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/fleet/fleet_plan.h"

#include "shared/base/limits.h"
#include "tests/lab/kit/json_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace signalbox::lab_fleet {

using base::Result;
using base::Status;

namespace {

constexpr std::uint16_t kServePort = 8800; // the product's defaults
constexpr std::uint16_t kControlPort = 8801;
constexpr std::uint16_t kObservePort = 8802;
constexpr std::uint16_t kStorePort = 8803;
constexpr std::string_view kModel = "sim-8b";
// On Ctrl-C nobody waits for streams of a replayer that is gone already.
constexpr std::string_view kDrainDeadline = "2s";
constexpr std::chrono::seconds kAgentStopDeadline{5};
constexpr std::chrono::seconds kOtherStopDeadline{3};
constexpr std::size_t kScaledMore = 4; // instances of a pool beyond the fleet's own

// "chat", "chat-2", ...: the first of each has no number.
std::string numbered(std::string_view word, std::size_t number)
{
    return number == 1 ? std::string(word) : fmt::format("{}-{}", word, number);
}

Status takePorts(AgentPart& part, PortBook& ports)
{
    SB_TRY(part.serve, ports.any());
    SB_TRY(part.control, ports.any());
    SB_TRY(part.observe, ports.any());
    return {};
}

Status takeDefaultPorts(AgentPart& part, PortBook& ports)
{
    SB_TRY(part.serve, ports.exactly(kServePort));
    SB_TRY(part.control, ports.exactly(kControlPort));
    SB_TRY(part.observe, ports.exactly(kObservePort));
    SB_TRY(part.store, ports.exactly(kStorePort));
    return {};
}

Status planGateways(const FleetOptions& options, FleetPlan& plan, PortBook& ports)
{
    for (std::size_t i = 1; i <= options.gateways; ++i) {
        AgentPart gateway;
        gateway.id = fmt::format("gateway-{}", i);
        if (i == 1 && options.ports == PortChoice::Default) {
            if (const Status taken = takeDefaultPorts(gateway, ports); !taken)
                return taken.error().because("the first gateway cannot have its default ports "
                                             "8800 to 8803 (--ports any takes free ones)");
        } else {
            SB_CHECK(takePorts(gateway, ports));
            if (i == 1) {
                SB_TRY(gateway.store, ports.any());
            }
        }
        plan.gateways.push_back(std::move(gateway));
    }
    return {};
}

Status planEngines(const std::string& pool, const std::string& model, std::size_t count,
                   FleetPlan& plan, PortBook& ports)
{
    for (std::size_t i = 0; i < count; ++i) {
        EnginePart engine;
        engine.pool = pool;
        engine.model = model;
        SB_TRY(engine.port, ports.any());
        engine.url = fmt::format("http://127.0.0.1:{}", engine.port);
        engine.kind = "simulated engine";
        plan.engines.push_back(std::move(engine));
    }
    return {};
}

Status planSimulated(const FleetOptions& options, FleetPlan& plan, PortBook& ports)
{
    for (std::size_t p = 1; p <= options.pools; ++p) {
        FleetPlan::Pool pool{numbered("chat", p), numbered(kModel, p), ""};
        if (options.standby > 0)
            pool.standby = pool.name + "-standby";
        SB_CHECK(planEngines(pool.name, pool.model, options.instances, plan, ports));
        SB_CHECK(planEngines(pool.standby, pool.model, options.standby, plan, ports));
        plan.pools.push_back(std::move(pool));
    }
    return {};
}

// Engines that serve the same model make one pool.
void planKnown(const std::vector<KnownEngine>& engines, FleetPlan& plan)
{
    for (const KnownEngine& known : engines) {
        const auto serves = [&known](const FleetPlan::Pool& pool) {
            return pool.model == known.answer.model;
        };
        auto pool = std::find_if(plan.pools.begin(), plan.pools.end(), serves);
        if (pool == plan.pools.end()) {
            plan.pools.push_back(
                {numbered("chat", plan.pools.size() + 1), known.answer.model, ""});
            pool = plan.pools.end() - 1;
        }
        EnginePart engine;
        engine.pool = pool->name;
        engine.model = pool->model;
        engine.url = "http://" + known.url.authority() + known.url.basePath;
        engine.kind = known.answer.kind;
        plan.engines.push_back(std::move(engine));
    }
}

Status planAgents(FleetPlan& plan, PortBook& ports)
{
    std::map<std::string, std::size_t> numbers; // by pool
    for (EnginePart& engine : plan.engines) {
        AgentPart agent;
        agent.id = fmt::format("{}-{}", engine.pool, ++numbers[engine.pool]);
        engine.id = "engine-" + agent.id;
        agent.pool = engine.pool;
        agent.engineUrl = engine.url;
        SB_CHECK(takePorts(agent, ports));
        plan.agents.push_back(std::move(agent));
    }
    return {};
}

Status checkSize(const FleetPlan& plan)
{
    const std::size_t processes = plan.gateways.size() + plan.agents.size() + plan.engines.size()
        + plan.pools.size();
    if (processes > limits::kSupervisedProcesses)
        return base::Error(base::Code::InvalidArgument,
                           fmt::format("this fleet would be {} processes; one machine gets at "
                                       "most {}",
                                       processes, limits::kSupervisedProcesses));
    return {};
}

// Written into a policy's template; the agent that starts it must allow it.
std::string simulator(const FleetOptions& options)
{
    return (options.programFolder / "signalbox-engine-sim").string();
}

scaling::ProcessSpec processOf(const FleetOptions& options, const std::string& id,
                               const char* program)
{
    scaling::ProcessSpec spec;
    spec.name = id;
    spec.command = {(options.programFolder / program).string()};
    spec.logFile = logFile(options, id);
    spec.stopDeadline = kOtherStopDeadline;
    return spec;
}

// Simulated pools can be scaled; what this fleet started itself is the least that they have.
std::string scaleOf(const FleetOptions& options, const FleetPlan& plan, const std::string& pool)
{
    const auto started = static_cast<std::size_t>(
        std::count_if(plan.engines.begin(), plan.engines.end(), [&pool](const EnginePart& engine) {
            return engine.isSimulated() && engine.pool == pool;
        }));
    if (started == 0)
        return {};
    return fmt::format(", scale: {{kind: process, on: {}, others: {}, max: {}, start_timeout: 60s, "
                       "drain_deadline: 60s, engine: [{}, \"--port\", \"{{port}}\", \"--model\", "
                       "\"{{model}}\", \"--engine\", {}]}}",
                       plan.gateways.front().id, started, started + kScaledMore,
                       lab::jsonString(simulator(options)), lab::jsonString(options.simEngine));
}

} // namespace

bool FleetPlan::isStandby(const AgentPart& agent) const
{
    return std::any_of(pools.begin(), pools.end(), [&agent](const Pool& pool) {
        return !pool.standby.empty() && pool.standby == agent.pool;
    });
}

Result<FleetPlan> planFleet(const FleetOptions& options, const std::vector<KnownEngine>& engines,
                            PortBook& ports)
{
    FleetPlan plan;
    SB_CHECK(planGateways(options, plan, ports));
    if (engines.empty())
        SB_CHECK(planSimulated(options, plan, ports));
    else
        planKnown(engines, plan);
    SB_CHECK(planAgents(plan, ports));
    SB_CHECK(checkSize(plan));
    return plan;
}

std::filesystem::path stateFolder(const FleetOptions& options, const std::string& id)
{
    return options.dataFolder / "state" / id;
}

std::filesystem::path logFile(const FleetOptions& options, const std::string& id)
{
    return options.dataFolder / "logs" / (id + ".log");
}

std::filesystem::path configFile(const FleetOptions& options, const std::string& id)
{
    return options.dataFolder / "config" / (id + ".yaml");
}

std::filesystem::path readyFile(const FleetOptions& options, const std::string& id)
{
    return options.dataFolder / "ready" / (id + ".json");
}

std::filesystem::path seedFile(const FleetOptions& options)
{
    return options.dataFolder / "config" / "policy.yaml";
}

std::string agentConfig(const FleetOptions& options, const FleetPlan& plan, const AgentPart& part)
{
    std::string text = fmt::format(
        "# Written by the local fleet at each start; edits are lost.\n"
        "id: {}\nfleet: local\ndata_dir: {}\nready_file: {}\n"
        "proxy: {{drain_deadline: {}}}\n"
        "listen:\n"
        "  serve: {{address: \"127.0.0.1:{}\"}}\n"
        "  control: {{address: \"127.0.0.1:{}\"}}\n"
        "  observe: {{address: \"127.0.0.1:{}\"}}\n",
        part.id, lab::jsonString(stateFolder(options, part.id).string()),
        lab::jsonString(readyFile(options, part.id).string()), kDrainDeadline, part.serve,
        part.control, part.observe);
    if (part.store != 0)
        text += fmt::format("  store: {{address: \"127.0.0.1:{}\"}}\n"
                            "store: {{kind: embedded}}\npolicy: {{seed: {}}}\n"
                            "scaling: {{process: {{enabled: true, programs: [{}]}}}}\n",
                            part.store, lab::jsonString(seedFile(options).string()),
                            lab::jsonString(simulator(options)));
    else
        text += fmt::format("store: {{kind: etcd, endpoints: [\"127.0.0.1:{}\"]}}\n",
                            plan.gateways.front().store);
    if (!part.pool.empty())
        text += fmt::format("instance: {{pool: {}, engine: {{url: {}, profile: auto}}}}\n",
                            part.pool, lab::jsonString(part.engineUrl));
    return text;
}

// Each model is a route to its own pool. There are no fallbacks: the pools serve other models,
// and an answer from another model is not what a caller of the local fleet asked for.
std::string policySeed(const FleetOptions& options, const FleetPlan& plan)
{
    std::string text = "# The first policy of the local fleet.\naccess: {mode: open}\npools:\n";
    const auto addPool = [&](const std::string& name, const std::string& model) {
        text += fmt::format("  - {{name: {}, model: {}{}}}\n", name, lab::jsonString(model),
                            scaleOf(options, plan, name));
    };
    for (const FleetPlan::Pool& pool : plan.pools) {
        addPool(pool.name, pool.model);
        if (!pool.standby.empty())
            addPool(pool.standby, pool.model);
    }
    text += "routes:\n";
    for (const FleetPlan::Pool& pool : plan.pools)
        text += fmt::format("  - {{model: {}, targets: [{{pool: {}}}], fallbacks: [{}]}}\n",
                            lab::jsonString(pool.model), pool.name, pool.standby);
    text += "admin:\n";
    for (const AgentPart& agent : plan.agents) {
        if (plan.isStandby(agent))
            text += fmt::format("  - {{agent: {}, state: standby}}\n", agent.id);
    }
    return text;
}

scaling::ProcessSpec engineProcess(const FleetOptions& options, const EnginePart& part)
{
    scaling::ProcessSpec spec = processOf(options, part.id, "signalbox-engine-sim");
    for (const std::string& argument :
         {std::string("--port"), std::to_string(part.port), std::string("--model"), part.model,
          std::string("--engine"), options.simEngine, std::string("--ready-file"),
          readyFile(options, part.id).string()})
        spec.command.push_back(argument);
    return spec;
}

scaling::ProcessSpec agentProcess(const FleetOptions& options, const AgentPart& part)
{
    scaling::ProcessSpec spec = processOf(options, part.id, "signalbox-agent");
    spec.command.emplace_back("run");
    spec.command.push_back(configFile(options, part.id).string());
    spec.stopDeadline = kAgentStopDeadline;
    return spec;
}

scaling::ProcessSpec trafficProcess(const FleetOptions& options, const FleetPlan& plan,
                                    const FleetPlan::Pool& pool)
{
    const std::string id = "traffic-" + pool.name;
    scaling::ProcessSpec spec = processOf(options, id, "signalbox-replay");
    spec.command.push_back(fmt::format("http://127.0.0.1:{}", plan.gateways.front().serve));
    for (const std::string& argument :
         {std::string("--model"), pool.model, std::string("--speed"),
          fmt::format("{:g}", options.speed), std::string("--label"), pool.name,
          std::string("--report"), (options.dataFolder / (id + ".json")).string()})
        spec.command.push_back(argument);
    if (!options.trace.empty()) {
        spec.command.emplace_back("--trace");
        spec.command.push_back(options.trace);
    }
    spec.restart = scaling::RestartPolicy::Never; // a load that is over is over
    return spec;
}

} // namespace signalbox::lab_fleet
