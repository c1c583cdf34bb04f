// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace signalbox::upstream {

// Small and fast; one per core. xorshift64*, period 2^64 - 1; never for secrets.
// Lives on: core; one per core.
class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed == 0 ? 1 : seed) {}

    std::uint64_t next()
    {
        state_ ^= state_ >> 12;
        state_ ^= state_ << 25;
        state_ ^= state_ >> 27;
        return state_ * 0x2545F4914F6CDD1DULL;
    }
    // Uniform in [0, below); below >= 1.
    std::uint64_t below(std::uint64_t below) { return next() % below; }
    // Uniform in [0, 1).
    double unit() { return static_cast<double>(next() >> 11U) * 0x1p-53; }

private:
    std::uint64_t state_;
};

// Spreads the bits of a key (finalizer of splitmix64).
inline std::uint64_t mixed(std::uint64_t key)
{
    key = (key ^ (key >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    key = (key ^ (key >> 27U)) * 0x94d049bb133111ebULL;
    return key ^ (key >> 31U);
}

} // namespace signalbox::upstream
