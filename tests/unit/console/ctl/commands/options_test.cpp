// SPDX-License-Identifier: Apache-2.0
#include "console/ctl/commands/options.h"

#include "console/ctl/exit_code.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace signalbox::ctl {
namespace {

Parsed parse(std::vector<const char*> words)
{
    words.insert(words.begin(), "signalboxctl");
    return parseOptions(static_cast<int>(words.size()), words.data());
}

TEST(Options, DefaultsNeedOnlyACommand)
{
    ::unsetenv("SIGNALBOX_FLEET");

    const Parsed parsed = parse({"top"});

    ASSERT_TRUE(parsed.options);
    EXPECT_EQ(parsed.options->command, Command::Top);
    EXPECT_EQ(parsed.options->addresses,
              std::vector<std::string>{"grpc://127.0.0.1"
                                       ":8801"});
    EXPECT_EQ(parsed.options->output, Output::Table);
    EXPECT_FALSE(parsed.options->operatorName.empty());
}

TEST(Options, AddressesComeFromTheOptionOrTheEnvironment)
{
    ::setenv("SIGNALBOX_FLEET", "ws://192.0.2.7:8802/tunnel", 1);
    EXPECT_EQ(parse({"top"}).options->addresses,
              std::vector<std::string>{"ws://192.0.2.7:8802/tunnel"});
    EXPECT_EQ(parse({"--fleet", "192.0.2.1:8801,grpc://192.0.2.2:8801", "top"}).options->addresses,
              (std::vector<std::string>{"grpc://192.0.2.1:8801", "grpc://192.0.2.2:8801"}));
    ::unsetenv("SIGNALBOX_FLEET");
}

TEST(Options, GlobalOptionsMayStandAfterTheCommand)
{
    const Parsed parsed = parse({"get", "audit", "--output", "json", "--count", "5"});

    ASSERT_TRUE(parsed.options);
    EXPECT_EQ(parsed.options->command, Command::GetAudit);
    EXPECT_EQ(parsed.options->output, Output::Json);
    EXPECT_EQ(parsed.options->count, 5u);
}

TEST(Options, ADrainNamesAgentsOrOnePool)
{
    const Parsed parsed = parse({"drain", "gpu-01", "gpu-02", "--cause", "x", "--deadline", "10m"});

    ASSERT_TRUE(parsed.options);
    EXPECT_EQ(parsed.options->command, Command::Change);
    EXPECT_EQ(parsed.options->change.agents, (std::vector<std::string>{"gpu-01", "gpu-02"}));
    EXPECT_EQ(parsed.options->change.deadlineMs, 600'000);
    EXPECT_EQ(parse({"drain"}).exitCode, static_cast<int>(ExitCode::Usage));
    EXPECT_EQ(parse({"drain", "gpu-01", "--pool", "chat"}).exitCode,
              static_cast<int>(ExitCode::Usage));
}

TEST(Options, ApplyNeverAsksAndNeedsACause)
{
    EXPECT_EQ(parse({"apply", "drain", "gpu-01"}).exitCode, static_cast<int>(ExitCode::Usage));

    const Parsed parsed = parse({"apply", "drain", "gpu-01", "--cause", "x"});
    ASSERT_TRUE(parsed.options);
    EXPECT_EQ(parsed.options->command, Command::Apply);
    EXPECT_EQ(parsed.options->change.answer, Answer::Yes);
    EXPECT_EQ(parsed.options->change.follow, Follow::No);

    const Parsed waiting = parse({"apply", "drain", "gpu-01", "--cause", "x", "--wait", "90s"});
    EXPECT_EQ(waiting.options->change.follow, Follow::Yes);
    EXPECT_EQ(waiting.options->change.waitMs, 90'000);
}

TEST(Options, AFailoverNamesARouteAndPerhapsAPool)
{
    const Parsed parsed = parse({"failover", "chat", "--to", "spare", "--leave-out", "gpu-09",
                                 "--cause", "x"});

    ASSERT_TRUE(parsed.options) << parsed.words;
    EXPECT_EQ(parsed.options->change.verb, ChangeOptions::Verb::Failover);
    EXPECT_EQ(parsed.options->change.route, "chat");
    EXPECT_EQ(parsed.options->change.pool, "spare");
    EXPECT_EQ(parsed.options->change.agents, std::vector<std::string>{"gpu-09"});
    EXPECT_EQ(parse({"failover"}).exitCode, static_cast<int>(ExitCode::Usage));
    EXPECT_EQ(parse({"failback", "chat", "--to", "spare"}).exitCode,
              static_cast<int>(ExitCode::Usage));
    EXPECT_EQ(parse({"preview", "failback", "chat"}).options->command, Command::Preview);
    EXPECT_EQ(parse({"failover", "chat", "--leave-out", "GPU 9"}).exitCode,
              static_cast<int>(ExitCode::Usage));
}

TEST(Options, WeightsAreNumbersOfPools)
{
    const Parsed parsed = parse({"weights", "chat", "a=90", "b=0", "--yes"});

    ASSERT_TRUE(parsed.options) << parsed.words;
    EXPECT_EQ(parsed.options->change.weights,
              (std::vector<model::RouteTarget>{{"a", 90}, {"b", 0}}));
    for (const char* wrong : {"a", "a=", "=5", "a=x", "a=-1", "a=5x", "a=1000001"})
        EXPECT_EQ(parse({"weights", "chat", wrong}).exitCode, static_cast<int>(ExitCode::Usage))
            << wrong;
    EXPECT_EQ(parse({"weights", "chat"}).exitCode, static_cast<int>(ExitCode::Usage));
}

TEST(Options, AProbeNamesAgents)
{
    EXPECT_EQ(parse({"probe", "gpu-01", "gpu-02"}).options->change.agents.size(), 2U);
    EXPECT_EQ(parse({"probe"}).exitCode, static_cast<int>(ExitCode::Usage));
}

TEST(Options, UndoNamesARecord)
{
    const Parsed parsed = parse({"undo", "7"});

    ASSERT_TRUE(parsed.options);
    EXPECT_EQ(parsed.options->change.verb, ChangeOptions::Verb::Undo);
    EXPECT_EQ(parsed.options->change.auditNumber, 7u);
    EXPECT_EQ(parse({"undo"}).exitCode, static_cast<int>(ExitCode::Usage));
    EXPECT_EQ(parse({"undo", "0"}).exitCode, static_cast<int>(ExitCode::Usage));
}

TEST(Options, WrongWordsAreUsageAndHelpIsNot)
{
    for (const std::vector<const char*>& words : {std::vector<const char*>{},
                                                  {"tpo"},
                                                  {"top", "--interval", "0"},
                                                  {"get"},
                                                  {"--output", "xml", "top"},
                                                  {"drain", "Gpu"},
                                                  {"drain", "gpu-01", "--wait", "soon"}}) {
        const Parsed parsed = parse(words);
        EXPECT_FALSE(parsed.options);
        EXPECT_EQ(parsed.exitCode, static_cast<int>(ExitCode::Usage));
        EXPECT_FALSE(parsed.words.empty());
    }
    const Parsed help = parse({"--help"});
    EXPECT_EQ(help.exitCode, 0);
    EXPECT_NE(help.words.find("Exit codes"), std::string::npos);
}

TEST(Options, AScaleNamesAPoolAndANumber)
{
    const Parsed parsed = parse({"scale", "chat", "5", "--victim", "chat-4", "--yes"});

    ASSERT_TRUE(parsed.options) << parsed.words;
    EXPECT_EQ(parsed.options->change.pool, "chat");
    EXPECT_EQ(parsed.options->change.desired, 5U);
    EXPECT_EQ(parsed.options->change.agents, std::vector<std::string>{"chat-4"});
    for (const char* wrong : {"many", "-1"})
        EXPECT_EQ(parse({"scale", "chat", wrong}).exitCode, static_cast<int>(ExitCode::Usage));
    EXPECT_EQ(parse({"scale", "chat"}).exitCode, static_cast<int>(ExitCode::Usage));
}

} // namespace
} // namespace signalbox::ctl
