// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/model/alarm.h"

#include <cstdint>

// What the marks say, one enum a channel; channels never borrow each other's form. Admin, Health
// and Freshness are the model's own words.
namespace signalbox::theme {

// Shape, digit and colour of the badge: square 1, triangle up 2, triangle down 3.
using model::Priority;
// New = solid, acknowledged = hollow, shelved = hollow with a clock in deliberate.
using model::Ack;

// The outer shape.
enum class Kind : std::uint8_t {
    Gateway, // hexagon
    Pool, // rounded box
    Instance, // circle
    CacheStore, // cylinder
    StateStore, // square
    External, // pentagon
    Route, // plate that points right
};

} // namespace signalbox::theme
