// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace signalbox::views {

// What an operator can do to objects. Each opens a preview; none acts by itself.
enum class Act : std::uint8_t {
    Drain,
    Undrain,
    Maintenance,
    Failover,
    Failback,
    Weights,
    Scale,
    Undo
};

} // namespace signalbox::views
