// SPDX-License-Identifier: Apache-2.0
#include "console/theme/apply_theme.h"
#include "console/views/audit/audit_screen.h"
#include "tests/support/gui/console_fleet.h"

#include <QApplication>
#include <QDir>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <gtest/gtest.h>

namespace signalbox::views {
namespace {

class AuditScreenTest : public testing::Test {
protected:
    AuditScreenTest()
    {
        fleet_.connect(2);
        screen_.resize(1100, 700);
        screen_.show();
        screen_.activateWindow();
        EXPECT_TRUE(QTest::qWaitForWindowActive(&screen_));
        QObject::connect(&screen_, &Screen::actRequested, &screen_,
                         [this](Act act, const std::vector<ObjectRef>& objects) {
                             act_ = act;
                             objects_ = objects;
                         });
    }

    QTableView* table() { return screen_.findChild<QTableView*>(); }
    QLineEdit* search() { return screen_.findChild<QLineEdit*>(); }
    bool says(const QString& text)
    {
        for (const QLabel* label : screen_.findChildren<QLabel*>()) {
            if (label->isVisible() && label->text().contains(text))
                return true;
        }
        return false;
    }

    tests::ConsoleFleet fleet_;
    AuditScreen screen_{fleet_.session()};
    std::optional<Act> act_;
    std::vector<ObjectRef> objects_;
};

TEST_F(AuditScreenTest, ShowsTheNewestRecordAndAsksForItsUndo)
{
    screen_.shown();
    EXPECT_EQ(table()->model()->rowCount(), 3);
    EXPECT_TRUE(says(QStringLiteral("Record 3")));

    QTest::keyClick(table(), Qt::Key_Down);
    EXPECT_TRUE(says(QStringLiteral("Record 2")));
    EXPECT_EQ(fleet_.selection().current(), (ObjectRef{ObjectKind::Audit, "2"}));
    QTest::keyClick(table(), Qt::Key_U);
    ASSERT_EQ(act_, Act::Undo);
    EXPECT_EQ(objects_, (std::vector<ObjectRef>{{ObjectKind::Audit, "2"}}));
}

TEST_F(AuditScreenTest, ThePickedRecordStaysWhenNewOnesCome)
{
    QTest::keyClick(table(), Qt::Key_Down);
    ASSERT_TRUE(says(QStringLiteral("Record 2")));
    fleet::FleetChanges changes;
    changes.audit = fleet_.store().audit();
    model::AuditRecord fresh = changes.audit->front();
    fresh.number = 4;
    changes.audit->insert(changes.audit->begin(), fresh);
    fleet_.store().apply(std::move(changes));

    EXPECT_EQ(table()->model()->rowCount(), 4);
    EXPECT_TRUE(says(QStringLiteral("Record 2")));
    EXPECT_EQ(table()->currentIndex().row(), 2);
}

TEST_F(AuditScreenTest, AFilterIsSeenAndEscClearsIt)
{
    screen_.focusFilter();
    EXPECT_TRUE(search()->hasFocus());
    QTest::keyClicks(search(), QStringLiteral("miro"));
    EXPECT_EQ(table()->model()->rowCount(), 1);
    QTest::keyClicks(search(), QStringLiteral("xyz"));
    EXPECT_TRUE(says(QStringLiteral("0 of 3, filter: miroxyz")));
    EXPECT_EQ(screen_.stateMap().value(QStringLiteral("filter")), QStringLiteral("miroxyz"));

    EXPECT_TRUE(screen_.escape());
    EXPECT_EQ(table()->model()->rowCount(), 3);
    EXPECT_FALSE(screen_.escape());
}

TEST_F(AuditScreenTest, StateRoundTrips)
{
    const QMap<QString, QString> state{{QStringLiteral("filter"), QStringLiteral("kernel")},
                                       {QStringLiteral("who"), QStringLiteral("ana")},
                                       {QStringLiteral("verb"), QStringLiteral("drain")},
                                       {QStringLiteral("sel"), QStringLiteral("1")}};
    screen_.restore(state);
    EXPECT_EQ(screen_.stateMap(), state);
    EXPECT_TRUE(says(QStringLiteral("Record 1")));
    screen_.restore({{QStringLiteral("sel"), QStringLiteral("never")}});
    EXPECT_EQ(screen_.stateMap(), (QMap<QString, QString>{}));
}

TEST_F(AuditScreenTest, ExportsWhatIsShown)
{
    const QTemporaryDir folder;
    search()->setText(QStringLiteral("miro"));
    const QString path = folder.filePath(QStringLiteral("audit.csv"));
    EXPECT_TRUE(screen_.exportTo(path));
    QFile file(path);
    ASSERT_TRUE(file.open(QIODevice::ReadOnly));
    EXPECT_EQ(file.readAll().count('\n'), 2) << "a head and one record";
    EXPECT_FALSE(screen_.exportTo(folder.filePath(QStringLiteral("nowhere/audit.csv"))));
    EXPECT_TRUE(says(QStringLiteral("Not written")));
}

std::vector<model::AuditRecord> manyRecords(std::int64_t nowUnixMs)
{
    std::vector<model::AuditRecord> records;
    for (std::uint64_t number = 1'204; number > 204; --number) {
        model::AuditRecord one;
        one.number = number;
        one.atUnixMs = nowUnixMs - static_cast<std::int64_t>(1'205 - number) * 437'000;
        one.operatorName = number % 3 == 0 ? "miro" : "ana";
        one.agent = "gw-1";
        one.cause = number % 3 == 0 ? "CHG-2291 step 2" : "kernel upgrade gpu-a02, CHG-2304";
        one.requestId = "console-7f3c0a1b22c94d5e8f60718293a4b5c6";
        one.previousHash = "03bbe7a54f90c2d603bbe7a54f90c2d603bbe7a54f90c2d603bbe7a54f90c2d6";
        one.edit = number % 3 == 0
            ? model::Edit(model::RouteEdit{
                .verb = model::Verb::SetWeights, .route = "chat", .targets = {{"chat-8b", 20}}})
            : model::Edit(model::AdminEdit{
                model::Verb::Drain, "", {{"chat-0", model::Admin::Drain, 0}}});
        one.diff = {{"admin", "chat-0", "admin", "run", "drain"}};
        one.previewed = {{"chat", 12, 11, 14, 0.43, 0.47, 412, 446}};
        one.baseRevision = static_cast<base::Revision>(number);
        one.revision = one.baseRevision + 1;
        one.overrideName = number % 7 == 0 ? "chat" : "";
        records.push_back(std::move(one));
    }
    return records;
}

// With SIGNALBOX_PICTURES=FOLDER they are also written there, for eyes.
TEST(AuditScreenPictures, IsPaintedInBothSchemes)
{
    const QString folder = qEnvironmentVariable("SIGNALBOX_PICTURES");
    for (const theme::Scheme scheme : {theme::Scheme::Dark, theme::Scheme::Light}) {
        theme::applyTheme(*qApp, scheme);
        for (const QSize& size : {QSize(1120, 676), QSize(1760, 890)}) {
            tests::ConsoleFleet fleet;
            fleet.connect(2);
            AuditScreen screen(fleet.session());
            screen.resize(size);
            screen.show();
            screen.shown();
            fleet::FleetChanges changes;
            changes.audit = manyRecords(fleet.store().nowUnixMs());
            fleet.store().apply(std::move(changes));
            for (int i = 0; i < 3; ++i)
                QApplication::processEvents(); // what was shown is laid out
            const QPixmap picture = screen.grab();
            EXPECT_EQ(picture.size(), size);
            if (!folder.isEmpty())
                picture.save(QDir(folder).filePath(
                    QStringLiteral("audit-%1-%2.png")
                        .arg(size.width())
                        .arg(scheme == theme::Scheme::Dark ? QStringLiteral("dark")
                                                           : QStringLiteral("light"))));
        }
    }
    theme::applyTheme(*qApp, theme::Scheme::Dark);
}

TEST(AuditScreenStates, LoadingAndEmptySayWhatToDo)
{
    tests::ConsoleFleet fleet;
    AuditScreen screen(fleet.session());
    screen.resize(1100, 700);
    screen.show();
    const auto says = [&screen](const char* text) {
        for (const QLabel* label : screen.findChildren<QLabel*>()) {
            if (label->isVisible() && label->text().contains(QLatin1String(text)))
                return true;
        }
        return false;
    };
    EXPECT_TRUE(says("Loading"));
    fleet::FleetChanges changes;
    changes.audit.emplace();
    fleet.store().apply(std::move(changes));
    EXPECT_TRUE(says("Every change of this fleet is recorded here"));
}

} // namespace
} // namespace signalbox::views
