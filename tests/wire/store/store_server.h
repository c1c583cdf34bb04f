// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/child_process.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::tests {

enum class ServerKind : std::uint8_t { Etcd, Embedded };

// A server of the etcd v3 API in a process of its own, on a port that the system gave, with a
// folder of its own: Debian's etcd or our embedded store. It can be killed and started again at the
// same address with the same data.
// Lives on: the test's thread.
class StoreServer {
public:
    explicit StoreServer(ServerKind kind, std::vector<std::string> extraArguments = {});
    ~StoreServer();
    StoreServer(const StoreServer&) = delete;
    StoreServer& operator=(const StoreServer&) = delete;

    // Starts it and waits until it serves; a second start keeps address and data.
    void start();
    void kill(); // SIGKILL
    int stop();  // SIGTERM; its exit status
    // Before a start: as if the disk were new.
    void forgetData() const;
    void freeze() const;
    void thaw() const;

    ServerKind kind() const { return kind_; }
    const std::string& address() const { return address_; }
    std::string dataPath() const { return folder_.file("data"); }
    std::string output() const { return process_ != nullptr ? process_->output() : ""; }

private:
    std::vector<std::string> command() const;

    ServerKind kind_;
    std::vector<std::string> extraArguments_;
    TemporaryFolder folder_;
    std::string address_ = "127.0.0.1:0";
    std::unique_ptr<ChildProcess> process_;
};

std::string_view nameOf(ServerKind kind);

// What a parameterised test is called after.
inline std::string nameOfParameter(const testing::TestParamInfo<ServerKind>& info)
{
    return std::string(nameOf(info.param));
}


// One server of each kind for all tests of the program that do not stop it; each test uses keys of
// its own. Null when that server's program is not installed.
StoreServer* sharedServer(ServerKind kind);
bool isAvailable(ServerKind kind);

} // namespace signalbox::tests

// First in a test: says why it is skipped where Debian's etcd is missing.
#define SB_NEEDS_SERVER(kind)                                                                      \
    if (!::signalbox::tests::isAvailable(kind))                                                    \
    GTEST_SKIP() << "etcd is not installed (apt-get install etcd-server)"
#define SB_ON_BOTH_SERVERS(Suite)                                                                  \
    INSTANTIATE_TEST_SUITE_P(On, Suite,                                                            \
                             testing::Values(::signalbox::tests::ServerKind::Etcd,                 \
                                             ::signalbox::tests::ServerKind::Embedded),            \
                             ::signalbox::tests::nameOfParameter)
