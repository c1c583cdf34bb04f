// SPDX-License-Identifier: Apache-2.0
#include "console/app/screens.h"
#include "console/theme/apply_theme.h"
#include "tests/support/gui/console_fleet.h"

#include <QApplication>
#include <QDir>
#include <QImage>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

namespace signalbox::app {
namespace {

using tests::ConsoleFleet;
using theme::Scheme;

constexpr QSize kWorkArea{1128, 700};
// Of a channel, and of pixels: what another raster engine may round otherwise, never a mark.
constexpr int kChannelTolerance = 24;
constexpr double kPixelTolerance = 0.002;

constexpr tests::FleetShape kSmall{
    .gateways = 2, .pools = 2, .instancesPerPool = 4, .hasStandby = true};
constexpr tests::FleetShape kCrowd{
    .gateways = 4, .pools = 12, .instancesPerPool = 25, .hasStandby = true};

struct State {
    const char* name;
    void (*bring)(ConsoleFleet& fleet);
    tests::FleetShape shape = kSmall;
};

const State kStates[] = {
    {"connecting", [](ConsoleFleet& fleet) { fleet.connecting(); }},
    {"live", [](ConsoleFleet& fleet) { fleet.connect(); }},
    {"failed",
     [](ConsoleFleet& fleet) {
         fleet.connect();
         fleet.killEngine("chat-1");
         fleet.drain("chat-2", 14);
         fleet.advance(5);
     }},
    {"frozen",
     [](ConsoleFleet& fleet) {
         fleet.connect();
         fleet.freezeAgent("chat-1");
         fleet.advance(16);
     }},
    {"store-away",
     [](ConsoleFleet& fleet) {
         fleet.connect();
         fleet.storeAway();
         fleet.advance(2);
     }},
    {"link-lost",
     [](ConsoleFleet& fleet) {
         fleet.connect();
         fleet.loseLink();
         fleet.advance(20);
     }},
    {"crowded",
     [](ConsoleFleet& fleet) {
         fleet.connect();
         fleet.killEngine("chat-1");
         fleet.wedgeEngine("chat-7-20");
         fleet.freezeAgent("chat-4-3");
         fleet.drain("chat-2-11", 14);
         fleet.advance(16);
     },
     kCrowd},
};

struct Picture {
    const char* screen;
    State state;
    Scheme scheme;
    std::string name() const
    {
        return std::string(screen) + "-" + state.name
            + (scheme == Scheme::Light ? "-light" : "-dark");
    }
};

std::vector<Picture> pictures()
{
    std::vector<Picture> all;
    for (const char* screen : {"overview", "topology", "instances", "instance", "audit"}) {
        for (const State& state : kStates) {
            for (const Scheme scheme : {Scheme::Dark, Scheme::Light})
                all.push_back({screen, state, scheme});
        }
    }
    return all;
}

// The share of pixels that differ in any channel by more than the tolerance.
double differenceOf(const QImage& a, const QImage& b)
{
    if (a.size() != b.size())
        return 1;
    std::int64_t different = 0;
    for (int y = 0; y < a.height(); ++y) {
        const auto* left = reinterpret_cast<const QRgb*>(a.constScanLine(y));
        const auto* right = reinterpret_cast<const QRgb*>(b.constScanLine(y));
        for (int x = 0; x < a.width(); ++x) {
            const int most = std::max({std::abs(qRed(left[x]) - qRed(right[x])),
                                       std::abs(qGreen(left[x]) - qGreen(right[x])),
                                       std::abs(qBlue(left[x]) - qBlue(right[x]))});
            different += most > kChannelTolerance ? 1 : 0;
        }
    }
    return static_cast<double>(different) / (static_cast<double>(a.width()) * a.height());
}

class Golden : public ::testing::TestWithParam<Picture> {
protected:
    QImage paint()
    {
        const Picture& picture = GetParam();
        theme::applyTheme(*qApp, picture.scheme);
        ConsoleFleet fleet(picture.state.shape);
        picture.state.bring(fleet);
        QWidget window;
        window.resize(kWorkArea);
        QImage image;
        const std::vector<views::Screen*> screens = makeScreens(fleet.session(), &window);
        for (views::Screen* screen : screens)
            screen->hide();
        for (views::Screen* screen : screens) {
            if (screen->name() != QLatin1String(picture.screen))
                continue;
            (void)showDetail(*screen, {views::ObjectKind::Agent, "chat-1"});
            screen->setGeometry(window.rect());
            screen->show();
            window.show();
            screen->shown();
            settle(fleet);
            fleet.tellOpenRequests();
            settle(fleet);
            image = window.grab().toImage().convertToFormat(QImage::Format_RGB32);
        }
        return image;
    }

private:
    // Layouts and what is painted a tick later.
    static void settle(ConsoleFleet& fleet)
    {
        for (int i = 0; i < 3; ++i) {
            fleet.store().refresh();
            QCoreApplication::sendPostedEvents();
            QCoreApplication::processEvents();
        }
    }
};

INSTANTIATE_TEST_SUITE_P(Screens, Golden, ::testing::ValuesIn(pictures()), [](const auto& given) {
    std::string name = given.param.name();
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
});

TEST_P(Golden, LooksAsItsReference)
{
    const QString file = QString::fromStdString(GetParam().name()) + QStringLiteral(".png");
    const QString reference = QDir(QStringLiteral(SIGNALBOX_GOLDEN)).filePath(file);
    const QImage actual = paint();
    ASSERT_FALSE(actual.isNull());
    if (qEnvironmentVariable("SIGNALBOX_GOLDEN") == QStringLiteral("write")) {
        ASSERT_TRUE(QDir().mkpath(QStringLiteral(SIGNALBOX_GOLDEN)));
        ASSERT_TRUE(actual.save(reference)) << reference.toStdString();
        return;
    }
    const QImage expected = QImage(reference).convertToFormat(QImage::Format_RGB32);
    const double difference = expected.isNull() ? 1 : differenceOf(actual, expected);
    if (difference > kPixelTolerance) {
        QDir().mkpath(QStringLiteral(SIGNALBOX_GOLDEN_ACTUAL));
        actual.save(QDir(QStringLiteral(SIGNALBOX_GOLDEN_ACTUAL)).filePath(file));
    }
    EXPECT_LE(difference, kPixelTolerance)
        << "share of pixels; look at " << SIGNALBOX_GOLDEN_ACTUAL << "/" << file.toStdString();
}

} // namespace
} // namespace signalbox::app
