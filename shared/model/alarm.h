// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

// The words of alarms.
namespace signalbox::model {

// P1: act now. P2: act soon. P3: act this shift.
enum class Priority : std::uint8_t { None, P1, P2, P3 };

// Shelved = put away by a person, for a time.
enum class Ack : std::uint8_t { New, Acknowledged, Shelved };

} // namespace signalbox::model
