// SPDX-License-Identifier: Apache-2.0
#include "console/app/main_window.h"
#include "console/theme/apply_theme.h"
#include "console/views/commands/command_sheet.h"
#include "tests/scenario/live_fleet.h"

#include <QApplication>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QTest>
#include <gtest/gtest.h>

#include <csignal>
#include <memory>
#include <string>

namespace signalbox::app {
namespace {

using command::DeskState;
using model::Admin;
using tests::LiveFleet;
using views::CommandSheet;
using views::ObjectKind;

// An operator at the keyboard: what he does are keys, what he sees are facts of the window.
class Operator {
public:
    explicit Operator(const LiveFleet& fleet)
        : settings_(QString()), window_(base::systemClock(), settings_, optionsFor())
    {
        window_.resize(1600, 900);
        window_.show();
        window_.activateWindow();
        link::LinkOptions link = optionsFor().link;
        link.addresses = {fleet.gateways().front().control};
        opened_ = window_.connectTo(link, {});
    }

    MainWindow& window() { return window_; }
    const base::Status& opened() const { return opened_; }
    fleet::FleetStore& store() { return window_.session()->shown(); }
    command::CommandDesk& desk() { return window_.session()->desk(); }
    CommandSheet* sheet() { return window_.findChild<CommandSheet*>(); }

