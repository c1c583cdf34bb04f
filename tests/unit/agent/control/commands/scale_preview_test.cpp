// SPDX-License-Identifier: Apache-2.0
#include "agent/control/commands/preview.h"
#include "tests/unit/agent/control/commands/command_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace signalbox::control {
namespace {

using model::Admin;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::int64_t kNow = 1'767'225'600'000;

// Pool "chat" wants five: chat-1 is somebody's, chat-2 .. chat-5 were started by gw-1.
struct Fleet {
    Fleet()
    {
        model::PoolScale scale;
        scale.on = "gw-1";
        scale.others = 1;
        scale.least = 1;
        scale.desired = 5;
        scale.most = 8;
        scale.engine = {"/bin/engine", "{port}"};
        scale.drainDeadlineMs = 60'000;
        model::Pool pool;
        pool.name = "chat";
        pool.scale = scale;
        reading.policy.revision = 419;
        reading.policy.pools["chat"] = pool;
        reading.policy.pools["fixed"] = model::Pool{"fixed", "", {}, 0};
        for (const char* id : {"chat-1", "chat-2", "chat-3", "chat-4", "chat-5"}) {
            picture.agents[id] = recordOf(id);
            picture.agents[id].startedBy = std::string(id) == "chat-1" ? "" : "gw-1";
            picture.agents[id].startedUnixMs = id[5] * 1'000;
        }
        auto gateway = recordOf("gw-1");
        gateway.kind = model::AgentKind::Gateway;
        gateway.pool.clear();
        gateway.startsProcesses = true;
        picture.agents["gw-1"] = gateway;
        live.agent = [this](const std::string& agent) -> std::optional<AgentFacts> {
            const auto found = facts.find(agent);
            return found == facts.end() ? std::nullopt : std::optional(found->second);
        };
    }

    base::Result<Previewed> preview(model::Edit edit)
    {
        PreviewInputs inputs;
        inputs.policy = &reading;
        inputs.fleet = &picture;
        inputs.live = &live;
        inputs.nowUnixMs = kNow;
        return previewOf(inputs, std::move(edit), {});
    }
    void report(const std::string& agent, std::uint32_t decoding)
    {
        facts[agent].state.record = picture.agents.at(agent);
        facts[agent].state.load.sequence = 7;
        facts[agent].state.load.decoding = decoding;
    }
    model::PoolScale& scale() { return *reading.policy.pools["chat"].scale; }

