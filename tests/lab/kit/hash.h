// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace signalbox::lab {

// SplitMix64 (Steele, Lea, Flood 2014): a bijection that spreads consecutive numbers.
constexpr std::uint64_t mix(std::uint64_t x)
{
    x += 0x9e3779b97f4a7c15ULL;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
}

// FNV-1a, continued from `state` so that several fields can be hashed one after the other.
constexpr std::uint64_t hashText(std::string_view text,
                                 std::uint64_t state = 0xcbf29ce484222325ULL)
{
    for (const char c : text) {
        state ^= static_cast<unsigned char>(c);
        state *= 0x100000001b3ULL;
    }
    return mix(state ^ text.size());
}

} // namespace signalbox::lab
