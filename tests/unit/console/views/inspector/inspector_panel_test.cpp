// SPDX-License-Identifier: Apache-2.0
#include "console/views/inspector/inspector_panel.h"

#include "tests/support/gui/console_fleet.h"

#include <QLabel>
#include <QPushButton>
#include <QTest>

#include <gtest/gtest.h>

namespace signalbox::inspector {
namespace {

using namespace Qt::StringLiterals;
using views::Act;
using views::ObjectKind;

class Inspector : public testing::Test {
protected:
    void SetUp() override
    {
        fleet.connect();
        panel.resize(328, 700);
        panel.show();
        QObject::connect(&panel, &InspectorPanel::actRequested, &panel,
                         [this](Act act, const std::vector<views::ObjectRef>& objects) {
                             acts.push_back(act);
                             asked = objects;
                         });
    }
    const Inspected& select(ObjectKind kind, const std::string& id)
    {
        fleet.selection().select({kind, id});
        return panel.shown();
    }
    QPushButton* button(const QString& word)
    {
        for (QPushButton* one : panel.findChildren<QPushButton*>()) {
            if (one->isVisible() && one->text().startsWith(word))
                return one;
        }
        return nullptr;
    }
    static QString valueOf(const Inspected& shown, const QString& name)
    {
        for (const FactGroup& group : shown.groups) {
            for (const Fact& fact : group.facts) {
                if (fact.name == name)
                    return fact.value;
            }
        }
        return u"none"_s;
    }

    tests::ConsoleFleet fleet{
        {.gateways = 1, .pools = 2, .instancesPerPool = 3, .hasStandby = true}};
    InspectorPanel panel{fleet.session()};
    std::vector<Act> acts;
    std::vector<views::ObjectRef> asked;
};

TEST_F(Inspector, SaysWhatToSelectWhenNothingIs)
{
    EXPECT_FALSE(panel.shown().isKnown);
    EXPECT_EQ(button(u"Drain"_s), nullptr);
}

TEST_F(Inspector, AWedgedInstanceIsExplainedWithWhatToDo)
{
    fleet.wedgeEngine("chat-1");
    const Inspected& shown = select(ObjectKind::Agent, "chat-1");
    EXPECT_EQ(shown.priority, model::Priority::P2);
    ASSERT_FALSE(shown.why.isEmpty());
    EXPECT_TRUE(shown.why.front().startsWith(u"Wedged: no token for 6 s"_s));
    EXPECT_TRUE(shown.why.front().contains(u"since 14:"_s));
    EXPECT_GE(shown.steps.size(), 2);
    EXPECT_TRUE(shown.state.startsWith(u"RUN · wedged · live"_s)) << shown.state.toStdString();
    EXPECT_EQ(valueOf(shown, u"Engine"_s), u"vllm 0.19.1"_s);
    EXPECT_EQ(valueOf(shown, u"Zone"_s), u"eu-1a"_s);
}

TEST_F(Inspector, ADrainingInstanceSaysWhatIsLeftAndOffersUndrain)
{
    fleet.drain("chat-1", 14);
    const Inspected& shown = select(ObjectKind::Agent, "chat-1");
    EXPECT_TRUE(shown.why.contains(u"14 streams left, longest 3 min 12 s"_s));
    ASSERT_NE(button(u"Undrain"_s), nullptr);
    EXPECT_TRUE(button(u"Undrain"_s)->isEnabled());
    EXPECT_FALSE(button(u"Drain"_s)->isEnabled());
    EXPECT_TRUE(button(u"Drain"_s)->toolTip().contains(u"off"_s));
}

TEST_F(Inspector, AButtonOnlyAsksAndItsFocusSurvivesARefresh)
{
    select(ObjectKind::Agent, "chat-1");
    QPushButton* drain = button(u"Drain"_s);
    ASSERT_NE(drain, nullptr);
    drain->setFocus();
    fleet.advance(3);
    EXPECT_EQ(button(u"Drain"_s), drain);
    QTest::keyClick(drain, Qt::Key_Space);
    ASSERT_EQ(acts, std::vector<Act>{Act::Drain});
    EXPECT_EQ(asked, (std::vector<views::ObjectRef>{{ObjectKind::Agent, "chat-1"}}));
    EXPECT_TRUE(fleet.port().previews.empty());
    EXPECT_FALSE(drain->accessibleName().isEmpty());
}

TEST_F(Inspector, APoolNamesWhoDoesNotServeAndWhatItCouldFailOverTo)
{
    fleet.killEngine("chat-2-1");
    fleet.drain("chat-2-2", 3);
    const Inspected& shown = select(ObjectKind::Pool, "chat-2");
    EXPECT_EQ(shown.state, u"1 of 3 serving"_s);
    EXPECT_EQ(shown.priority, model::Priority::P2);
    EXPECT_EQ(valueOf(shown, u"chat-2-1"_s), u"failed"_s);
    EXPECT_EQ(valueOf(shown, u"chat-2-2"_s), u"DRAIN"_s);
    EXPECT_FALSE(button(u"Fail over"_s)->isEnabled()); // its route has no standby
    select(ObjectKind::Pool, "chat");
    EXPECT_TRUE(button(u"Fail over"_s)->isEnabled());
}

TEST_F(Inspector, ARouteListsTargetsAndFallbacks)
{
    const Inspected& shown = select(ObjectKind::Route, "chat");
    EXPECT_EQ(shown.state, u"at home"_s);
    EXPECT_EQ(valueOf(shown, u"chat"_s), u"weight 100"_s);
    EXPECT_EQ(valueOf(shown, u"chat-standby"_s), u"3 of 3 ready"_s);
    EXPECT_TRUE(button(u"Fail over"_s)->isEnabled());
    EXPECT_FALSE(button(u"Weights"_s)->isEnabled());
}

TEST_F(Inspector, AChangeCanBeUndoneOnce)
{
    const Inspected& undone = select(ObjectKind::Audit, "1");
    EXPECT_EQ(undone.state, u"Drain chat-0"_s);
    EXPECT_FALSE(button(u"Undo"_s)->isEnabled());
    select(ObjectKind::Audit, "3");
    EXPECT_TRUE(button(u"Undo"_s)->isEnabled());
    QTest::mouseClick(button(u"Undo"_s), Qt::LeftButton);
    EXPECT_EQ(acts, std::vector<Act>{Act::Undo});
}

TEST_F(Inspector, WhatIsGoneIsSaidAndCannotBeActedOn)
{
    fleet.leave("chat-1");
    const Inspected& shown = select(ObjectKind::Agent, "chat-1");
    EXPECT_TRUE(shown.isKnown);
    EXPECT_TRUE(shown.why.front().startsWith(u"Gone"_s));
    EXPECT_EQ(button(u"Drain"_s), nullptr);
    EXPECT_FALSE(select(ObjectKind::Agent, "nobody").isKnown);
}

TEST_F(Inspector, EveryLabelIsPlainText)
{
    fleet.state("chat-1").record.health = {model::Health::Failed, "<b>x</b>", 1};
    fleet.tell("chat-1");
    select(ObjectKind::Agent, "chat-1");
    for (const QLabel* label : panel.findChildren<QLabel*>())
        EXPECT_EQ(label->textFormat(), Qt::PlainText) << label->text().toStdString();
}

} // namespace
} // namespace signalbox::inspector
