// SPDX-License-Identifier: Apache-2.0
// Every state of the sheet, in both schemes and both widths. With SIGNALBOX_PICTURES=FOLDER they
// are also written there, for eyes.
#include "console/theme/apply_theme.h"
#include "console/theme/theme.h"
#include "console/views/commands/command_sheet.h"
#include "tests/support/gui/console_fleet.h"

#include <QApplication>
#include <QDir>
#include <QLineEdit>
#include <QPainter>
#include <QPushButton>
#include <QSpinBox>
#include <gtest/gtest.h>

#include <functional>

namespace signalbox::views {
namespace {

using namespace std::chrono_literals;

// A window of the size with something under the sheet.
class Stage {
public:
    explicit Stage(const QSize& size)
    {
        fleet_.connect(120);
        area_.resize(size);
        under_.setGeometry(0, 0, 300, 40);
        area_.show();
    }

    tests::RecordingPort& port() { return fleet_.port(); }
    tests::ConsoleFleet& fleet() { return fleet_; }
    command::CommandDesk& desk() { return desk_; }
    CommandSheet& sheet() { return sheet_; }
    QPixmap picture()
    {
        for (int i = 0; i < 3; ++i)
            QApplication::processEvents(); // what was shown is laid out
        return area_.grab();
    }

    QLineEdit* cause()
    {
        for (QLineEdit* one : sheet_.findChildren<QLineEdit*>()) {
            if (one->accessibleName() == QStringLiteral("Cause"))
                return one;
        }
        return nullptr;
    }

    model::Preview drainPreview()
    {
        model::Preview preview;
        preview.plan.edit = port().previews.back();
        preview.plan.baseRevision = 419;
        preview.diff = {{"admin", "chat-0", "admin", "run", "drain"}};
        preview.agents = {"chat-0", "gw-1", "gw-2"};
        preview.survivors = {{"chat", 12, 11, 14, 0.43, 0.47, 412, 446}};
        preview.warnings
            = {"chat-0 has an exchange open for 3 min 12 s already; a drain waits for it without "
               "end",
               "prefix cache of chat-0 is lost for its callers"};
        return preview;
    }

