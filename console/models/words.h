// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/fleet/alarm.h"
#include "shared/model/command.h"
#include "shared/model/fleet.h"
#include "shared/model/sample.h"

#include <QString>
#include <QStringList>

// What the fleet's facts are called in front of people, the same on every screen. Parts that a peer
// has written come out safe and cut, to be shown as plain text.
namespace signalbox::models {

// Words of state, as the product writes them everywhere: "ready", "RUN", "live".
QString healthWord(model::Health health);
QString adminWord(model::Admin admin);
QString freshnessWord(model::Freshness freshness);
QString kindWord(model::AgentKind kind);
QString priorityWord(model::Priority priority); // "P1"; none is empty
QString ackWord(model::Ack ack); // "new", "ack", "shelved"
// "14 streams left, longest 3 min 12 s", "drained: safe to stop"; empty where nothing drains.
QString drainText(const model::DrainProgress& drain);

// In a row: "Wedged: no token for 6 s, 9 requests held".
QString alarmTitle(const fleet::Alarm& alarm);
// What it means for those who ask, in a sentence or two.
QString alarmText(const fleet::Alarm& alarm);
// What to do about it, first things first.
QStringList alarmSteps(fleet::AlarmCause cause);

// What somebody did: "Drain chat-0"; of a record that took back another "Undo 417: Undrain chat-0".
QString changeText(const model::AuditRecord& record);
// One line for a list of events; names whom it is about.
QString eventText(const model::Event& event);

} // namespace signalbox::models
