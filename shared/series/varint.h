// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Numbers of few bytes, as protobuf writes them. Arithmetic is modulo 2^64, so no input overflows.
namespace signalbox::series {

inline void putVarint(std::string& out, std::uint64_t value)
{
    while (value >= 0x80) {
        out.push_back(static_cast<char>(value | 0x80));
        value >>= 7;
    }
    out.push_back(static_cast<char>(value));
}

inline std::uint64_t zigzag(std::int64_t value)
{
    return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}

inline std::int64_t unzigzag(std::uint64_t value)
{
    return static_cast<std::int64_t>((value >> 1) ^ (~(value & 1) + 1));
}

// Takes values from the front of bytes that a stranger sent; nullopt = they end too early or are
// no number. Lives on: one thread, a local of who reads.
class ByteReader {
public:
    explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

    std::optional<std::uint8_t> byte()
    {
        if (bytes_.empty())
            return std::nullopt;
        const auto value = static_cast<std::uint8_t>(bytes_.front());
        bytes_.remove_prefix(1);
        return value;
    }

    std::optional<std::uint64_t> varint()
    {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            const auto next = byte();
            if (!next)
                return std::nullopt;
            const std::uint64_t bits = *next & 0x7f;
            if (shift == 63 && bits > 1)
                return std::nullopt;
            value |= bits << shift;
            if ((*next & 0x80) == 0)
                return value;
        }
        return std::nullopt;
    }

    std::optional<std::string_view> take(std::size_t count)
    {
        if (count > bytes_.size())
            return std::nullopt;
        const std::string_view taken = bytes_.substr(0, count);
        bytes_.remove_prefix(count);
        return taken;
    }

    std::string_view rest() const { return bytes_; }
    bool isAtEnd() const { return bytes_.empty(); }

private:
    std::string_view bytes_;
};

} // namespace signalbox::series
