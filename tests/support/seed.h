// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

namespace signalbox::tests {

// The seed of a property test: the same on every run, or $SIGNALBOX_SEED to look further.
inline unsigned seed()
{
    const char* given = std::getenv("SIGNALBOX_SEED");
    return given == nullptr ? 20'260'801U : static_cast<unsigned>(std::strtoul(given, nullptr, 10));
}

} // namespace signalbox::tests

// Prints the seed with every failure in the rest of the scope.
#define SB_SHOW_SEED(value)                                                                        \
    SCOPED_TRACE("seed " + std::to_string(value) + "; repeat with SIGNALBOX_SEED")
