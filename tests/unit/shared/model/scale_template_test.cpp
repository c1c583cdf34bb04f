// SPDX-License-Identifier: Apache-2.0
#include "shared/model/scale_template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace signalbox::model {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

PoolScale goodScale()
{
    PoolScale scale;
    scale.on = "gateway-1";
    scale.engine = {"/usr/bin/engine", "--port={port}", "--data", "{data}"};
    return scale;
}

Policy policyWith(const std::map<std::string, PoolScale>& scales)
{
    Policy policy;
    for (const auto& [name, scale] : scales) {
        policy.pools[name].name = name;
        policy.pools[name].scale = scale;
    }
    return policy;
}

TEST(ScaleTemplate, FillsPlaceholdersAndLeavesOtherBracesAlone)
{
    const auto words = filled({"/bin/e", "--port={port}{port}", R"({"a":{"b":1}})", "{", "{}"},
                              {{"port", "81"}});

    ASSERT_TRUE(words);
    EXPECT_THAT(*words, ElementsAre("/bin/e", "--port=8181", R"({"a":{"b":1}})", "{", "{}"));
}

TEST(ScaleTemplate, AFilledValueIsNeverReadAgain)
{
    const auto words = filled({"{model}"}, {{"model", "{port}"}, {"port", "81"}});

    ASSERT_TRUE(words);
    EXPECT_THAT(*words, ElementsAre("{port}"));
}

TEST(ScaleTemplate, AnUnknownPlaceholderIsNamed)
{
    EXPECT_THAT(filled({"{prot}"}, {{"port", "81"}}).error().message(), HasSubstr("{prot}"));
}

TEST(ScaleTemplate, AGoodScaleHasNoProblem)
{
    EXPECT_THAT(problemsOf(goodScale(), "chat"), IsEmpty());
    EXPECT_THAT(validate(policyWith({{"chat", goodScale()}})), IsEmpty());
}

TEST(ScaleTemplate, EveryProblemIsToldAtOnce)
{
    PoolScale scale = goodScale();
    scale.on = "No Name";
    scale.engine = {"engine", "{config}"};
    scale.desired = 9;
    scale.others = 1;
    scale.startTimeoutMs = 5;
    scale.logBytes = 1;

    const std::vector<std::string> problems = problemsOf(scale, "chat");

    EXPECT_THAT(problems, Contains(HasSubstr("scale.on")));
    EXPECT_THAT(problems, Contains(HasSubstr("whole path of a program, not 'engine'")));
    EXPECT_THAT(problems, Contains(HasSubstr("{config}"))); // only an agent's command has one
    EXPECT_THAT(problems, Contains(HasSubstr("scale.desired 9 is outside")));
    EXPECT_THAT(problems, Contains(HasSubstr("scale.others 1")));
    EXPECT_THAT(problems, Contains(HasSubstr("scale.start_timeout")));
    EXPECT_THAT(problems, Contains(HasSubstr("scale.log_bytes")));
}

TEST(ScaleTemplate, OneMachineIsAskedForNoMoreThanItTakes)
{
    PoolScale scale = goodScale();
    scale.most = 40;
    EXPECT_THAT(validate(policyWith({{"a", scale}})), IsEmpty());
    EXPECT_THAT(validate(policyWith({{"a", scale}, {"b", scale}})),
                ElementsAre(HasSubstr("asks 'gateway-1' for 80 instances")));
    PoolScale elsewhere = scale;
    elsewhere.on = "gateway-2";
    EXPECT_THAT(validate(policyWith({{"a", scale}, {"b", elsewhere}})), IsEmpty());
    scale.most = 65;
    EXPECT_THAT(problemsOf(scale, "chat"), Contains(HasSubstr("for 65 instances")));
}

} // namespace
} // namespace signalbox::model
