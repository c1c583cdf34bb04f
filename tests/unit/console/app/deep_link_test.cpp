// SPDX-License-Identifier: Apache-2.0
#include "console/app/deep_link.h"

#include <gtest/gtest.h>

#include <random>

namespace signalbox::app {
namespace {

using views::ObjectKind;

QString anyText(std::mt19937& random, int most)
{
    static const QString letters = QStringLiteral("aZ0-_./?&=%#: \u00e4\u4e2d\U0001f600");
    QString text;
    const int count = 1 + static_cast<int>(random() % static_cast<unsigned>(most));
    for (int i = 0; i < count; ++i)
        text += letters[static_cast<int>(random() % static_cast<unsigned>(letters.size()))];
    // A lone half of a pair is no text; names come as valid UTF-8.
    return QString::fromUtf8(text.toUtf8());
}

TEST(DeepLink, ReadsWhatItWroteWhateverTheNames)
{
    std::mt19937 random(7);
    for (int i = 0; i < 2'000; ++i) {
        DeepLink link{anyText(random, 12), anyText(random, 8), {}, {}};
        if (random() % 2 == 0)
            link.object = {ObjectKind::Agent, anyText(random, 20).toStdString()};
        for (unsigned k = 0; k < random() % 4; ++k)
            link.state.insert(anyText(random, 6), anyText(random, 12));
        const auto read = parseDeepLink(textOf(link));
        ASSERT_TRUE(read) << textOf(link).toStdString();
        EXPECT_EQ(*read, link) << textOf(link).toStdString();
    }
}

TEST(DeepLink, RefusesWhatIsNone)
{
    for (const char* text : {"", "http://lab/overview", "signalbox://lab",
                             "signalbox://lab/overview/nothing", "signalbox://lab/a/b/c",
                             "signalbox://lab/overview?filter"})
        EXPECT_FALSE(parseDeepLink(QLatin1String(text))) << text;
    EXPECT_FALSE(parseDeepLink(QStringLiteral("signalbox://lab/") + QString(20'000, u'x')));
}

} // namespace
} // namespace signalbox::app
