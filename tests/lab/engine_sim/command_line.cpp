// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/engine_sim/command_line.h"

#include <CLI/CLI.hpp>

#include <fmt/format.h>

namespace signalbox::engine_sim {

namespace {

struct RawOptions {
    std::string preset{lab::kStepTimePresets[0].name};
    double keepAliveSeconds = 5;
    double shutdownSeconds = 0;
    int reportSeconds = 10;
};

std::string presetHelp()
{
    std::string help = "engine to imitate:";
    for (const lab::StepTimePreset& preset : lab::kStepTimePresets)
        help += fmt::format(" {} ({});", preset.name, preset.measured);
    help.back() = '.';
    return help;
}

void addServing(CLI::App& app, SimOptions& options)
{
    app.add_option("--host", options.host, "Address to listen on.")->capture_default_str();
    app.add_option("--port", options.port, "Port; 0 lets the system choose.")
        ->capture_default_str();
    app.add_option("--ready-file", options.readyFile,
                   "Gets the announcement (JSON) once the engine serves.");
    app.add_option("--model", options.model, "Name of the simulated model.")
        ->capture_default_str();
    app.add_option("--key", options.key,
                   "Key of the text: clients check answers with the same one.")
        ->capture_default_str();
    app.add_option("--api-key", options.apiKey, "Bearer token that /v1 asks for.");
}

void addEngine(CLI::App& app, SimOptions& options, RawOptions& raw)
{
    app.add_option("--engine", raw.preset, presetHelp())->capture_default_str();
    const auto step = [&app](const char* name, double& value, const char* text) {
        app.add_option(name, value, text)->check(CLI::NonNegativeNumber);
    };
    step("--step-base-ms", options.stepTime.baseMs, "Milliseconds of every iteration.");
    step("--step-sequence-ms", options.stepTime.perSequenceMs, "More per decoding sequence.");
    step("--step-context-token-ms", options.stepTime.perContextTokenMs,
         "More per token of their context.");
    step("--step-prefill-token-ms", options.stepTime.perPrefillTokenMs,
         "More per prompt token computed.");
    app.add_option("--speed", options.speed, "Times faster than that.")
        ->check(CLI::Range(0.001, 100000.0))
        ->capture_default_str();
    app.add_option("--max-num-seqs", options.batch.sequencesMax, "Sequences running at once.")
        ->check(CLI::Range(1, 100000))
        ->capture_default_str();
    app.add_option("--max-num-batched-tokens", options.batch.batchedTokensMax,
                   "Tokens computed in one iteration.")
        ->check(CLI::Range(1, 1000000))
        ->capture_default_str();
    app.add_option("--kv-tokens", options.batch.kvTokens, "Tokens of context in memory.")
        ->check(CLI::Range(16, 1000000000))
        ->capture_default_str();
    app.add_option("--max-model-len", options.contextTokensMax, "Longest prompt and answer.")
        ->check(CLI::Range(16, 10000000))
        ->capture_default_str();
    app.add_option("--max-num-queued-reqs", options.queuedRequestsMax,
                   "Requests, running and waiting, before 503; 0: no limit.")
        ->capture_default_str();
}

void addLife(CLI::App& app, RawOptions& raw)
{
    app.add_option("--keep-alive-s", raw.keepAliveSeconds, "Idle connections close after this.")
        ->check(CLI::Range(0.01, 3600.0))
        ->capture_default_str();
    app.add_option("--shutdown-timeout-s", raw.shutdownSeconds,
                   "SIGTERM lets answers finish for so long; 0 aborts them.")
        ->check(CLI::Range(0.0, 3600.0))
        ->capture_default_str();
    app.add_option("--report-every-s", raw.reportSeconds,
                   "Logs utilisation and queue this often; 0: never.")
        ->check(CLI::Range(0, 3600))
        ->capture_default_str();
}

std::chrono::milliseconds milliseconds(double seconds)
{
    return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

// A preset fills in what was not given by itself.
bool applyPreset(const CLI::App& app, const RawOptions& raw, lab::StepTime& time)
{
    const lab::StepTimePreset* preset = lab::findStepTimePreset(raw.preset);
    if (preset == nullptr)
        return false;
    const auto fill = [&app](const char* name, double& value, double fromPreset) {
        if (app.count(name) == 0)
            value = fromPreset;
    };
    fill("--step-base-ms", time.baseMs, preset->time.baseMs);
    fill("--step-sequence-ms", time.perSequenceMs, preset->time.perSequenceMs);
    fill("--step-context-token-ms", time.perContextTokenMs, preset->time.perContextTokenMs);
    fill("--step-prefill-token-ms", time.perPrefillTokenMs, preset->time.perPrefillTokenMs);
    return true;
}

} // namespace

std::variant<SimOptions, int> readCommandLine(int argc, char** argv)
{
    CLI::App app("signalbox-engine-sim: an LLM engine that is simulated. It speaks vLLM's HTTP, "
                 "takes the time a real engine takes, and writes text that clients can check.\n"
                 "Faults on demand: GET /sim/fault lists them, POST arms one, DELETE clears; "
                 "GET /sim/state counts.");
    SimOptions options;
    RawOptions raw;
    addServing(app, options);
    addEngine(app, options, raw);
    addLife(app, raw);
    try {
        app.parse(argc, argv);
        if (!applyPreset(app, raw, options.stepTime))
            throw CLI::ValidationError("--engine", "'" + raw.preset + "' is unknown; " +
                                                       presetHelp());
    } catch (const CLI::ParseError& error) {
        return app.exit(error);
    }
    options.keepAlive = milliseconds(raw.keepAliveSeconds);
    options.shutdownTimeout = milliseconds(raw.shutdownSeconds);
    options.reportEvery = std::chrono::seconds(raw.reportSeconds);
    return options;
}

} // namespace signalbox::engine_sim
