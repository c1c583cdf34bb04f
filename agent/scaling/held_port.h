// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/result.h"

#include <cstdint>
#include <utility>

namespace signalbox::scaling {

// A port of 127.0.0.1 that the system gives to nobody else while this lives, so that a process that
// is started again finds its own. It is bound and never listened on; the process that listens sets
// SO_REUSEADDR, as servers do. Lives on: one thread, a value that moves.
class HeldPort {
public:
    // 0 = one that the system chooses. AlreadyExists when somebody listens there.
    static base::Result<HeldPort> take(std::uint16_t port = 0);

    HeldPort(HeldPort&& other) noexcept
        : socket_(std::exchange(other.socket_, -1)), number_(other.number_)
    {
    }
    HeldPort& operator=(HeldPort&& other) noexcept
    {
        std::swap(socket_, other.socket_);
        std::swap(number_, other.number_);
        return *this;
    }
    ~HeldPort();

    std::uint16_t number() const { return number_; }

private:
    HeldPort(int socket, std::uint16_t number) : socket_(socket), number_(number) {}

    int socket_ = -1;
    std::uint16_t number_ = 0;
};

} // namespace signalbox::scaling
