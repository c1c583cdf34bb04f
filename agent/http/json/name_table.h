// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace signalbox::http {

// A fixed set of lower-case names, each found by one multiplication and one comparison of the
// caller's: length and three letters tell them apart once the multiplier is right, which is found
// while compiling. Lives on: any thread (a constant).
template <std::size_t kCount> class NameTable {
public:
    // Empty names are never found.
    consteval explicit NameTable(const std::array<std::string_view, kCount>& names)
    {
        for (multiplier_ = 0x9E3779B1U; !fill(names);)
            multiplier_ += 0x2545F492U;
    }

    // The only index that can be `name` in any case, or 0 (also the index of names[0]). Compare!
    constexpr std::size_t candidate(std::string_view name) const
    {
        return name.empty() ? 0 : slots_[slotOf(name)];
    }

private:
    static_assert(kCount < 200, "too full for one byte of hash");

    constexpr std::uint8_t slotOf(std::string_view name) const
    {
        const auto fold = [&](std::size_t at) {
            return static_cast<std::uint32_t>(static_cast<unsigned char>(name[at]) | 0x20U);
        };
        const std::uint32_t key = static_cast<std::uint32_t>(name.size()) << 24U | fold(0) << 16U
            | fold(name.size() / 2) << 8U | fold(name.size() - 1);
        return static_cast<std::uint8_t>(key * multiplier_ >> 24U);
    }

    consteval bool fill(const std::array<std::string_view, kCount>& names)
    {
        std::array<bool, 256> isTaken{};
        slots_.fill(0);
        for (std::size_t i = 0; i < kCount; ++i) {
            if (names[i].empty())
                continue;
            const std::uint8_t slot = slotOf(names[i]);
            if (isTaken[slot])
                return false;
            isTaken[slot] = true;
            slots_[slot] = static_cast<std::uint8_t>(i);
        }
        return true;
    }

    std::uint32_t multiplier_ = 0;
    std::array<std::uint8_t, 256> slots_{};
};

} // namespace signalbox::http
