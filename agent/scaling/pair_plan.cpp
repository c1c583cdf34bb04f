// SPDX-License-Identifier: Apache-2.0
#include "agent/scaling/pair_plan.h"

#include "shared/model/scale_template.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace signalbox::scaling {

namespace {

// A double-quoted YAML scalar.
std::string yamlText(std::string_view text)
{
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\')
            out.push_back('\\');
        if (static_cast<unsigned char>(c) < 0x20)
            out += fmt::format("\\x{:02x}", static_cast<unsigned>(c));
        else
            out.push_back(c);
    }
    return out + "\"";
}

std::string loopback(std::uint16_t port)
{
    return fmt::format("127.0.0.1:{}", port);
}

std::string configText(const std::string& id, const model::Pool& pool, const PairPorts& ports,
                       const std::filesystem::path& state, const ScalerSettings& settings)
{
    std::vector<std::string> endpoints;
    for (const std::string& endpoint : settings.storeEndpoints)
        endpoints.push_back(yamlText(endpoint));
    return fmt::format("# Written by the scaler of {0} at each start; edits are lost.\n"
                       "id: {1}\nfleet: {2}\nzone: {3}\ndata_dir: {4}\n"
                       "listen:\n"
                       "  serve: {{address: \"{5}\"}}\n"
                       "  control: {{address: \"{6}\"}}\n"
                       "  observe: {{address: \"{7}\"}}\n"
                       "store: {{kind: etcd, endpoints: [{8}], insecure: {9}}}\n"
                       "instance:\n"
                       "  pool: {10}\n"
                       "  engine: {{url: \"http://{11}\", profile: auto}}\n"
                       "  started_by: {0}\n"
                       "proxy: {{drain_deadline: {12}ms}}\n",
                       settings.agentId, id, settings.fleet, yamlText(settings.zone),
                       yamlText(state.string()), loopback(ports.serve), loopback(ports.control),
                       loopback(ports.observe), fmt::join(endpoints, ", "),
                       settings.isStoreInsecure, pool.name, loopback(ports.engine),
                       pool.scale->drainDeadlineMs);
}

bool isAllowed(const std::vector<std::string>& command, const ScalerSettings& settings)
{
    return std::find(settings.programs.begin(), settings.programs.end(), command.front())
        != settings.programs.end();
}

} // namespace

std::string whyNot(const model::PoolScale& scale, const ScalerSettings& settings)
{
    if (!settings.isEnabled)
        return fmt::format("{} starts no processes: scaling.process.enabled is off in its "
                           "configuration",
                           settings.agentId);
    for (const std::vector<std::string>* command : {&scale.engine, &scale.agent}) {
        if (!command->empty() && !isAllowed(*command, settings))
            return fmt::format("{} may not start {}: scaling.process.programs in its configuration "
                               "does not list it",
                               settings.agentId, command->front());
    }
    return {};
}

base::Result<PairPlan> planPair(const model::Pool& pool, std::uint32_t index,
                                const PairPorts& ports, const ScalerSettings& settings)
{
    const model::PoolScale& scale = *pool.scale;
    if (std::string reason = whyNot(scale, settings); !reason.empty())
        return base::Error(base::Code::FailedPrecondition, std::move(reason));
    PairPlan plan;
    plan.id = model::pairId(pool.name, index);
    plan.serve = loopback(ports.serve);
    const std::filesystem::path folder = settings.folder / plan.id;
    plan.logFolder = folder / "logs";
    plan.files.folders = {folder / "state", folder / "engine", plan.logFolder};
    plan.files.configFile = folder / "agent.yaml";
    plan.files.configText = configText(plan.id, pool, ports, folder / "state", settings);
    const model::TemplateValues values{{"port", std::to_string(ports.engine)},
                                       {"id", plan.id},
                                       {"index", std::to_string(index)},
                                       {"pool", pool.name},
                                       {"model", pool.model},
                                       {"data", (folder / "engine").string()},
                                       {"config", plan.files.configFile.string()}};

    plan.engine.name = "engine of " + plan.id;
    SB_TRY(plan.engine.command, model::filled(scale.engine, values));
    plan.engine.workingDirectory = folder / "engine";
    plan.engine.logFile = plan.logFolder / "engine.log";
    plan.agent.name = "agent " + plan.id;
    const std::vector<std::string> builtIn{settings.agentProgram, "run", "{config}"};
    SB_TRY(plan.agent.command, model::filled(scale.agent.empty() ? builtIn : scale.agent, values));
    plan.agent.workingDirectory = folder;
    plan.agent.logFile = plan.logFolder / "agent.log";
    // Told to end, an agent lets what is open there end first; only then is it killed.
    plan.agent.stopDeadline
        = std::chrono::milliseconds(scale.drainDeadlineMs) + limits::kProcessStopDeadline;
    for (ProcessSpec* spec : {&plan.engine, &plan.agent})
        spec->logBytesMax = scale.logBytes;
    return plan;
}

} // namespace signalbox::scaling
