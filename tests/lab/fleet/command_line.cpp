// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/fleet/command_line.h"

#include "shared/base/limits.h"
#include "tests/lab/kit/step_time.h"

#include <CLI/CLI.hpp>

#include <unistd.h>

namespace signalbox::lab_fleet {

namespace {

namespace files = std::filesystem;

struct RawOptions {
    std::vector<std::string> engines;
    std::string ports = "default";
    std::string data = "build/run";
    bool isHeadless = false;
    bool hasNoConsole = false;
    bool hasNoTraffic = false;
    bool keepsState = false;
};

std::vector<std::string> presetNames()
{
    std::vector<std::string> names;
    for (const lab::StepTimePreset& preset : lab::kStepTimePresets)
        names.emplace_back(preset.name);
    return names;
}

void addShape(CLI::App& app, FleetOptions& options, RawOptions& raw)
{
    auto* instances
        = app.add_option("--instances", options.instances, "Instances in each pool.")
              ->check(CLI::Range(std::size_t{1}, limits::kLabInstances))
              ->capture_default_str();
    auto* pools = app.add_option("--pools", options.pools, "Pools; each serves a model.")
                      ->check(CLI::Range(std::size_t{1}, limits::kLabPools))
                      ->capture_default_str();
    auto* standby = app.add_option("--standby", options.standby,
                                   "Instances that wait behind each pool, in a pool of their own "
                                   "that its route can fail over to.")
                        ->check(CLI::Range(std::size_t{0}, limits::kLabInstances))
                        ->capture_default_str();
    app.add_option("--gateways", options.gateways, "Gateways; the first keeps the fleet's state.")
        ->check(CLI::Range(std::size_t{1}, limits::kLabGateways))
        ->capture_default_str();
    app.add_option("--engine", raw.engines,
                   "http://host:port of an engine that you run (vLLM, llama.cpp, Ollama ...), "
                   "once for each; nothing is simulated then.")
        ->excludes(instances)
        ->excludes(pools)
        ->excludes(standby);
    app.add_option("--sim-engine", options.simEngine, "Engine whose speed is simulated.")
        ->check(CLI::IsMember(presetNames()))
        ->capture_default_str();
}

void addTraffic(CLI::App& app, FleetOptions& options, RawOptions& raw)
{
    app.add_flag("--no-traffic", raw.hasNoTraffic, "Start no replayer.");
    app.add_option("--trace", options.trace,
                   "Recorded load for the replayer: Azure csv, Mooncake jsonl, VTC csv. "
                   "Default: generated chat traffic.")
        ->check(CLI::ExistingFile);
    app.add_option("--speed", options.speed, "Times faster than the load was recorded.")
        ->check(CLI::Range(0.001, 1000.0))
        ->capture_default_str();
}

void addRunning(CLI::App& app, FleetOptions& options, RawOptions& raw)
{
    app.add_flag("--headless", raw.isHeadless, "No live table; events are printed as lines.");
    app.add_flag("--no-console", raw.hasNoConsole,
                 "Open no console, although there is a display.");
    app.add_option("--ready-file", options.readyFile,
                   "JSON with every address and pid; appears once the fleet serves, and again "
                   "whenever one changes.");
    app.add_option("--ports", raw.ports,
                   "Of the first gateway: default (8800 to 8803), or any the system gives.")
        ->check(CLI::IsMember({"default", "any"}))
        ->capture_default_str();
    app.add_option("--data", raw.data, "Folder for state, logs and configuration.")
        ->take_last() // ./run gives one, its caller perhaps another
        ->capture_default_str();
    app.add_flag("--keep-state", raw.keepsState,
                 "Go on with policy, audit and history of the last run.");
}

// Everything is started with other working folders in mind, so names are made absolute here.
void finish(FleetOptions& options, const RawOptions& raw)
{
    for (const std::string& text : raw.engines) {
        auto url = lab::parseHttpUrl(text);
        if (!url)
            throw CLI::ValidationError("--engine", url.error().message());
        options.engines.push_back(*std::move(url));
    }
    if (options.engines.size() > limits::kLabInstances)
        throw CLI::ValidationError("--engine", "more engines than one machine can watch");
    options.picture = raw.isHeadless || ::isatty(STDOUT_FILENO) == 0 ? Picture::None
                                                                     : Picture::Table;
    const bool hasDisplay
        = std::getenv("DISPLAY") != nullptr || std::getenv("WAYLAND_DISPLAY") != nullptr;
    options.window = hasDisplay && !raw.isHeadless && !raw.hasNoConsole ? Window::Console
                                                                        : Window::None;
    options.traffic = raw.hasNoTraffic ? Traffic::Off : Traffic::On;
    options.ports = raw.ports == "any" ? PortChoice::Any : PortChoice::Default;
    options.oldState = raw.keepsState ? OldState::Keep : OldState::Discard;
    options.dataFolder = files::absolute(raw.data);
    if (!options.trace.empty())
        options.trace = files::absolute(options.trace);
    if (!options.readyFile.empty())
        options.readyFile = files::absolute(options.readyFile);
    options.programFolder = files::read_symlink("/proc/self/exe").parent_path();
}

} // namespace

std::variant<FleetOptions, int> readCommandLine(int argc, char** argv)
{
    CLI::App app("Starts a local fleet: gateways, agents beside engines (simulated, or your own), "
                 "traffic, and a live table. Ctrl-C ends everything that it started.",
                 "run");
    FleetOptions options;
    RawOptions raw;
    addShape(app, options, raw);
    addTraffic(app, options, raw);
    addRunning(app, options, raw);
    try {
        app.parse(argc, argv);
        finish(options, raw);
    } catch (const CLI::ParseError& error) {
        return app.exit(error);
    }
    return options;
}

} // namespace signalbox::lab_fleet
