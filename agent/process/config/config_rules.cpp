// SPDX-License-Identifier: Apache-2.0
#include "agent/process/config/config_rules.h"

#include "agent/engine/engine_url.h"
#include "agent/runtime/address.h"
#include "shared/base/names.h"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include <unistd.h>

namespace signalbox::process {

namespace {

using Problems = std::vector<RuleProblem>;

constexpr std::string_view kNameRule
    = "must be 1 to 63 of a-z, 0-9, '.', '_' and '-', and begin with a letter or digit";

std::string hostName()
{
    std::array<char, 256> buffer{};
    if (::gethostname(buffer.data(), buffer.size() - 1) != 0)
        return "agent";
    return buffer.data();
}

// A host name in the alphabet of names, with room for what is put behind it.
std::string nameFromHost()
{
    constexpr std::size_t kHostBytesMax = 50;
    std::string name;
    for (const char c : hostName().substr(0, kHostBytesMax)) {
        const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        const bool fits = (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9')
            || lower == '.' || (lower == '-' && !name.empty());
        name.push_back(fits ? lower : (name.empty() ? 'x' : '-'));
    }
    return name.empty() ? "agent" : name;
}

std::string defaultDataDir(const AgentConfig& config, const Environment& environment)
{
    const auto variable = [&](const char* name) {
        const auto found = environment.find(name);
        return found == environment.end() ? std::string() : found->second;
    };
    if (const std::string state = variable("STATE_DIRECTORY"); !state.empty())
        return state.substr(0, state.find(':'));
    if (const std::string state = variable("XDG_STATE_HOME"); !state.empty())
        return fmt::format("{}/signalbox/{}", state, config.id.str());
    if (const std::string home = variable("HOME"); !home.empty())
        return fmt::format("{}/.local/state/signalbox/{}", home, config.id.str());
    return {};
}

void checkNames(const AgentConfig& config, Problems& problems)
{
    const auto check = [&](const char* key, const std::string& name) {
        if (!base::isValidName(name))
            problems.push_back({key, std::string(kNameRule)});
    };
    check("id", config.id.str());
    check("fleet", config.fleet);
    if (!config.zone.empty())
        check("zone", config.zone);
    if (config.instance.isPresent())
        check("instance.pool", config.instance.pool);
    if (config.dataDir.empty())
        problems.push_back({"data_dir", "must be given where neither STATE_DIRECTORY nor HOME is"});
    for (const std::string_view level : {"debug", "info", "warn", "error"}) {
        if (config.logLevel == level)
            return;
    }
    problems.push_back({"log.level", "must be debug, info, warn or error"});
}

struct NamedListener {
    std::string_view name;
    const ListenerConfig& listener;
};

void checkListeners(const AgentConfig& config, Problems& problems)
{
    const std::array listeners{NamedListener{"serve", config.listen.serve},
                               NamedListener{"control", config.listen.control},
                               NamedListener{"observe", config.listen.observe},
                               NamedListener{"store", config.listen.store}};
    std::vector<std::pair<runtime::Address, std::string_view>> taken;
    for (const auto& [name, listener] : listeners) {
        if (!listener.isOn())
            continue;
        const std::string key = fmt::format("listen.{}.address", name);
        const auto address = runtime::Address::parse(listener.address);
        if (!address) {
            problems.push_back({key, address.error().text()});
            continue;
        }
        if (!address->isLoopback() && !listener.insecure)
            problems.push_back(
                {key, fmt::format("{} is reached by other machines and has no TLS: use a loopback "
                                  "address, or set listen.{}.insecure: true where the network "
                                  "protects it",
                                  listener.address, name)});
        for (const auto& [other, otherName] : taken) {
            if (other == *address && address->port() != 0)
                problems.push_back({key, fmt::format("{} is taken by listen.{}", listener.address,
                                                     otherName)});
        }
        taken.emplace_back(*address, name);
    }
}

void checkStore(const AgentConfig& config, Problems& problems)
{
    const StoreConfig& store = config.store;
    if (store.kind == StoreKind::Embedded) {
        if (!store.endpoints.empty())
            problems.push_back({"store.endpoints", "are for store.kind etcd; an embedded store has "
                                                   "none"});
        return;
    }
    if (store.endpoints.empty())
        problems.push_back({"store.kind", "etcd needs store.endpoints"});
    if (config.isGiven("listen.store.address") && config.listen.store.isOn())
        problems.push_back({"listen.store.address", "only an embedded store listens"});
    for (const std::string& endpoint : store.endpoints) {
        const auto url = engine::parseEngineUrl(endpoint);
        if (!url || endpoint.find("://") != std::string::npos) {
            problems.push_back({"store.endpoints",
                                fmt::format("\"{}\" must be host:port", endpoint)});
            continue;
        }
        const auto address = runtime::Address::parse(url->hostPort());
        const bool isLocal = url->host == "localhost" || (address && address->isLoopback());
        if (!isLocal && !store.insecure)
            problems.push_back({"store.endpoints",
                                fmt::format("{} is another machine and has no TLS: set "
                                            "store.insecure: true where the network protects it",
                                            endpoint)});
    }
}

void checkInstance(const AgentConfig& config, Problems& problems)
{
    const InstanceConfig& instance = config.instance;
    if (instance.isPresent() && instance.engine.url.empty())
        problems.push_back({"instance.pool", "an instance needs instance.engine.url"});
    if (!instance.isPresent() && !instance.engine.url.empty())
        problems.push_back({"instance.engine.url", "an engine needs instance.pool"});
    if (instance.engine.url.empty())
        return;
    const auto url = engine::parseEngineUrl(instance.engine.url);
    if (!url)
        problems.push_back({"instance.engine.url", url.error().text()});
    else if (url->hostPort() == config.listen.serve.address)
        problems.push_back({"instance.engine.url", "is this agent's own listen.serve.address"});
    if (!base::isValidName(instance.engine.profile))
        problems.push_back({"instance.engine.profile", std::string(kNameRule)});
}

void checkScaling(const AgentConfig& config, Problems& problems)
{
    for (const std::string& program : config.scaling.programs) {
        if (!program.starts_with('/'))
            problems.push_back({"scaling.process.programs",
                                fmt::format("\"{}\" must be the whole path of a program",
                                            program)});
    }
    if (config.scaling.processEnabled && config.scaling.programs.empty())
        problems.push_back({"scaling.process.enabled",
                            "needs scaling.process.programs: without a program nothing can be "
                            "started"});
    const std::string& startedBy = config.instance.startedBy;
    if (!startedBy.empty() && !base::isValidName(startedBy))
        problems.push_back({"instance.started_by", std::string(kNameRule)});
    if (!startedBy.empty() && !config.instance.isPresent())
        problems.push_back({"instance.started_by", "only an instance is started by another agent"});
}

void checkTimes(const AgentConfig& config, Problems& problems)
{
    if (config.health.probeTimeout > config.health.probeInterval)
        problems.push_back(
            {"health.probe_timeout", "must not be longer than health.probe_interval"});
    if (config.proxy.firstTokenFloor > config.proxy.requestDeadline)
        problems.push_back(
            {"proxy.first_token_floor", "must not be longer than proxy.request_deadline"});
    if (config.http.connectionsPerSourceMax > config.http.connectionsMax)
        problems.push_back({"http.connections_per_source_max",
                            "must not be larger than http.connections_max"});
}

} // namespace

void completeConfig(AgentConfig& config, const Environment& environment)
{
    if (config.id.empty()) {
        const auto url = engine::parseEngineUrl(config.instance.engine.url);
        const std::string role = config.isGateway() ? "gateway"
            : url                                   ? std::to_string(url->port)
                                                    : "instance";
        config.id = base::AgentId(fmt::format("{}-{}", nameFromHost(), role));
    }
    if (config.dataDir.empty())
        config.dataDir = defaultDataDir(config, environment);
    if (config.store.kind == StoreKind::Etcd && !config.isGiven("listen.store.address"))
        config.listen.store.address.clear();
}

std::vector<RuleProblem> checkRules(const AgentConfig& config)
{
    Problems problems;
    checkNames(config, problems);
    checkListeners(config, problems);
    checkStore(config, problems);
    checkInstance(config, problems);
    checkScaling(config, problems);
    checkTimes(config, problems);
    return problems;
}

} // namespace signalbox::process
