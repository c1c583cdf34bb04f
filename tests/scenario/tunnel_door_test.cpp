// SPDX-License-Identifier: Apache-2.0
// The way into the WebSocket tunnel of a running agent: who gets it and who does not.
#include "tests/scenario/live_fleet.h"

#include <gtest/gtest.h>

namespace signalbox::tests {
namespace {

class TunnelDoor : public ::testing::Test {
protected:
    // The key and its answer are the example of RFC 6455 §1.3.
    std::string ask(std::vector<std::string> headers) const
    {
        std::vector<std::string> command{"curl", "-si", "--http1.1", "-m", "2"};
        for (std::string& header : headers) {
            command.emplace_back("-H");
            command.push_back(std::move(header));
        }
        command.push_back(fleet_.gateways()[0].observe + "/tunnel");
        return runToEnd(std::move(command)).output;
    }
    static std::vector<std::string> handshake()
    {
        return {"Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="};
    }

    LiveFleet fleet_{{"--instances", "1"}};
};

TEST_F(TunnelDoor, OpensForAHandshakeAndForNothingElse)
{
    const std::string opened = ask(handshake());
    EXPECT_NE(opened.find("HTTP/1.1 101"), std::string::npos) << opened;
    EXPECT_NE(opened.find("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), std::string::npos) << opened;

    EXPECT_NE(ask({}).find("HTTP/1.1 426"), std::string::npos);
    auto old = handshake();
    old[2] = "Sec-WebSocket-Version: 8";
    EXPECT_NE(ask(old).find("HTTP/1.1 400"), std::string::npos);
}

TEST_F(TunnelDoor, IsClosedToPagesOfABrowser)
{
    auto page = handshake();
    page.emplace_back("Origin: http://somewhere.example");

    const std::string refused = ask(page);

    EXPECT_NE(refused.find("HTTP/1.1 403"), std::string::npos) << refused;
}

} // namespace
} // namespace signalbox::tests
