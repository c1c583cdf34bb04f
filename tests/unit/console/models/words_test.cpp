// SPDX-License-Identifier: Apache-2.0
#include "console/models/words.h"

#include <gtest/gtest.h>

#include <array>

namespace signalbox::models {
namespace {

using namespace Qt::StringLiterals;
using fleet::AlarmCause;

constexpr std::array kCauses{AlarmCause::PoolEmpty,     AlarmCause::AgentFailed,
                             AlarmCause::AgentWedged,   AlarmCause::AgentGone,
                             AlarmCause::AgentDegraded, AlarmCause::NoRedundancy,
                             AlarmCause::AgentLate};

TEST(Words, EveryAlarmHasATitleAMeaningAndSomethingToDo)
{
    for (const AlarmCause cause : kCauses) {
        fleet::Alarm alarm;
        alarm.key = {cause, "chat-0"};
        EXPECT_FALSE(alarmTitle(alarm).isEmpty());
        EXPECT_FALSE(alarmText(alarm).isEmpty());
        EXPECT_GE(alarmSteps(cause).size(), 2);
    }
}

TEST(Words, AnAlarmSaysTheReasonOfThePeerMadeSafe)
{
    fleet::Alarm alarm;
    alarm.key = {AlarmCause::AgentWedged, "chat-0"};
    alarm.reason = "no token for 6 s\nrm -rf";
    EXPECT_EQ(alarmTitle(alarm), u"Wedged: no token for 6 s rm -rf"_s);
    alarm.reason.clear();
    EXPECT_EQ(alarmTitle(alarm), u"Wedged"_s);
}

TEST(Words, AnUndoNamesWhatItTakesBack)
{
    model::AuditRecord record;
    record.edit = model::AdminEdit{model::Verb::Undrain, "", {{"chat-0", model::Admin::Run, 0}}};
    EXPECT_EQ(changeText(record), u"Undrain chat-0"_s);
    record.undoes = 417;
    EXPECT_EQ(changeText(record), u"Undo 417: Undrain chat-0"_s);
}

TEST(Words, AnEventAlwaysNamesItsAgent)
{
    model::Event event;
    event.agent = "chat-0";
    event.kind = "health_changed";
    event.text = "ready -> failed: connection refused";
    EXPECT_EQ(eventText(event), u"chat-0: ready to failed: connection refused"_s);
    event.kind = "drain_ended";
    event.text = "chat-0 takes new work again";
    EXPECT_EQ(eventText(event), u"chat-0 takes new work again"_s);
    event.text.clear();
    EXPECT_EQ(eventText(event), u"chat-0: drain ended"_s);
}

TEST(Words, ADrainSaysWhatIsLeft)
{
    EXPECT_EQ(drainText({}), u""_s);
    EXPECT_EQ(drainText({model::DrainPhase::Draining, 14, 192'000, 0}),
              u"14 streams left, longest 3 min 12 s"_s);
    EXPECT_EQ(drainText({model::DrainPhase::Draining, 1, 0, 0}), u"1 stream left"_s);
    EXPECT_EQ(drainText({model::DrainPhase::Drained, 0, 0, 0}), u"drained: safe to stop"_s);
}

TEST(Words, StateIsSaidAsTheProductSaysIt)
{
    EXPECT_EQ(healthWord(model::Health::Wedged), u"wedged"_s);
    EXPECT_EQ(adminWord(model::Admin::Drain), u"DRAIN"_s);
    EXPECT_EQ(freshnessWord(model::Freshness::Late), u"late"_s);
    EXPECT_EQ(priorityWord(model::Priority::P2), u"P2"_s);
    EXPECT_EQ(ackWord(model::Ack::Acknowledged), u"ack"_s);
}

} // namespace
} // namespace signalbox::models
