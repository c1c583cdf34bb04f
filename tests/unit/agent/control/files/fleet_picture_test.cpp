// SPDX-License-Identifier: Apache-2.0
#include "agent/control/files/fleet_picture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace signalbox::control {
namespace {

using testing::HasSubstr;

SavedFleet example()
{
    SavedFleet saved;
    saved.savedUnixMs = 1'767'225'600'000;
    saved.clusterId = 0xffff'ffff'ffff'fff0;
    saved.storeRevision = 421;
    saved.bootId = "b1";
    model::Policy& policy = saved.picture.policy;
    policy.revision = 419;
    policy.access.mode = model::AccessMode::Open;
    policy.pools["chat"] = model::Pool{"chat", "sim-8b", {{"http://192.0.2.1:8000", "vllm"}}, 2};
    policy.routes["chat"] = model::Route{"chat", "tiny", {"small"}, {{"chat", 100}}, {}};
    policy.keys["app"] = model::ApiKey{"app", "shop", std::string(64, 'a'), {"tiny"}};
    policy.admin["gpu-2"] = model::AdminIntent{"gpu-2", model::Admin::Drain, 0, "a\nfan \"7\""};
    model::AgentRecord record;
    record.id = base::AgentId("gpu-1");
    record.pool = "chat";
    record.addresses.serve = "192.0.2.7:8800";
    record.health = {model::Health::Degraded, "slow\nsince noon", 5};
    saved.picture.agents["gpu-1"] = record;
    return saved;
}

TEST(FleetPicture, ComesBackFromItsTextAsItWas)
{
    const SavedFleet saved = example();

    const auto read = savedFleetFrom(toText(saved));

    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(read->picture, saved.picture);
    EXPECT_EQ(read->savedUnixMs, saved.savedUnixMs);
    EXPECT_EQ(read->clusterId, saved.clusterId);
    EXPECT_EQ(read->storeRevision, saved.storeRevision);
    EXPECT_EQ(read->bootId, saved.bootId);
}

TEST(FleetPicture, AnEmptyFleetIsATextToo)
{
    const auto read = savedFleetFrom(toText(SavedFleet{}));

    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(read->picture, FleetPicture{});
}

TEST(FleetPicture, ALineThatMakesNoSenseIsNamed)
{
    const std::string text = toText(example());
    const auto errorOf = [](const std::string& broken) {
        const auto read = savedFleetFrom(broken);
        return read ? std::string("accepted") : read.error().message();
    };

    EXPECT_THAT(errorOf("fleet 9\n"), HasSubstr("does not begin with 'fleet 1'"));
    EXPECT_THAT(errorOf("fleet 1\nsaved 12x\n"), HasSubstr("line 2: not a number"));
    EXPECT_THAT(errorOf("fleet 1\nsaved 12\nweather {}\n"),
                HasSubstr("line 3: unknown word 'weather'"));
    EXPECT_THAT(errorOf("fleet 1\npool {\"nmae\":1}\n"), HasSubstr("line 2: "));
    EXPECT_THAT(errorOf(text + "agent {\n"), HasSubstr("line "));
}

} // namespace
} // namespace signalbox::control
