// SPDX-License-Identifier: Apache-2.0
#include "agent/control/commands/plan_signer.h"

#include "shared/base/check.h"
#include "shared/wire/wire.h"

#include <openssl/evp.h>

#include <array>

namespace signalbox::control {

namespace {

using KeyPtr = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using DigestPtr = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

constexpr std::size_t kPublicKeyBytes = 32;
constexpr std::size_t kSignatureBytes = 64;

std::string toHex(const unsigned char* bytes, std::size_t count)
{
    static constexpr std::string_view kDigits = "0123456789abcdef";
    std::string hex;
    for (std::size_t i = 0; i < count; ++i)
        hex.append({kDigits[bytes[i] >> 4], kDigits[bytes[i] & 15]});
    return hex;
}

bool fromHex(const std::string& hex, std::array<unsigned char, kPublicKeyBytes>& bytes)
{
    if (hex.size() != 2 * bytes.size()
        || hex.find_first_not_of("0123456789abcdef") != std::string::npos)
        return false;
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<unsigned char>(std::stoi(hex.substr(2 * i, 2), nullptr, 16));
    return true;
}

const unsigned char* bytesOf(const std::string& text)
{
    return reinterpret_cast<const unsigned char*>(text.data());
}

} // namespace

struct PlanSigner::Key {
    KeyPtr pair{EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), &EVP_PKEY_free};
};

PlanSigner::PlanSigner(std::string agentId)
    : agentId_(std::move(agentId)), key_(std::make_unique<Key>())
{
    std::array<unsigned char, kPublicKeyBytes> bytes{};
    std::size_t size = bytes.size();
    const bool isMade = key_->pair
        && EVP_PKEY_get_raw_public_key(key_->pair.get(), bytes.data(), &size) == 1;
    SB_ASSERT(isMade);
    publicKey_ = toHex(bytes.data(), size);
}

PlanSigner::~PlanSigner() = default;

void PlanSigner::sign(model::Plan& plan) const
{
    plan.signer = agentId_;
    const std::string message = wire::signedBytes(plan);
    const DigestPtr digest(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    std::array<unsigned char, kSignatureBytes> signature{};
    std::size_t size = signature.size();
    const bool isSigned
        = EVP_DigestSignInit(digest.get(), nullptr, nullptr, nullptr, key_->pair.get()) == 1
        && EVP_DigestSign(digest.get(), signature.data(), &size, bytesOf(message), message.size())
            == 1;
    SB_ASSERT(isSigned);
    plan.signature.assign(reinterpret_cast<const char*>(signature.data()), size);
}

base::Status verifyPlan(const model::Plan& plan, const std::string& publicKey)
{
    const base::Error refused(base::Code::PermissionDenied,
                              "the plan was not signed by agent '" + plan.signer
                                  + "' as it runs now; preview again",
                              base::Origin::Client);
    std::array<unsigned char, kPublicKeyBytes> bytes{};
    if (!fromHex(publicKey, bytes))
        return refused;
    const KeyPtr key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes.data(),
                                                 bytes.size()),
                     &EVP_PKEY_free);
    const DigestPtr digest(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    const std::string message = wire::signedBytes(plan);
    const bool isGood = key
        && EVP_DigestVerifyInit(digest.get(), nullptr, nullptr, nullptr, key.get()) == 1
        && EVP_DigestVerify(digest.get(), bytesOf(plan.signature), plan.signature.size(),
                            bytesOf(message), message.size())
            == 1;
    return isGood ? base::Status{} : refused;
}

} // namespace signalbox::control