    PolicyReading reading;
    FleetPicture picture;
    LiveFacts live;
    std::map<std::string, AgentFacts> facts;
};

std::string messageOf(const base::Result<Previewed>& result)
{
    return result ? "previewed" : result.error().message();
}

const model::ScaleEdit& scaleOf(const base::Result<Previewed>& previewed)
{
    return std::get<model::ScaleEdit>(previewed->preview.plan.edit);
}

TEST(ScalePreview, ScalingInChoosesWhoHasTheLeastOpenWorkAndOfEqualsTheYoungest)
{
    Fleet fleet;
    fleet.report("chat-2", 0);
    fleet.report("chat-3", 4);
    fleet.report("chat-4", 1);
    fleet.report("chat-5", 0);

    const auto previewed = fleet.preview(model::ScaleEdit{"chat", 2});

    ASSERT_TRUE(previewed) << messageOf(previewed);
    EXPECT_THAT(scaleOf(previewed).changes,
                ElementsAre(model::AdminChange{"chat-5", Admin::Drain, kNow + 60'000},
                            model::AdminChange{"chat-2", Admin::Drain, kNow + 60'000},
                            model::AdminChange{"chat-4", Admin::Drain, kNow + 60'000}));
    const model::Preview& preview = previewed->preview;
    EXPECT_THAT(preview.diff,
                Contains(model::DiffLine{"pool", "chat", "instances", "5", "2"}));
    EXPECT_THAT(preview.agents, ElementsAre("chat-5", "chat-2", "chat-4", "gw-1"));
    ASSERT_EQ(preview.survivors.size(), 1u);
    EXPECT_EQ(preview.survivors[0].readyBefore, 5u);
    EXPECT_EQ(preview.survivors[0].readyAfter, 2u);
    EXPECT_EQ(preview.survivors[0].inFlightMoved, 1u);
    EXPECT_THAT(preview.warnings,
                Contains(HasSubstr("victims: chat-5 (0 open), chat-2 (0 open), chat-4 (1 open)")));
    EXPECT_THAT(preview.refusal, IsEmpty());
}

TEST(ScalePreview, APlanThatIsPreviewedAgainAtItsApplyStaysAsItIs)
{
    Fleet fleet;
    const auto first = fleet.preview(model::ScaleEdit{"chat", 3});
    ASSERT_TRUE(first) << messageOf(first);
    fleet.report("chat-2", 0);
    fleet.report("chat-5", 9);

    const auto second = fleet.preview(first->preview.plan.edit);

    ASSERT_TRUE(second) << messageOf(second);
    EXPECT_EQ(second->preview.plan.edit, first->preview.plan.edit);
}

TEST(ScalePreview, TheOperatorMayNameVictims)
{
    Fleet fleet;

    const auto previewed
        = fleet.preview(model::ScaleEdit{"chat", 4, {{"chat-3", Admin::Drain, 0}}});
    ASSERT_TRUE(previewed) << messageOf(previewed);
    ASSERT_EQ(scaleOf(previewed).changes.size(), 1u);
    EXPECT_EQ(scaleOf(previewed).changes[0].agent, "chat-3");

    const auto foreign
        = fleet.preview(model::ScaleEdit{"chat", 4, {{"chat-1", Admin::Drain, 0}}});
    EXPECT_THAT(messageOf(foreign), HasSubstr("'chat-1' cannot be a victim"));
    const auto tooMany = fleet.preview(model::ScaleEdit{
        "chat", 4, {{"chat-2", Admin::Drain, 0}, {"chat-3", Admin::Drain, 0}}});
    EXPECT_THAT(messageOf(tooMany), HasSubstr("2 victims are named"));
}

TEST(ScalePreview, ItsInverseBringsTheVictimsBack)
{
    Fleet fleet;
    const auto in = fleet.preview(model::ScaleEdit{"chat", 4});
    ASSERT_TRUE(in) << messageOf(in);
    const std::string victim = scaleOf(in).changes.at(0).agent;

    EXPECT_EQ(in->preview.inverse,
              model::Edit(model::ScaleEdit{"chat", 5, {{victim, Admin::Run, 0}}}));

    const auto after = model::applyEdit(fleet.reading.policy, in->preview.plan.edit, "less");
    ASSERT_TRUE(after);
    EXPECT_EQ(after->admin.at(victim).cause, "less");
    fleet.reading.policy = *after;
    const auto out = fleet.preview(in->preview.inverse);
    ASSERT_TRUE(out) << messageOf(out);
    const auto back = model::applyEdit(*after, out->preview.plan.edit, "more");
    ASSERT_TRUE(back);
    EXPECT_TRUE(back->admin.empty());
    EXPECT_EQ(back->pools.at("chat").scale->desired, 5u);
}

TEST(ScalePreview, ScalingOutSaysWhatStartsWhereAndTakesOldDrainsBack)
{
    Fleet fleet;
    fleet.reading.policy.admin["chat-6"] = {"chat-6", Admin::Drain, 0, "an old victim"};
    fleet.live.start = [](const std::string&) {
        return StartFacts{8, 16ULL << 30, 4ULL << 30, 2'500};
    };

    const auto previewed = fleet.preview(model::ScaleEdit{"chat", 7});

    ASSERT_TRUE(previewed) << messageOf(previewed);
    EXPECT_THAT(scaleOf(previewed).changes,
                ElementsAre(model::AdminChange{"chat-6", Admin::Run, 0}));
    EXPECT_THAT(previewed->preview.agents, Contains("gw-1"));
    EXPECT_EQ(previewed->preview.survivors.at(0).readyAfter, 7u);
    EXPECT_THAT(previewed->preview.warnings,
                Contains(HasSubstr("2 instances are started by gw-1")));
    EXPECT_THAT(previewed->preview.warnings, Contains(HasSubstr("the last one took 2.5 s")));
    EXPECT_THAT(previewed->preview.warnings,
                Contains(HasSubstr("8 CPUs and 4.0 GiB of 16.0 GiB memory free")));
}

TEST(ScalePreview, IsRefusedWhereNobodyStartsAnything)
{
    Fleet fleet;
    fleet.picture.agents["gw-1"].startsProcesses = false;
    auto previewed = fleet.preview(model::ScaleEdit{"chat", 6});
    ASSERT_TRUE(previewed) << messageOf(previewed);
    EXPECT_THAT(previewed->preview.refusal, HasSubstr("scaling.process.enabled is off"));
    EXPECT_EQ(previewed->overrideName, "chat");

    fleet.picture.departedSinceUnixMs["gw-1"] = kNow - 1'000;
    previewed = fleet.preview(model::ScaleEdit{"chat", 6});
    ASSERT_TRUE(previewed) << messageOf(previewed);
    EXPECT_THAT(previewed->preview.refusal, HasSubstr("is not in the fleet"));
}

TEST(ScalePreview, BoundsAndPoolsWithoutAScaleAreErrors)
{
    Fleet fleet;

    EXPECT_THAT(messageOf(fleet.preview(model::ScaleEdit{"chat", 9})),
                HasSubstr("may have 1 to 8 instances, not 9"));
    EXPECT_THAT(messageOf(fleet.preview(model::ScaleEdit{"fixed", 2})),
                HasSubstr("policy says no scale for it"));
    EXPECT_THAT(messageOf(fleet.preview(model::ScaleEdit{"chad", 2})),
                HasSubstr("did you mean 'chat'"));
}

TEST(ScalePreview, InstancesOfOthersThatPolicyDoesNotKnowAreTold)
{
    Fleet fleet;
    fleet.picture.agents.erase("chat-1");

    const auto previewed = fleet.preview(model::ScaleEdit{"chat", 6});

    ASSERT_TRUE(previewed) << messageOf(previewed);
    EXPECT_THAT(previewed->preview.warnings,
                Contains(HasSubstr("policy counts 1 instance that others start in pool chat")));
}

} // namespace
} // namespace signalbox::control