    template <typename Fact>
    [[nodiscard]] bool sees(Fact fact)
    {
        return QTest::qWaitFor(std::move(fact), 60'000);
    }
    void presses(Qt::Key key, Qt::KeyboardModifiers with = Qt::NoModifier)
    {
        QWidget* focused = QApplication::focusWidget();
        QTest::keyClick(focused ? focused : &window_, key, with);
    }
    void types(const char* text)
    {
        QTest::keyClicks(QApplication::focusWidget(), QLatin1String(text));
    }
    // Ctrl+K, the name, Enter.
    void goesTo(const char* name)
    {
        presses(Qt::Key_K, Qt::ControlModifier);
        types(name);
        presses(Qt::Key_Return);
    }
    // Presses the button of the open sheet that says this; false when there is none.
    [[nodiscard]] bool pressesButton(const char* text)
    {
        for (QPushButton* button : sheet()->findChildren<QPushButton*>()) {
            if (!button->isVisible() || !button->text().startsWith(QLatin1String(text)))
                continue;
            button->setFocus();
            presses(Qt::Key_Space);
            return true;
        }
        return false;
    }
    // Who has been idle has shown no token: it is asked for one where the preview wants a proof.
    [[nodiscard]] bool provesWhereItGoes()
    {
        bool hasAsked = false;
        return sees([&] {
            if (!desk().preview() || desk().preview()->refusal.empty())
                return desk().preview().has_value();
            hasAsked = hasAsked || pressesButton("Probe");
            return false;
        });
    }
    // In an open sheet: waits for the preview, gives a cause, applies, and sees it applied.
    [[nodiscard]] bool applies(const char* cause)
    {
        if (!sees([&] { return desk().state() == DeskState::Previewed; }))
            return false;
        const std::size_t before = desk().followed().size();
        for (QLineEdit* field : sheet()->findChildren<QLineEdit*>()) {
            if (field->accessibleName() == QStringLiteral("Cause"))
                field->setFocus();
        }
        types(cause);
        // A preview that became another one since it was opened wants to be looked at first.
        const bool isClear = sees([&] {
            return desk().hindrances().empty()
                || (desk().isChanged() && pressesButton("I have looked")
                    && desk().hindrances().empty());
        });
        if (!isClear)
            return false;
        presses(Qt::Key_Return, Qt::ControlModifier);
        return sees([&] { return desk().followed().size() > before; });
    }
    [[nodiscard]] bool undoes(const char* cause)
    {
        return pressesButton("Undo") && provesWhereItGoes() && applies(cause);
    }
    // For a test's message.
    std::string whyNot()
    {
        std::string text = "state " + std::to_string(static_cast<int>(desk().state())) + ", "
            + desk().problem();
        for (const command::Hindrance hindrance : desk().hindrances())
            text += ", hindrance " + std::to_string(static_cast<int>(hindrance));
        return text + (desk().preview() ? ", refusal: " + desk().preview()->refusal : "");
    }
    const fleet::Agent& agent(const char* id) { return store().agent(store().slotOf(id)); }

private:
    static ConsoleOptions optionsFor()
    {
        ConsoleOptions options;
        options.link.operatorName = "ana";
        return options;
    }

    Settings settings_;
    MainWindow window_;
    base::Status opened_;
};

// An engine that says nothing, for as long as this lives.
class FrozenEngine {
public:
    FrozenEngine(const LiveFleet& fleet, const std::string& agent)
        : pid_(fleet.agent(agent).enginePid)
    {
        ::kill(pid_, SIGSTOP);
    }
    ~FrozenEngine() { ::kill(pid_, SIGCONT); }

private:
    pid_t pid_;
};

TEST(OperatorStory, FindsTheSickInstanceDrainsItAndTakesItBack)
{
    LiveFleet fleet({"--instances", "3", "--no-traffic"});
    Operator ana(fleet);
    ASSERT_TRUE(ana.opened()) << ana.opened().error().text();
    ASSERT_TRUE(ana.sees([&] { return ana.store().sums().live == 4; }));

    auto frozen = std::make_unique<FrozenEngine>(fleet, "chat-2");
    ASSERT_TRUE(ana.sees([&] { return ana.store().alarms().worstOfAgent("chat-2") != nullptr; }));
    EXPECT_EQ(ana.store().alarms().worstOfAgent("chat-2")->priority, model::Priority::P2);

    ana.goesTo("chat-2");
    ASSERT_NE(ana.window().currentScreen(), nullptr);
    EXPECT_EQ(ana.window().currentScreen()->name(), QStringLiteral("instance"));
    ana.presses(Qt::Key_D);
    ASSERT_TRUE(ana.sheet()->isOpen());
    ASSERT_TRUE(ana.applies("engine silent, INC-1"));
    EXPECT_TRUE(ana.sees([&] {
        return ana.agent("chat-2").state().drain.phase == model::DrainPhase::Drained;
    }));
    EXPECT_TRUE(ana.sees(
        [&] { return ana.store().audit().front().cause == "engine silent, INC-1"; }));
    EXPECT_EQ(ana.store().audit().front().operatorName, "ana");

    frozen.reset();
    ASSERT_TRUE(ana.sees([&] { return ana.agent("chat-2").health() == model::Health::Ready; }));
    ASSERT_TRUE(ana.undoes("it is back"));
    EXPECT_TRUE(ana.sees([&] { return ana.agent("chat-2").admin() == Admin::Run; }));
}

TEST(OperatorStory, LeavesAPreviewWithoutAnEffect)
{
    LiveFleet fleet({"--instances", "2", "--no-traffic"});
    Operator ana(fleet);
    ASSERT_TRUE(ana.sees([&] { return ana.store().sums().live == 3 && ana.store().hasAudit(); }));
    const std::size_t records = ana.store().audit().size();
    ana.goesTo("chat-1");
    ana.presses(Qt::Key_D);
    ASSERT_TRUE(ana.sees([&] { return ana.desk().state() == DeskState::Previewed; }));

    ana.presses(Qt::Key_Escape);

    EXPECT_FALSE(ana.sheet()->isOpen());
    ana.window().session()->link().refreshPolicy();
    bool isTold = false;
    QObject::connect(&ana.store(), &fleet::FleetStore::auditChanged, &ana.store(),
                     [&] { isTold = true; });
    ASSERT_TRUE(ana.sees([&] { return isTold; }));
    EXPECT_EQ(ana.store().audit().size(), records);
    EXPECT_EQ(ana.agent("chat-1").admin(), Admin::Run);
}

TEST(OperatorStory, ProvesAStandbyFailsTheRouteOverToItAndUndoesIt)
{
    LiveFleet fleet({"--instances", "2", "--standby", "2", "--no-traffic"});
    Operator ana(fleet);
    ASSERT_TRUE(ana.sees([&] { return ana.store().sums().live == 5 && ana.store().hasPolicy(); }));
    const auto& routes = ana.store().policy().policy.routes;
    ASSERT_FALSE(routes.empty());
    const std::string route = routes.begin()->first;
    const auto targetOf = [&] {
        return ana.store().policy().policy.routes.at(route).targets.front().pool;
    };
    ASSERT_EQ(targetOf(), "chat");

    ana.goesTo(route.c_str());
    ana.presses(Qt::Key_F);
    ASSERT_TRUE(ana.sheet()->isOpen());
    ASSERT_TRUE(ana.provesWhereItGoes()) << ana.whyNot();
    ASSERT_TRUE(ana.applies("rehearsal"));
    EXPECT_TRUE(ana.sees([&] { return targetOf() == "chat-standby"; }));

    ASSERT_TRUE(ana.undoes("rehearsal is over")) << ana.whyNot();
    EXPECT_TRUE(ana.sees([&] { return targetOf() == "chat"; }));
}

TEST(OperatorStory, ScalesAPoolOutAndUndoesIt)
{
    LiveFleet fleet({"--instances", "2", "--no-traffic"});
    Operator ana(fleet);
    ASSERT_TRUE(ana.sees([&] { return ana.store().sums().live == 3 && ana.store().hasPolicy(); }));
    const auto servingIn = [&](const char* pool) {
        return ana.store().pool(pool) ? ana.store().pool(pool)->sums.serving : 0;
    };
    ana.goesTo("chat");
    ana.presses(Qt::Key_Z);
    ASSERT_TRUE(ana.sheet()->isOpen());
    QSpinBox* desired = ana.sheet()->findChild<QSpinBox*>();
    ASSERT_NE(desired, nullptr);
    desired->setValue(3);
    ASSERT_TRUE(ana.applies("more is asked for")) << ana.whyNot();
    EXPECT_TRUE(ana.sees([&] { return servingIn("chat") == 3; }));

    ASSERT_TRUE(ana.undoes("it was enough")) << ana.whyNot();
    EXPECT_TRUE(ana.sees([&] { return servingIn("chat") == 2; }));
}

TEST(OperatorStory, FreezesTheWindowWhileTheFleetIsHeardOn)
{
    LiveFleet fleet({"--instances", "2", "--no-traffic"});
    Operator ana(fleet);
    ASSERT_TRUE(ana.sees([&] { return ana.store().sums().live == 3; }));
    ana.presses(Qt::Key_Space, Qt::ControlModifier);
    ASSERT_TRUE(ana.window().session()->isFrozen());

    const FrozenEngine frozen(fleet, "chat-1");
    fleet::FleetStore& now = ana.window().session()->now();
    ASSERT_TRUE(ana.sees([&] { return now.alarms().worstOfAgent("chat-1") != nullptr; }));
    EXPECT_EQ(ana.store().alarms().worstOfAgent("chat-1"), nullptr); // as it was
    ana.presses(Qt::Key_L, Qt::ShiftModifier);
    EXPECT_FALSE(ana.window().session()->isFrozen());
    EXPECT_FALSE(ana.store().events().empty());
}

} // namespace
} // namespace signalbox::app
