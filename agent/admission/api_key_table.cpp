// SPDX-License-Identifier: Apache-2.0
#include "agent/admission/api_key_table.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>
#include <cstring>

namespace signalbox::admission {

namespace {

int hexValue(char digit)
{
    return digit <= '9' ? digit - '0' : digit - 'a' + 10;
}

std::array<std::uint8_t, 32> fromHex(const std::string& hex)
{
    std::array<std::uint8_t, 32> digest{};
    for (std::size_t i = 0; i < digest.size(); ++i)
        digest[i] = static_cast<std::uint8_t>(hexValue(hex[2 * i]) * 16 + hexValue(hex[2 * i + 1]));
    return digest;
}

std::uint64_t bucketOf(const std::array<std::uint8_t, 32>& digest)
{
    std::uint64_t bucket = 0;
    std::memcpy(&bucket, digest.data(), sizeof bucket);
    return bucket;
}

} // namespace

bool Caller::maySee(std::string_view model) const
{
    return models == nullptr || models->empty()
        || std::find(models->begin(), models->end(), model) != models->end();
}

ApiKeyTable::ApiKeyTable(const std::map<std::string, model::ApiKey>& keys)
{
    for (const auto& [id, key] : keys) {
        auto entry = std::make_unique<Entry>();
        entry->digest = fromHex(key.secretSha256);
        entry->key = key;
        entry->caller = Caller{entry->key.id, entry->key.tenant, &entry->key.models};
        entries_.emplace(bucketOf(entry->digest), std::move(entry));
    }
}

const Caller* ApiKeyTable::find(std::string_view secret) const
{
    Digest digest;
    SHA256(reinterpret_cast<const unsigned char*>(secret.data()), secret.size(), digest.data());
    static const Digest kNobody{};
    const auto found = entries_.find(bucketOf(digest));
    const Digest& stored = found == entries_.end() ? kNobody : found->second->digest;
    const bool isEqual = CRYPTO_memcmp(stored.data(), digest.data(), digest.size()) == 0;
    return isEqual && found != entries_.end() ? &found->second->caller : nullptr;
}

} // namespace signalbox::admission
