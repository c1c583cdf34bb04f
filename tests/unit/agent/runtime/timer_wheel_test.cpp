// SPDX-License-Identifier: Apache-2.0
#include "agent/runtime/timer_wheel.h"
#include "tests/support/seed.h"

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <vector>

namespace signalbox::runtime {
namespace {

using namespace std::chrono_literals;

constexpr base::Monotonic kStart{std::chrono::hours{5}};

// Remembers that it fired, and in which order.
struct Alarm : Timer {
    explicit Alarm(std::vector<Alarm*>& all) : Timer(&Alarm::fired), firedInOrder(all) {}
    static void fired(Timer& timer)
    {
        auto& alarm = static_cast<Alarm&>(timer);
        ++alarm.times;
        alarm.firedInOrder.push_back(&alarm);
    }
    std::vector<Alarm*>& firedInOrder;
    int times = 0;
};

TEST(TimerWheel, FiresAtItsMomentAndNotBefore)
{
    for (const auto wait :
         {1ms, 2ms, 63ms, 64ms, 65ms, 4'095ms, 4'096ms, 262'144ms, 90'000'000ms}) {
        TimerWheel wheel(kStart);
        std::vector<Alarm*> fired;
        Alarm alarm(fired);
        wheel.arm(alarm, kStart + wait);

        wheel.advance(kStart + wait - 1ns);
        const int before = alarm.times;
        wheel.advance(kStart + wait);

        EXPECT_EQ(before, 0) << wait.count();
        EXPECT_EQ(alarm.times, 1) << wait.count();
        EXPECT_FALSE(alarm.isArmed());
    }
}

TEST(TimerWheel, FractionsOfAMillisecondRoundUp)
{
    TimerWheel wheel(kStart);
    std::vector<Alarm*> fired;
    Alarm alarm(fired);
    wheel.arm(alarm, kStart + 1500us);

    wheel.advance(kStart + 1900us);
    const int before = alarm.times;
    wheel.advance(kStart + 2ms);

    EXPECT_EQ(before, 0);
    EXPECT_EQ(alarm.times, 1);
}

TEST(TimerWheel, ThePastFiresAtTheNextAdvance)
{
    TimerWheel wheel(kStart);
    wheel.advance(kStart + 10s);
    std::vector<Alarm*> fired;
    Alarm alarm(fired);
    wheel.arm(alarm, kStart);

    wheel.advance(kStart + 10s + 1ms);

    EXPECT_EQ(alarm.times, 1);
}

TEST(TimerWheel, DisarmedOrDestroyedNeverFires)
{
    TimerWheel wheel(kStart);
    std::vector<Alarm*> fired;
    Alarm disarmed(fired);
    wheel.arm(disarmed, kStart + 5ms);
    disarmed.disarm();
    {
        Alarm gone(fired);
        wheel.arm(gone, kStart + 5ms);
    }

    wheel.advance(kStart + 1s);

    EXPECT_TRUE(fired.empty());
}

TEST(TimerWheel, AnEarlierDeadlineIsCoveredALaterOneIsNot)
{
    TimerWheel wheel(kStart);
    std::vector<Alarm*> fired;
    Alarm alarm(fired);
    EXPECT_FALSE(wheel.isArmedBy(alarm, kStart + 10ms));

    wheel.arm(alarm, kStart + 10ms);

    EXPECT_TRUE(wheel.isArmedBy(alarm, kStart + 10ms));
    EXPECT_TRUE(wheel.isArmedBy(alarm, kStart + 20ms));
    EXPECT_FALSE(wheel.isArmedBy(alarm, kStart + 5ms));
}

TEST(TimerWheel, OfTheSameMomentTheFirstArmedIsFirst)
{
    TimerWheel wheel(kStart);
    std::vector<Alarm*> fired;
    Alarm first(fired);
    Alarm second(fired);
    Alarm third(fired);
    for (Alarm* alarm : {&first, &second, &third})
        wheel.arm(*alarm, kStart + 7ms);

    wheel.advance(kStart + 7ms);

    EXPECT_EQ(fired, (std::vector<Alarm*>{&first, &second, &third}));
}

TEST(TimerWheel, FurtherThanItReachesItFiresAtItsEndAndNotNow)
{
    TimerWheel wheel(kStart);
    std::vector<Alarm*> fired;
    Alarm alarm(fired);
    wheel.arm(alarm, base::Monotonic::max());

    wheel.advance(kStart + 24h * 365);
    const int afterAYear = alarm.times;
    wheel.advance(kStart + 24h * 365 * 3);

    EXPECT_EQ(afterAYear, 0);
    EXPECT_EQ(alarm.times, 1);
}

TEST(TimerWheel, NextIsNeverLaterThanTheFirstMoment)
{
    TimerWheel wheel(kStart);
    std::vector<Alarm*> fired;
    Alarm alarm(fired);
    EXPECT_FALSE(wheel.next().has_value());
    wheel.arm(alarm, kStart + 5'000ms);

    int rounds = 0;
    while (alarm.times == 0 && rounds < 100) {
        ASSERT_TRUE(wheel.next().has_value());
        ASSERT_LE(*wheel.next(), kStart + 5'000ms);
        wheel.advance(*wheel.next());
        ++rounds;
    }

    EXPECT_EQ(alarm.times, 1);
    EXPECT_LE(rounds, 6); // one for each level at most
}

TEST(TimerWheel, AgreesWithASortedListUnderRandomUse)
{
    std::mt19937_64 random(tests::seed());
    TimerWheel wheel(kStart);
    std::vector<Alarm*> fired;
    struct Armed {
        std::unique_ptr<Alarm> alarm;
        base::Monotonic when;
        int timesWanted;
    };
    std::vector<Armed> alarms;
    for (int i = 0; i < 200; ++i)
        alarms.push_back({std::make_unique<Alarm>(fired), base::Monotonic{}, 0});
    base::Monotonic now = kStart;

    for (int step = 0; step < 20'000; ++step) {
        Armed& chosen = alarms[random() % alarms.size()];
        switch (random() % 4) {
        case 0:
        case 1:
            chosen.when = now + std::chrono::milliseconds(1 + (random() % (1 << (random() % 20))));
            wheel.arm(*chosen.alarm, chosen.when);
            break;
        case 2: chosen.alarm->disarm(); break;
        case 3:
            now += std::chrono::milliseconds(random() % 300);
            for (Armed& armed : alarms)
                armed.timesWanted += armed.alarm->isArmed() && armed.when <= now ? 1 : 0;
            wheel.advance(now);
            for (const Armed& armed : alarms)
                ASSERT_EQ(armed.alarm->times, armed.timesWanted) << "step " << step;
            break;
        }
    }
    EXPECT_FALSE(fired.empty());
}

} // namespace
} // namespace signalbox::runtime
