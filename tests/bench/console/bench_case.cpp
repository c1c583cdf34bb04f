// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/console/bench_case.h"

#include <chrono>

namespace signalbox::console {

double millisecondsOf(const std::function<void()>& work)
{
    const auto begin = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin)
        .count();
}

} // namespace signalbox::console
