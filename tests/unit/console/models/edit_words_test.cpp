// SPDX-License-Identifier: Apache-2.0
#include "console/models/edit_words.h"

#include <gtest/gtest.h>

namespace signalbox::models {
namespace {

model::AdminEdit adminEdit(model::Verb verb, const std::string& pool,
                           std::vector<model::AdminChange> changes)
{
    return {verb, pool, std::move(changes)};
}

QString titleOf(const model::Edit& edit)
{
    return editTitle(edit);
}

TEST(EditWords, TitlesAreVerbCountAndObject)
{
    using model::Admin;
    using model::Verb;
    const model::AdminChange one{"chat-0", Admin::Drain, 0};
    const model::AdminChange two{"chat-1", Admin::Drain, 0};
    const model::AdminChange maint{"chat-0", Admin::Maint, 0};
    EXPECT_EQ(titleOf(adminEdit(Verb::Drain, "", {one})), QStringLiteral("Drain chat-0"));
    EXPECT_EQ(titleOf(adminEdit(Verb::Drain, "", {one, two})),
              QStringLiteral("Drain 2 instances"));
    EXPECT_EQ(titleOf(adminEdit(Verb::Drain, "chat", {})), QStringLiteral("Drain pool chat"));
    EXPECT_EQ(titleOf(adminEdit(Verb::Drain, "chat", {one, two})),
              QStringLiteral("Drain 2 instances of chat"));
    EXPECT_EQ(titleOf(adminEdit(Verb::SetAdmin, "", {maint})),
              QStringLiteral("Put chat-0 into maintenance"));
    EXPECT_EQ(titleOf(adminEdit(Verb::SetAdmin, "", {maint, two})),
              QStringLiteral("Put back 2 instances"));
    EXPECT_EQ(titleOf(adminEdit(Verb::SetAdmin, "", {})), QStringLiteral("First policy"));
    EXPECT_EQ(titleOf(model::RouteEdit{.route = "chat", .toPool = "spare"}),
              QStringLiteral("Fail over chat to spare"));
    EXPECT_EQ(titleOf(model::RouteEdit{.verb = Verb::Failback, .route = "chat"}),
              QStringLiteral("Fail back chat"));
    EXPECT_EQ(verbText(model::RouteEdit{.verb = Verb::SetWeights, .route = "chat"}),
              QStringLiteral("weights"));
    EXPECT_EQ(objectsText(model::RouteEdit{
                  .verb = Verb::SetWeights, .route = "chat", .targets = {{"big", 20}}}),
              QStringLiteral("chat, big 20"));
}

TEST(EditWords, ADiffNamesEachObjectOnce)
{
    const std::vector<model::DiffLine> diff{{"route", "chat", "to", "a", "b"},
                                            {"route", "chat", "fallbacks", "b", "none"},
                                            {"admin", "a-0", "admin", "run", "drain"}};
    const std::vector<DiffRow> rows = diffRows(diff, 100);
    ASSERT_EQ(rows.size(), 8u);
    EXPECT_EQ(rows[0].text, QStringLiteral("route chat"));
    EXPECT_EQ(rows[1].kind, DiffRow::Kind::Before);
    EXPECT_EQ(rows[1].text, QStringLiteral("to: a"));
    EXPECT_EQ(rows[2].text, QStringLiteral("to: b"));
    EXPECT_EQ(rows[5].text, QStringLiteral("admin a-0"));

    const std::vector<DiffRow> cut = diffRows(diff, 4);
    ASSERT_EQ(cut.size(), 5u);
    EXPECT_EQ(cut.back().text, QStringLiteral("and 4 more lines"));
}

TEST(EditWords, EffectsNameWhatEnds)
{
    model::Preview preview;
    preview.plan.edit
        = adminEdit(model::Verb::Drain, "", {{"chat-0", model::Admin::Drain, 0}});
    EXPECT_EQ(effectText(preview), QStringLiteral("Nothing would change: it is so already."));
    preview.diff = {{"admin", "chat-0", "admin", "run", "drain"}};
    preview.survivors = {{.pool = "chat", .inFlightMoved = 14}};
    EXPECT_EQ(effectText(preview),
              QStringLiteral("1 instance stops taking new work; 14 running requests end where "
                             "they are."));
}

TEST(EditWords, HindrancesAreOneSentence)
{
    using command::Hindrance;
    EXPECT_EQ(hindrancesText({}, nullptr), QString());
    EXPECT_EQ(hindrancesText({Hindrance::NoCause}, nullptr),
              QStringLiteral("Apply is off: no cause is given."));
    EXPECT_EQ(hindrancesText({Hindrance::LinkLost, Hindrance::Expired, Hindrance::NoCause},
                             nullptr),
              QStringLiteral("Apply is off: the link to the fleet is lost, the preview is more "
                             "than 60 s old, and no cause is given."));
}

TEST(EditWords, ListsAreShortAndNamesSafe)
{
    EXPECT_EQ(listText({"a", "b", "c"}, 2), QStringLiteral("a, b and 1 more"));
    EXPECT_EQ(listText({"a"}, 2), QStringLiteral("a"));
    EXPECT_LE(shownName(std::string(200, 'x')).size(), 40);
}

TEST(EditWords, AnInverseOfARouteSaysWhatItPutsBack)
{
    model::RouteEdit route{.verb = model::Verb::Failover, .route = "chat"};
    route.restore = model::RouteRestore{.placement = {.targets = {{"chat", 90}, {"chat-2", 10}}}};
    EXPECT_EQ(editTitle(route).toStdString(), "Put chat back to chat 90, chat-2 10");
}

} // namespace
} // namespace signalbox::models