    model::Preview failoverPreview()
    {
        model::Preview preview;
        preview.plan.edit = port().previews.back();
        model::RouteEdit back{.verb = model::Verb::Failback, .route = "chat"};
        back.restore = model::RouteRestore{{{{"chat", 100}}, {"chat-standby"}}, {}};
        preview.inverse = back;
        preview.plan.baseRevision = 419;
        preview.diff = {{"route", "chat", "to", "chat 100", "chat-standby 100"},
                        {"route", "chat", "failed over from", "none", "chat, then chat-standby"}};
        preview.agents = {"gw-1", "gw-2"};
        preview.survivors = {{"chat-standby", 12, 12, 0, 0.02, 0.61, -1, 446},
                             {"chat", 12, 12, 168, 0.43, 0, 412, -1}};
        for (int i = 0; i < 8; ++i)
            preview.proofs.push_back({"chat-standby", "chat-standby-" + std::to_string(i),
                                      model::ProofVerdict::Proven,
                                      {model::Health::Ready, "", 0}, true, 3'000 + i * 4'000,
                                      2'000, ""});
        preview.warnings = {"the prefix cache of chat does not move: first tokens take longer for "
                            "some minutes"};
        return preview;
    }

    void prepareDrain()
    {
        sheet_.open(Act::Drain, {{ObjectKind::Agent, "chat-0"}});
        port().onPreview(drainPreview());
        cause()->setText(QStringLiteral("kernel upgrade gpu-a02, CHG-2304"));
        wait(2s);
    }

    void applyDrain()
    {
        prepareDrain();
        desk_.apply();
        port().onApply(model::ApplyAnswer{model::ApplyAnswer::Outcome::Applied, 420, 4, {}});
    }

    void wait(std::chrono::milliseconds by)
    {
        fleet_.clock().advance(by);
        desk_.tick();
    }

    void run(const std::string& agent, base::Revision revision)
    {
        fleet_.state(agent).record.appliedRevision = revision;
        fleet_.tell(agent);
    }

private:
    tests::ConsoleFleet fleet_{{.gateways = 2, .instancesPerPool = 12, .hasStandby = true}};
    command::CommandDesk desk_{fleet_.store(), fleet_.port(), fleet_.clock()};
    QWidget area_;
    QPushButton under_{QStringLiteral("what is under it"), &area_};
    CommandSheet sheet_{fleet_.session(), desk_, &area_};
};

struct Scene {
    const char* name;
    std::function<void(Stage&)> play;
};

void playRefused(Stage& stage)
{
    stage.sheet().open(Act::Drain, {{ObjectKind::Pool, "chat"}});
    model::Preview preview = stage.drainPreview();
    preview.survivors = {{"chat", 12, 0, 168, 0.43, -1, 412, -1}};
    preview.refusal = "pool chat would be left with 0 ready instances of 12: its floor is 1. To do "
                      "it all the same, type 'chat'";
    preview.overrideName = "chat";
    stage.port().onPreview(preview);
}

void playBlocked(Stage& stage)
{
    stage.sheet().open(Act::Failover, {{ObjectKind::Route, "chat"}});
    model::Preview preview = stage.failoverPreview();
    preview.proofs.front() = {"chat-standby", "chat-standby-3", model::ProofVerdict::Unproven,
                              {model::Health::Ready, "", 0}, true, 846'000, 846'000,
                              "gave no first token in 10 s, tried 14:05:40Z"};
    preview.refusal = "chat-standby-3 has not proved that it can answer. To do it all the same, "
                      "type 'chat-standby'";
    preview.overrideName = "chat-standby";
    stage.port().onPreview(preview);
}

void playFailover(Stage& stage)
{
    stage.sheet().open(Act::Failover, {{ObjectKind::Route, "chat"}});
    stage.port().onPreview(stage.failoverPreview());
    stage.cause()->setText(QStringLiteral("gpu-b02 wedged twice since 12:50, INC-881"));
    stage.wait(2s);
}

void playConverging(Stage& stage)
{
    playFailover(stage);
    stage.desk().apply();
    stage.port().onApply(model::ApplyAnswer{model::ApplyAnswer::Outcome::Applied, 420, 4, {}});
    stage.run("gw-1", 420);
    stage.fleet().freezeAgent("gw-2");
    stage.fleet().advance(4);
    model::Convergence convergence{.revision = 420, .alteredApplied = 1, .alteredTotal = 2,
                                   .wholeApplied = 25, .wholeTotal = 26};
    convergence.behind = {{"gw-2", 419, 4'000, ""}};
    stage.port().onConvergence(convergence);
}

void playDraining(Stage& stage)
{
    stage.applyDrain();
    stage.fleet().drain("chat-0", 19);
    for (const char* agent : {"chat-0", "gw-1", "gw-2"})
        stage.run(agent, 420);
    stage.port().onConvergence(model::Convergence{
        .revision = 420, .alteredApplied = 3, .alteredTotal = 3, .wholeApplied = 26,
        .wholeTotal = 26});
    stage.fleet().drain("chat-0", 14);
    stage.wait(19s);
}

void playConflict(Stage& stage)
{
    stage.prepareDrain();
    stage.desk().apply();
    model::Preview fresh = stage.drainPreview();
    fresh.plan.baseRevision = 420;
    fresh.diff[0].before = "maint";
    stage.port().onApply(
        model::ApplyAnswer{model::ApplyAnswer::Outcome::Conflict, 420, 0, fresh});
}

void playUndo(Stage& stage)
{
    stage.sheet().open(Act::Undo, {{ObjectKind::Audit, "3"}});
    model::Preview preview;
    preview.plan.edit = model::AdminEdit{
        model::Verb::Undrain, "", {{"chat-0", model::Admin::Run, 0}}};
    preview.plan.undoes = 3;
    preview.plan.baseRevision = 419;
    preview.diff = {{"admin", "chat-0", "admin", "drain", "run"}};
    preview.agents = {"chat-0", "gw-1", "gw-2"};
    stage.port().onPreview(preview);
}

const Scene kScenes[] = {
    {"asking", [](Stage& stage) {
         stage.sheet().open(Act::Drain, {{ObjectKind::Agent, "chat-0"}});
     }},
    {"no-preview", [](Stage& stage) {
         stage.sheet().open(Act::Drain, {{ObjectKind::Agent, "chat-0"}});
         stage.port().onPreview(base::Error(base::Code::NotFound, "there is no agent 'chat-0'"));
     }},
    {"drain", [](Stage& stage) { stage.prepareDrain(); }},
    {"drain-refused", playRefused},
    {"drain-conflict", playConflict},
    {"drain-unsure", [](Stage& stage) {
         stage.prepareDrain();
         stage.desk().apply();
         stage.port().onApply(base::Error(base::Code::DeadlineExceeded, "no answer for 10 s"));
     }},
    {"drain-link-lost", [](Stage& stage) {
         stage.prepareDrain();
         stage.fleet().loseLink();
     }},
    {"draining", playDraining},
    {"drained", [](Stage& stage) {
         playDraining(stage);
         stage.fleet().drain("chat-0", 0);
         stage.wait(1s);
     }},
    {"maintenance", [](Stage& stage) {
         stage.sheet().open(Act::Maintenance, {{ObjectKind::Pool, "chat"}});
         stage.port().onPreview(stage.drainPreview());
     }},
    {"failover", playFailover},
    {"failover-blocked", playBlocked},
    {"failover-converge", playConverging},
    {"weights", [](Stage& stage) {
         stage.sheet().open(Act::Weights, {{ObjectKind::Route, "chat"}});
         stage.sheet().findChild<QSpinBox*>()->setValue(40);
         stage.port().onPreview(stage.failoverPreview());
     }},
    {"undo", playUndo},
};

TEST(SheetPictures, EveryStateIsPaintedInBothSchemes)
{
    const QString folder = qEnvironmentVariable("SIGNALBOX_PICTURES");
    for (const theme::Scheme scheme : {theme::Scheme::Dark, theme::Scheme::Light}) {
        theme::applyTheme(*qApp, scheme);
        for (const QSize& size : {QSize(1120, 676), QSize(1760, 890)}) {
            for (const Scene& scene : kScenes) {
                Stage stage(size);
                scene.play(stage);
                ASSERT_TRUE(stage.sheet().isVisible()) << scene.name;
                const QPixmap picture = stage.picture();
                EXPECT_EQ(picture.size(), size);
                if (folder.isEmpty())
                    continue;
                const char* name = scheme == theme::Scheme::Dark ? "dark" : "light";
                picture.save(QDir(folder).filePath(QStringLiteral("%1-%2-%3.png")
                                                       .arg(QLatin1String(scene.name))
                                                       .arg(size.width())
                                                       .arg(QLatin1String(name))));
            }
        }
    }
    theme::applyTheme(*qApp, theme::Scheme::Dark);
}

} // namespace
} // namespace signalbox::views
