// SPDX-License-Identifier: Apache-2.0
#include "console/views/commands/command_sheet.h"
#include "console/theme/apply_theme.h"
#include "tests/support/gui/console_fleet.h"

#include <QApplication>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSlider>
#include <QSpinBox>
#include <QTest>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace signalbox::views {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

const ObjectRef kAgent{ObjectKind::Agent, "chat-0"};
const ObjectRef kRoute{ObjectKind::Route, "chat"};

// A window with something that has the focus, and the sheet over it.
class CommandSheetTest : public testing::Test {
protected:
    CommandSheetTest()
    {
        fleet_.connect(30);
        area_.setGeometry(0, 0, 1100, 700);
        opener_.setGeometry(0, 0, 120, 30);
        area_.show();
        area_.activateWindow();
        EXPECT_TRUE(QTest::qWaitForWindowActive(&area_));
        opener_.setFocus();
    }

    template <typename T>
    T* named(const char* accessibleName)
    {
        for (T* one : sheet_.findChildren<T*>()) {
            if (one->accessibleName() == QLatin1String(accessibleName))
                return one;
        }
        return nullptr;
    }

    QLineEdit* cause() { return named<QLineEdit>("Cause"); }
    QPushButton* button(const char* name) { return named<QPushButton>(name); }

    model::Preview previewOf(const model::Edit& edit)
    {
        model::Preview preview;
        preview.plan.edit = edit;
        preview.plan.baseRevision = 419;
        preview.diff = {{"admin", "chat-0", "admin", "run", "drain"}};
        preview.agents = {"chat-0", "gw-1"};
        preview.survivors = {{"chat", 3, 2, 14, 0.43, 0.61, 412, 446}};
        preview.warnings = {"chat-0 has an exchange open for 3 min already"};
        return preview;
    }

    void answer() { port().onPreview(previewOf(port().previews.back())); }

    // "Drain chat-0", previewed, with a cause: one press from being applied.
    void prepareDrain()
    {
        ASSERT_TRUE(sheet_.open(Act::Drain, {kAgent}));
        answer();
        cause()->setText(QStringLiteral("kernel upgrade"));
    }

    void pass(std::chrono::milliseconds by)
    {
        fleet_.clock().advance(by);
        desk_.tick();
    }

    tests::RecordingPort& port() { return fleet_.port(); }

    tests::ConsoleFleet fleet_{{.gateways = 2, .instancesPerPool = 3, .hasStandby = true}};
    command::CommandDesk desk_{fleet_.store(), fleet_.port(), fleet_.clock()};
    QWidget area_;
    QPushButton opener_{&area_};
    CommandSheet sheet_{fleet_.session(), desk_, &area_};
};

TEST_F(CommandSheetTest, AsksForAPreviewAndNothingElseBeforeApply)
{
    prepareDrain();
    EXPECT_EQ(sheet_.title(), QStringLiteral("Drain chat-0"));
    pass(30s);
    EXPECT_THAT(port().applied, IsEmpty());
    EXPECT_THAT(port().convergences, IsEmpty());
    EXPECT_THAT(port().undos, IsEmpty());
}

TEST_F(CommandSheetTest, EscLeavesWithoutEffectAndGivesTheFocusBack)
{
    ASSERT_TRUE(opener_.hasFocus());
    prepareDrain();
    EXPECT_TRUE(cause()->hasFocus());
    const std::size_t asked = port().previews.size();

    QTest::keyClick(cause(), Qt::Key_Escape);

    EXPECT_FALSE(sheet_.isOpen());
    EXPECT_FALSE(sheet_.isVisible());
    EXPECT_TRUE(opener_.hasFocus());
    pass(60s);
    EXPECT_THAT(port().applied, IsEmpty());
    EXPECT_EQ(port().previews.size(), asked);

    ASSERT_TRUE(sheet_.open(Act::Drain, {kAgent}));
    EXPECT_EQ(cause()->text(), QStringLiteral("kernel upgrade")) << "it is offered again";
}

TEST_F(CommandSheetTest, EnterDoesNotApply)
{
    prepareDrain();
    ASSERT_TRUE(button("Drain chat-0")->isEnabled());
    QTest::keyClick(cause(), Qt::Key_Return);
    QTest::keyClick(cause(), Qt::Key_Enter, Qt::KeypadModifier);
    QTest::keyClick(button("Drain chat-0"), Qt::Key_Return);
    QTest::keyClick(button("Cancel"), Qt::Key_Return);
    EXPECT_THAT(port().applied, IsEmpty());
    EXPECT_TRUE(sheet_.isOpen());
}

TEST_F(CommandSheetTest, CtrlEnterAndClicksApplyOnce)
{
    prepareDrain();
    QTest::keyClick(cause(), Qt::Key_Return, Qt::ControlModifier);
    QTest::keyClick(cause(), Qt::Key_Return, Qt::ControlModifier);
    QTest::mouseDClick(button("Drain chat-0"), Qt::LeftButton);
    ASSERT_EQ(port().applied.size(), 1u);

    QTest::keyClick(cause(), Qt::Key_Escape);
    EXPECT_TRUE(sheet_.isOpen()) << "its answer comes first";
    port().onApply(model::ApplyAnswer{model::ApplyAnswer::Outcome::Applied, 420, 4, {}});
    EXPECT_EQ(port().applied.size(), 1u);
    EXPECT_TRUE(button("Undo, preview")->isVisible());
}

