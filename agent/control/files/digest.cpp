// SPDX-License-Identifier: Apache-2.0
#include "agent/control/files/digest.h"

#include <openssl/sha.h>

#include <array>

namespace signalbox::control {

std::string sha256Hex(std::string_view bytes)
{
    static constexpr std::string_view kDigits = "0123456789abcdef";
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
    std::string hex;
    for (const unsigned char byte : digest)
        hex.append({kDigits[byte >> 4], kDigits[byte & 15]});
    return hex;
}

} // namespace signalbox::control
