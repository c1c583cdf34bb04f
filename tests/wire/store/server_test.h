// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/wire/store/raw_client.h"
#include "tests/wire/store/store_server.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace signalbox::tests {

// A test that runs on Debian's etcd and on the embedded store, with keys of its own under key("").
// What it asserts was written against etcd first.
class ServerTest : public testing::TestWithParam<ServerKind> {
protected:
    void SetUp() override
    {
        SB_NEEDS_SERVER(GetParam());
        client_ = std::make_unique<RawClient>(sharedServer(GetParam())->address());
        const auto* test = testing::UnitTest::GetInstance()->current_test_info();
        prefix_ = std::string(test->test_suite_name()) + "/" + test->name() + "/";
    }

    std::string key(const std::string& name) const { return prefix_ + name; }
    std::string end() const { return prefixEnd(prefix_); }
    const RawClient& client() const { return *client_; }

private:
    std::unique_ptr<RawClient> client_;
    std::string prefix_;
};

} // namespace signalbox::tests