TEST_F(CommandSheetTest, AKeyThatIsHeldDoesNotApply)
{
    prepareDrain();
    QKeyEvent held(QEvent::KeyPress, Qt::Key_Return, Qt::ControlModifier, QString(), true);
    QApplication::sendEvent(cause(), &held);
    EXPECT_THAT(port().applied, IsEmpty());
}

TEST_F(CommandSheetTest, ARefreshKeepsFocusAndWhatIsTyped)
{
    prepareDrain();
    cause()->setCursorPosition(3);
    pass(5s);
    ASSERT_EQ(port().previews.size(), 2u);
    model::Preview other = previewOf(port().previews.back());
    other.survivors[0].utilisationAfter = 0.7;
    port().onPreview(other);

    EXPECT_TRUE(cause()->hasFocus());
    EXPECT_EQ(cause()->text(), QStringLiteral("kernel upgrade"));
    EXPECT_EQ(cause()->cursorPosition(), 3);
    EXPECT_TRUE(button("Drain chat-0")->isEnabled());
}

TEST_F(CommandSheetTest, ARefusalTakesTheNameToTheLetter)
{
    prepareDrain();
    pass(5s);
    model::Preview refused = previewOf(port().previews.back());
    refused.refusal = "pool chat would be left with 0 ready instances of 3: its floor is 1";
    refused.overrideName = "chat";
    port().onPreview(refused);
    button("I have looked at the new plan")->click();
    QLineEdit* name = named<QLineEdit>("Name that overrides the refusal");
    ASSERT_TRUE(name->isVisible());
    EXPECT_FALSE(button("Drain chat-0")->isEnabled());

    QTest::keyClicks(name, QStringLiteral("Chat"));
    EXPECT_FALSE(button("Drain chat-0")->isEnabled());
    name->clear();
    QTest::keyClicks(name, QStringLiteral("chat"));
    button("Drain chat-0")->click();
    ASSERT_EQ(port().applied.size(), 1u);
    EXPECT_EQ(port().applied[0].options.overrideName, "chat");
}

TEST_F(CommandSheetTest, AConflictShowsTheFreshDiffAndWaits)
{
    prepareDrain();
    button("Drain chat-0")->click();
    model::Preview fresh = previewOf(port().previews.back());
    fresh.diff[0].before = "maint";
    port().onApply(model::ApplyAnswer{model::ApplyAnswer::Outcome::Conflict, 421, 0, fresh});

    EXPECT_FALSE(button("Drain chat-0")->isEnabled());
    EXPECT_EQ(named<QWidget>("Change")->accessibleDescription(),
              QStringLiteral("admin chat-0; - admin: maint; + admin: drain"));
    QTest::keyClick(cause(), Qt::Key_Return, Qt::ControlModifier);
    EXPECT_EQ(port().applied.size(), 1u);
    button("I have looked at the new plan")->click();
    EXPECT_TRUE(button("Drain chat-0")->isEnabled());
}

TEST_F(CommandSheetTest, SaysWhyItCannotBeApplied)
{
    prepareDrain();
    const auto reason = [&] { return button("Drain chat-0")->accessibleDescription(); };
    EXPECT_EQ(reason(), QString());
    desk_.setAccess(command::Access::Replay);
    EXPECT_EQ(reason(), QStringLiteral("Apply is off: this is the past; return to live to act."));
    desk_.setAccess(command::Access::ReadOnly);
    EXPECT_EQ(reason(), QStringLiteral("Apply is off: this window only reads."));
    desk_.setAccess(command::Access::Operate);
    fleet_.loseLink();
    cause()->clear();
    EXPECT_EQ(reason(), QStringLiteral("Apply is off: the link to the fleet is lost, and no cause "
                                       "is given."));
    EXPECT_FALSE(button("Drain chat-0")->isEnabled());
}

