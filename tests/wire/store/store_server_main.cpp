// SPDX-License-Identifier: Apache-2.0
// The embedded store alone in a process, so that tests can kill it.
//   store_server FILE HOST:PORT [--quota BYTES] [--keep-revisions N]
#include "agent/state/embedded/etcd_server.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace {

using signalbox::state::EtcdServer;
using signalbox::state::EtcdServerOptions;

void readOption(EtcdServerOptions& options, std::string_view name, const char* value)
{
    if (name == "--quota")
        options.store.quotaBytes = std::atoll(value);
    else if (name == "--keep-revisions")
        options.store.retention.keepRevisions = std::atoll(value);
}

} // namespace

int main(int count, char** arguments)
{
    if (count < 3)
        return 64;
    // Blocked before any thread exists, so that only sigwait below ever sees them.
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ends, nullptr);

    EtcdServerOptions options;
    options.store.path = arguments[1];
    options.listen = arguments[2];
    for (int i = 3; i + 1 < count; i += 2)
        readOption(options, arguments[i], arguments[i + 1]);
    auto server = EtcdServer::start(options);
    if (!server) {
        std::fprintf(stderr, "%s\n", server.error().text().c_str());
        return 1;
    }
    std::printf("{\"msg\":\"serving client traffic\",\"address\":\"%s\"}\n",
                (*server)->address().c_str());
    std::fflush(stdout);
    int received = 0;
    sigwait(&ends, &received);
    (*server)->stop();
    return 0;
}
