// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/replay/command_line.h"

#include <CLI/CLI.hpp>

#include <map>

namespace signalbox::replay {

namespace {

struct RawOptions {
    std::string target;
    std::string connections = "unlimited";
    double durationSeconds = 0;
    double timeoutSeconds = 600;
    double drainSeconds = 120;
    double waitSeconds = 10;
    bool isQuiet = false;
};

void addTarget(CLI::App& app, ReplayOptions& options, RawOptions& raw)
{
    app.add_option("target", raw.target, "Where to send: http://host:port")->required();
    app.add_option("--model", options.model, "Model to ask for; default: the first one listed.");
    app.add_option("--api-key", options.apiKey, "Bearer token to send.")
        ->envname("SIGNALBOX_API_KEY");
    app.add_option("--key", options.key, "Key of the simulated engines' text.")
        ->capture_default_str();
    app.add_option("--text", options.textCheck,
                   "keyed: check every byte; any: do not; ask: find out with a first request.")
        ->transform(CLI::CheckedTransformer(std::map<std::string, TextCheck>{
            {"ask", TextCheck::Ask}, {"keyed", TextCheck::Keyed}, {"any", TextCheck::Any}}));
    app.add_option("--wait-s", raw.waitSeconds, "Waits so long for a target that is starting.")
        ->capture_default_str();
}

void addLoad(CLI::App& app, ReplayOptions& options, RawOptions& raw)
{
    auto* trace = app.add_option("--trace", options.trace,
                                 "Recorded load: Azure csv, Mooncake jsonl or VTC csv.")
                      ->check(CLI::ExistingFile);
    app.add_option("--traffic", options.traffic, "Generated load with a trace's statistics.")
        ->check(CLI::IsMember({"chat", "code"}))
        ->capture_default_str()
        ->excludes(trace);
    app.add_option("--rate", options.rate, "Generated requests a second; default: the trace's.")
        ->check(CLI::PositiveNumber)
        ->excludes(trace);
    app.add_option("--speed", options.speed, "Times faster.")
        ->check(CLI::Range(0.001, 10000.0))
        ->capture_default_str();
    app.add_option("--seed", options.seed, "Equal seeds send equal requests.")
        ->capture_default_str();
    app.add_option("--duration", raw.durationSeconds, "Seconds of sending; default: all of it.")
        ->check(CLI::NonNegativeNumber);
    app.add_option("--requests", options.requestsMax, "Sends at most so many.");
    const auto share = [&app](const char* name, double& value, const char* text) {
        app.add_option(name, value, text)->check(CLI::Range(0.0, 1.0))->capture_default_str();
    };
    share("--stream-share", options.streamShare, "Share of requests that stream.");
    share("--completions-share", options.completionsShare, "Share that uses /v1/completions.");
    share("--leave-share", options.leaveShare, "Share of streams that hang up in the middle.");
    app.add_option("--connections", raw.connections, "At most so many at once, or 'unlimited'.")
        ->capture_default_str();
    app.add_option("--timeout-s", raw.timeoutSeconds, "For one whole answer.")
        ->capture_default_str();
    app.add_option("--drain-s", raw.drainSeconds, "For open answers when sending has ended.")
        ->capture_default_str();
}

void addReport(CLI::App& app, ReplayOptions& options, RawOptions& raw)
{
    app.add_option("--report", options.reportFile, "Writes the result as JSON.");
    app.add_option("--label", options.label, "A word for the report.");
    app.add_flag("--quiet", raw.isQuiet, "No progress, no summary.");
}

std::chrono::milliseconds milliseconds(double seconds)
{
    return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

void finish(CommandLine& line, const RawOptions& raw)
{
    auto url = lab::parseHttpUrl(raw.target);
    if (!url)
        throw CLI::ValidationError("target", url.error().message());
    line.options.target = *std::move(url);
    if (raw.connections != "unlimited") {
        std::size_t most = 0;
        if (!CLI::detail::lexical_cast(raw.connections, most) || most == 0)
            throw CLI::ValidationError("--connections", "'" + raw.connections
                                           + "' is neither a number nor 'unlimited'");
        line.options.connectionsMax = most;
    }
    line.options.duration = milliseconds(raw.durationSeconds);
    line.options.timeout = milliseconds(raw.timeoutSeconds);
    line.options.drain = milliseconds(raw.drainSeconds);
    line.patience = milliseconds(raw.waitSeconds);
    line.options.printsProgress = !raw.isQuiet;
}

} // namespace

std::variant<CommandLine, int> readCommandLine(int argc, char** argv)
{
    CLI::App app("signalbox-replay: sends a recorded or generated load on its schedule, whatever "
                 "the answers do, and judges every answer.\n"
                 "Exit status: 0 honest answers (errors included), 1 could not run, 2 wrong bytes "
                 "or a truncation that looks like success.");
    CommandLine line;
    RawOptions raw;
    addTarget(app, line.options, raw);
    addLoad(app, line.options, raw);
    addReport(app, line.options, raw);
    try {
        app.parse(argc, argv);
        finish(line, raw);
    } catch (const CLI::ParseError& error) {
        return app.exit(error);
    }
    return line;
}

} // namespace signalbox::replay
