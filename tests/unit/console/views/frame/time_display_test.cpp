// SPDX-License-Identifier: Apache-2.0
#include "console/views/frame/object_ref.h"
#include "console/views/frame/selection.h"
#include "console/views/frame/time_display.h"

#include <QSignalSpy>
#include <gtest/gtest.h>

namespace signalbox::views {
namespace {

constexpr std::int64_t kMoment = 1'767'323'251'250; // 2026-01-02 03:07:31.250 UTC

TEST(TimeDisplay, WritesEveryMomentWithItsZone)
{
    TimeDisplay time;
    EXPECT_EQ(time.clock(kMoment), QStringLiteral("03:07:31Z"));
    time.setStyle(TimeStyle::Local);
    time.setLocalOffset(5 * 3'600 + 1'800);
    EXPECT_EQ(time.clock(kMoment), QStringLiteral("08:37:31+05:30"));
    time.setLocalOffset(-3'600);
    EXPECT_EQ(time.exact(kMoment), QStringLiteral("2026-01-02 02:07:31.250-01:00"));
}

TEST(TimeDisplay, IsRelativeOnlyWhereAMomentIsMeant)
{
    TimeDisplay time;
    time.setStyle(TimeStyle::Relative);
    EXPECT_EQ(time.moment(kMoment, kMoment + 12'000), QStringLiteral("12 s ago"));
    EXPECT_EQ(time.clock(kMoment), QStringLiteral("03:07:31Z"));
    EXPECT_EQ(time.moment(0, kMoment), QStringLiteral("?"));
}

TEST(TimeDisplay, NamesTheDayOfWhatIsOlderThanOne)
{
    constexpr std::int64_t kDayMs = 86'400'000;
    TimeDisplay time;
    EXPECT_EQ(time.since(kMoment, kMoment + kDayMs - 1), QStringLiteral("03:07:31Z"));
    EXPECT_EQ(time.since(kMoment, kMoment + kDayMs), QStringLiteral("01-02 03:07Z"));
    EXPECT_EQ(time.moment(kMoment, kMoment + kDayMs), QStringLiteral("01-02 03:07Z"));
    EXPECT_EQ(time.since(0, kMoment), QStringLiteral("?"));
}

TEST(Selection, TellsWhatChangedAndNothingTwice)
{
    Selection selection;
    QSignalSpy changed(&selection, &Selection::changed);
    QSignalSpy marks(&selection, &Selection::marksChanged);
    selection.select({ObjectKind::Agent, "chat-0"});
    selection.select({ObjectKind::Agent, "chat-0"});
    selection.mark("chat-1", Selection::Mark::Toggle);
    selection.mark(std::set<std::string>{"chat-1"});
    selection.mark("chat-1", Selection::Mark::Toggle);
    EXPECT_EQ(changed.count(), 1);
    EXPECT_EQ(marks.count(), 2);
    EXPECT_TRUE(selection.marked().empty());
}

TEST(ObjectRef, IsReadFromItsPath)
{
    const ObjectRef object{ObjectKind::Route, "chat/large"};
    EXPECT_EQ(objectFromPath(pathOf(object)), object);
    EXPECT_TRUE(objectFromPath(QStringLiteral("nothing/x")).isNone());
    EXPECT_TRUE(objectFromPath(QStringLiteral("agent/")).isNone());
}

} // namespace
} // namespace signalbox::views
