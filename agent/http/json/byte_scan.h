// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

// Finding the next byte that matters, sixteen at a time where the machine can. Everything that is
// read on the way of a request goes through one of these once.
namespace signalbox::http {

namespace detail {

#if defined(__SSE2__)
struct Bytes16 {
    explicit Bytes16(const char* at)
        : all(_mm_loadu_si128(reinterpret_cast<const __m128i*>(at)))
    {
    }
    __m128i equal(char byte) const { return _mm_cmpeq_epi8(all, _mm_set1_epi8(byte)); }
    // Unsigned.
    __m128i atMost(char byte) const
    {
        return _mm_cmpeq_epi8(_mm_min_epu8(all, _mm_set1_epi8(byte)), all);
    }
    unsigned high() const { return static_cast<unsigned>(_mm_movemask_epi8(all)); }
    __m128i all;
};
inline unsigned bitsOf(__m128i bytes)
{
    return static_cast<unsigned>(_mm_movemask_epi8(bytes));
}
#endif

} // namespace detail

// CR or LF; `end` where there is none.
inline const char* findLineEnd(const char* at, const char* end)
{
#if defined(__SSE2__)
    for (; end - at >= 16; at += 16) {
        const detail::Bytes16 bytes(at);
        const unsigned found = detail::bitsOf(_mm_or_si128(bytes.equal('\r'), bytes.equal('\n')));
        if (found != 0)
            return at + __builtin_ctz(found);
    }
#endif
    while (at != end && *at != '\r' && *at != '\n')
        ++at;
    return at;
}

inline std::size_t findLineEnd(std::string_view text)
{
    const char* end = text.data() + text.size();
    const char* found = findLineEnd(text.data(), end);
    return found == end ? std::string_view::npos : static_cast<std::size_t>(found - text.data());
}

// A byte that may not stand in a field value: a control byte other than tab, or DEL.
inline const char* findValueEnd(const char* at, const char* end)
{
#if defined(__SSE2__)
    for (; end - at >= 16; at += 16) {
        const detail::Bytes16 bytes(at);
        const __m128i controls = _mm_andnot_si128(bytes.equal('\t'), bytes.atMost(0x1f));
        const unsigned found = detail::bitsOf(_mm_or_si128(controls, bytes.equal(0x7f)));
        if (found != 0)
            return at + __builtin_ctz(found);
    }
#endif
    for (; at != end; ++at) {
        const auto byte = static_cast<unsigned char>(*at);
        if ((byte < 0x20 && byte != '\t') || byte == 0x7f)
            return at;
    }
    return at;
}

// A colon, or a byte that is in no field name: space, control or above ASCII.
inline const char* findNameEnd(const char* at, const char* end)
{
#if defined(__SSE2__)
    for (; end - at >= 16; at += 16) {
        const detail::Bytes16 bytes(at);
        const __m128i marks = _mm_or_si128(bytes.equal(':'), bytes.atMost(0x20));
        const unsigned found = detail::bitsOf(marks) | bytes.high();
        if (found != 0)
            return at + __builtin_ctz(found);
    }
#endif
    for (; at != end; ++at) {
        const auto byte = static_cast<unsigned char>(*at);
        if (byte <= 0x20 || byte == ':' || byte >= 0x80)
            return at;
    }
    return at;
}

// Inside a JSON string: a quote, a backslash or a control byte. `isAscii` becomes false where bytes
// above ASCII stood on the way (or close behind).
inline const char* findStringStop(const char* at, const char* end, bool& isAscii)
{
#if defined(__SSE2__)
    for (; end - at >= 16; at += 16) {
        const detail::Bytes16 bytes(at);
        const __m128i marks = _mm_or_si128(bytes.equal('"'), bytes.equal('\\'));
        const unsigned found = detail::bitsOf(_mm_or_si128(marks, bytes.atMost(0x1f)));
        isAscii = isAscii && bytes.high() == 0;
        if (found != 0)
            return at + __builtin_ctz(found);
    }
#endif
    for (; at != end; ++at) {
        const auto byte = static_cast<unsigned char>(*at);
        if (byte == '"' || byte == '\\' || byte < 0x20)
            return at;
        isAscii = isAscii && byte < 0x80;
    }
    return at;
}

} // namespace signalbox::http
