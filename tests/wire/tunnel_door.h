// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/telemetry/tunnel/tunnel_service.h"
#include "tests/support/raw_socket.h"
#include "tests/wire/control_thread_world.h"

#include <algorithm>
#include <cctype>
#include <string>
#include <thread>

#include <fcntl.h>
#include <unistd.h>

namespace signalbox::tests {

// Reads an upgrade as the agent's own parser would have, and hands the connection over.
// Lives on: the test's thread; it accepts on one of its own.
class TunnelDoor {
public:
    TunnelDoor(ControlThreadWorld& world, tunnel::TunnelService& service,
         const std::string& peer = "127.0.0.1:1")
        : acceptor_([this, &world, &service, peer] {
              for (RawSocket socket = listener_.accept(); socket.isOpen();
                   socket = listener_.accept())
                  admit(world, service, socket, peer);
          })
    {
    }
    ~TunnelDoor()
    {
        listener_.close();
        acceptor_.join();
    }
    std::uint16_t port() const { return listener_.port(); }

private:
    static std::string field(const std::string& head, const std::string& name)
    {
        const auto sameLetter = [](char a, char b) { return std::tolower(a) == std::tolower(b); };
        const std::string wanted = name + ": ";
        const auto found = std::search(head.begin(), head.end(), wanted.begin(), wanted.end(),
                                       sameLetter);
        const auto at = found == head.end() ? std::string::npos
                                            : static_cast<std::size_t>(found - head.begin());
        if (at == std::string::npos)
            return "";
        const std::size_t start = at + name.size() + 2;
        return head.substr(start, head.find('\r', start) - start);
    }
    static void admit(ControlThreadWorld& world, tunnel::TunnelService& service,
                      RawSocket& socket, const std::string& peer)
    {
        const std::string head = socket.receiveUntil("\r\n\r\n");
        const tunnel::UpgradeRequest request{field(head, "Host"), field(head, "Sec-WebSocket-Key"),
                                     field(head, "Sec-WebSocket-Version"),
                                     field(head, "x-signalbox-operator"), peer};
        const int descriptor = ::dup(socket.fd());
        ::fcntl(descriptor, F_SETFL, O_NONBLOCK);
        socket.close(); // the descriptor that goes is the only one
        world.on([&] { service.take(request, descriptor); });
    }

    RawListener listener_;
    std::thread acceptor_;
};

} // namespace signalbox::tests