TEST_F(CommandSheetTest, ADeadlineNamesEveryAgentOnce)
{
    ASSERT_TRUE(sheet_.open(Act::Drain, {{ObjectKind::Pool, "chat"}}));
    EXPECT_EQ(port().previews.back(),
              model::Edit(model::AdminEdit{model::Verb::Drain, "chat", {}}));
    answer();
    named<QAbstractButton>("A deadline, in minutes")->click();

    const auto edit = std::get<model::AdminEdit>(port().previews.back());
    ASSERT_EQ(edit.changes.size(), 3u);
    EXPECT_EQ(edit.changes[0].agent, "chat-0");
    EXPECT_EQ(edit.changes[0].deadlineUnixMs, fleet_.store().nowUnixMs() + 600'000);
}

TEST_F(CommandSheetTest, AFailoverOffersWhatCanBeDoneAboutAnUnprovenStandby)
{
    ASSERT_TRUE(sheet_.open(Act::Failover, {kRoute}));
    auto edit = std::get<model::RouteEdit>(port().previews.back());
    EXPECT_EQ(edit.toPool, "chat-standby");
    model::Preview preview = previewOf(port().previews.back());
    preview.proofs = {{"chat-standby", "chat-standby-2", model::ProofVerdict::Unproven,
                       {model::Health::Ready, "", 0}, true, 846'000, 846'000,
                       "gave no token for 14 min"},
                      {"chat-standby", "chat-standby-0", model::ProofVerdict::Proven,
                       {model::Health::Ready, "", 0}, true, 3'000, 3'000, ""}};
    preview.refusal = "chat-standby-2 has not proved that it can answer";
    preview.overrideName = "chat-standby";
    port().onPreview(preview);

    button("Probe chat-standby-2 now")->click();
    EXPECT_THAT(port().probes, ElementsAre("chat-standby-2"));
    port().onProbe(model::ProbeReport{"chat-standby-2", model::ProbeReport::Result::Token, "", 41});
    EXPECT_EQ(port().previews.size(), 2u) << "its proof may be given now";
    port().onPreview(preview);

    button("Leave out chat-standby-2, preview again")->click();
    edit = std::get<model::RouteEdit>(port().previews.back());
    ASSERT_EQ(edit.members.size(), 1u);
    EXPECT_EQ(edit.members[0].agent, "chat-standby-2");
}

TEST_F(CommandSheetTest, WeightsAreAskedOnlyWhenOneIsAnother)
{
    ASSERT_TRUE(sheet_.open(Act::Weights, {kRoute}));
    EXPECT_THAT(port().previews, IsEmpty());
    named<QSpinBox>("Weight of chat")->setValue(40);
    ASSERT_EQ(port().previews.size(), 1u);
    const auto edit = std::get<model::RouteEdit>(port().previews.back());
    EXPECT_THAT(edit.targets, ElementsAre(model::RouteTarget{"chat", 40}));
    EXPECT_EQ(named<QSlider>("Weight of chat, slider")->value(), 40);
}

TEST_F(CommandSheetTest, AScaleStaysBetweenItsRails)
{
    EXPECT_FALSE(sheet_.open(Act::Scale, {{ObjectKind::Pool, "chat"}})) << "nobody starts them";
    fleet::FleetChanges changes;
    changes.policy = fleet_.store().policy();
    changes.policy->policy.pools["chat"].scale
        = model::PoolScale{.on = "gw-1", .desired = 3, .least = 1, .most = 5};
    fleet_.store().apply(std::move(changes));

    ASSERT_TRUE(sheet_.open(Act::Scale, {kAgent})) << "an instance means its pool";
    EXPECT_THAT(port().previews, IsEmpty());
    named<QSpinBox>("Instances of chat")->setValue(9);
    ASSERT_EQ(port().previews.size(), 1u);
    EXPECT_EQ(port().previews.back(), model::Edit(model::ScaleEdit{"chat", 5, {}}));
    answer();
    EXPECT_NE(button("Scale chat to 5 instances"), nullptr);
}

TEST_F(CommandSheetTest, ActsThatMakeNoSenseOpenNothing)
{
    EXPECT_FALSE(sheet_.open(Act::Failover, {{ObjectKind::Agent, "gw-1"}}));
    EXPECT_FALSE(sheet_.open(Act::Drain, {{ObjectKind::Pool, "nobody"}}));
    EXPECT_FALSE(sheet_.open(Act::Undo, {{ObjectKind::Audit, "12x"}}));
    EXPECT_FALSE(sheet_.isOpen());
    EXPECT_THAT(port().previews, IsEmpty());
}

TEST_F(CommandSheetTest, TabStaysWithinTheSheet)
{
    prepareDrain();
    for (int i = 0; i < 30; ++i) {
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
        ASSERT_TRUE(sheet_.isAncestorOf(QApplication::focusWidget())) << i;
    }
}

TEST_F(CommandSheetTest, EveryFieldAndButtonHasANameAndAToolTip)
{
    for (const Act act : {Act::Drain, Act::Undrain, Act::Maintenance, Act::Failover, Act::Failback,
                          Act::Weights, Act::Undo}) {
        const ObjectRef object = act == Act::Undo ? ObjectRef{ObjectKind::Audit, "3"}
            : act == Act::Failover || act == Act::Failback || act == Act::Weights ? kRoute
                                                                                  : kAgent;
        ASSERT_TRUE(sheet_.open(act, {object}));
        for (QWidget* one : sheet_.findChildren<QWidget*>()) {
            const bool isInteractive = (one->focusPolicy() & Qt::TabFocus) == Qt::TabFocus
                && qobject_cast<QAbstractSpinBox*>(one->parentWidget()) == nullptr
                && one->isVisible();
            if (isInteractive) {
                EXPECT_FALSE(one->accessibleName().isEmpty())
                    << one->metaObject()->className() << " of act " << static_cast<int>(act);
                EXPECT_FALSE(one->toolTip().isEmpty())
                    << one->accessibleName().toStdString() << " of act " << static_cast<int>(act);
            }
        }
    }
}

} // namespace
} // namespace signalbox::views
