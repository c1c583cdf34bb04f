// SPDX-License-Identifier: Apache-2.0
#include "agent/admission/api_key_table.h"

#include <gtest/gtest.h>

namespace signalbox::admission {
namespace {

std::map<std::string, model::ApiKey> oneKey(std::string hash)
{
    model::ApiKey key;
    key.id = "k1";
    key.tenant = "acme";
    key.secretSha256 = std::move(hash);
    key.models = {"tiny"};
    return {{"k1", key}};
}

TEST(ApiKeyTable, FindsTheCallerBehindASecret)
{
    // printf %s abc | sha256sum
    const ApiKeyTable table(
        oneKey("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));

    const Caller* caller = table.find("abc");

    ASSERT_NE(caller, nullptr);
    EXPECT_EQ(caller->keyId, "k1");
    EXPECT_EQ(caller->tenant, "acme");
    EXPECT_TRUE(caller->maySee("tiny"));
    EXPECT_FALSE(caller->maySee("huge"));
}

TEST(ApiKeyTable, NothingElseIsAKey)
{
    const ApiKeyTable table(
        oneKey("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));

    for (const std::string_view wrong : {"", "ab", "abcd", "ABC", "' OR 1=1 --"})
        EXPECT_EQ(table.find(wrong), nullptr) << wrong;
    EXPECT_EQ(table.find(std::string(1'000'000, 'x')), nullptr);
    EXPECT_EQ(ApiKeyTable({}).find("abc"), nullptr);
}

} // namespace
} // namespace signalbox::admission
