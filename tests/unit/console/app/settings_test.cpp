// SPDX-License-Identifier: Apache-2.0
#include "console/app/settings.h"

#include "shared/base/limits.h"

#include <QFile>
#include <QTemporaryDir>
#include <gtest/gtest.h>

namespace signalbox::app {
namespace {

class SettingsTest : public ::testing::Test {
protected:
    QString path() const { return folder_.filePath(QStringLiteral("console.ini")); }
    QTemporaryDir folder_;
};

TEST_F(SettingsTest, SurviveARestart)
{
    {
        Settings settings(path());
        settings.remember({QStringLiteral("lab"), QStringLiteral("grpc://127.0.0.1:8801"),
                           QStringLiteral("LAB"), 4, 1'000});
        settings.setScheme(theme::Scheme::Light);
        settings.setTimeStyle(views::TimeStyle::Local);
        settings.setScreenState(QStringLiteral("lab/1"), QStringLiteral("instances"),
                                {{QStringLiteral("filter"), QStringLiteral("state=failed")}});
    }
    const Settings again(path());
    EXPECT_FALSE(again.wasReset());
    ASSERT_EQ(again.fleets().size(), 1u);
    EXPECT_EQ(again.fleets()[0].label, QStringLiteral("LAB"));
    EXPECT_EQ(again.scheme(), theme::Scheme::Light);
    EXPECT_EQ(again.timeStyle(), views::TimeStyle::Local);
    EXPECT_EQ(again.screenState(QStringLiteral("lab/1"), QStringLiteral("instances"))
                  .value(QStringLiteral("filter")),
              QStringLiteral("state=failed"));
}

TEST_F(SettingsTest, RememberTheNewestFleetsOnce)
{
    Settings settings(path());
    for (int round = 0; round < 2; ++round) {
        for (int i = 0; i < 20; ++i)
            settings.remember({QString::number(i), QStringLiteral("grpc://%1:1").arg(i), {}, 1, i});
    }
    EXPECT_EQ(settings.fleets().size(), limits::kFleetsRemembered);
    EXPECT_EQ(settings.fleets().front().name, QStringLiteral("19"));
    settings.forget(QStringLiteral("grpc://19:1"));
    EXPECT_EQ(settings.fleets().front().name, QStringLiteral("18"));
}

TEST_F(SettingsTest, AFileOfAnotherVersionCountsAsNoneAndSaysSo)
{
    QFile file(path());
    ASSERT_TRUE(file.open(QIODevice::WriteOnly));
    file.write("[General]\nversion=99\ntheme=1\n");
    file.close();

    const Settings settings(path());
    EXPECT_TRUE(settings.wasReset());
    EXPECT_EQ(settings.scheme(), theme::Scheme::Dark);
}

} // namespace
} // namespace signalbox::app
