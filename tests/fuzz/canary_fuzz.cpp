// SPDX-License-Identifier: Apache-2.0
// Must fail: proves that a broken promise ends a fuzz run as a failure.
#include "tests/support/fuzz_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    signalbox::fuzz::require(signalbox::fuzz::textOf(data, size) != "canary", "no canary sings");
    return 0;
}
