// SPDX-License-Identifier: Apache-2.0
#include "shared/base/log.h"
#include "tests/lab/engine_sim/command_line.h"
#include "tests/lab/engine_sim/http_server.h"
#include "tests/lab/kit/json_text.h"
#include "tests/lab/kit/whole_file.h"

#include <fmt/format.h>

#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <exception>

namespace {

using namespace signalbox;

// One line of JSON for the program that started us: on standard output, and in the ready file.
base::Status announce(const engine_sim::SimOptions& options, std::uint16_t port)
{
    const std::string line = fmt::format(
        R"({{"program":"signalbox-engine-sim","simulated":true,"pid":{},"url":"http://{}:{}",)"
        R"("port":{},"model":{}}})"
        "\n",
        ::getpid(), options.host, port, port, lab::jsonString(options.model));
    std::fputs(line.c_str(), stdout);
    std::fflush(stdout);
    if (options.readyFile.empty())
        return {};
    return lab::writeWholeFile(options.readyFile, line);
}

int serve(const engine_sim::SimOptions& options)
{
    engine_sim::HttpServer server(options);
    const auto port = server.listen();
    if (!port) {
        log::error("engine_sim", "start_failed", "why", port.error().text());
        return 1;
    }
    server.stopOnSignals();
    if (const auto announced = announce(options, *port); !announced) {
        log::error("engine_sim", "announce_failed", "why", announced.error().text());
        return 1;
    }
    server.run();
    return 0;
}

} // namespace

int main(int argc, char** argv)
{
    std::signal(SIGPIPE, SIG_IGN);
    try {
        auto options = engine_sim::readCommandLine(argc, argv);
        if (const int* status = std::get_if<int>(&options))
            return *status;
        return serve(std::get<engine_sim::SimOptions>(options));
    } catch (const std::exception& error) {
        log::error("engine_sim", "failed", "why", error.what());
        return 1;
    }
}
