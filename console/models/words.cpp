// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/words.h"

#include "console/models/edit_words.h"
#include "console/text/numbers.h"
#include "console/text/plain_text.h"

#include <QCoreApplication>


namespace signalbox::models {

namespace {

using fleet::AlarmCause;
using text::plainText;

struct Words {
    Q_DECLARE_TR_FUNCTIONS(Words)
};


QString fromName(std::string_view name)
{
    return QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()));
}

QString reasonText(const std::string& reason)
{
    return plainText(reason, text::kReasonCharacters);
}

QString withReason(const QString& word, const std::string& reason)
{
    return reason.empty() ? word : Words::tr("%1: %2").arg(word, reasonText(reason));
}

} // namespace

QString healthWord(model::Health health)
{
    return fromName(model::nameOf(health));
}

QString adminWord(model::Admin admin)
{
    return fromName(model::nameOf(admin)).toUpper();
}

QString freshnessWord(model::Freshness freshness)
{
    return fromName(model::nameOf(freshness));
}

QString kindWord(model::AgentKind kind)
{
    return kind == model::AgentKind::Gateway ? Words::tr("gateway") : Words::tr("instance");
}

QString priorityWord(model::Priority priority)
{
    switch (priority) {
    case model::Priority::None: return {};
    case model::Priority::P1: return QStringLiteral("P1");
    case model::Priority::P2: return QStringLiteral("P2");
    case model::Priority::P3: return QStringLiteral("P3");
    }
    return {};
}

QString ackWord(model::Ack ack)
{
    switch (ack) {
    case model::Ack::New: return Words::tr("new");
    case model::Ack::Acknowledged: return Words::tr("ack");
    case model::Ack::Shelved: return Words::tr("shelved");
    }
    return {};
}

QString drainText(const model::DrainProgress& drain)
{
    if (drain.phase == model::DrainPhase::None)
        return {};
    if (drain.phase == model::DrainPhase::Drained)
        return Words::tr("drained: safe to stop");
    const QString left = drain.remaining == 1 ? Words::tr("1 stream left")
                                              : Words::tr("%1 streams left").arg(drain.remaining);
    return drain.longestMs <= 0
        ? left
        : Words::tr("%1, longest %2").arg(left, text::durationText(drain.longestMs));
}

QString alarmTitle(const fleet::Alarm& alarm)
{
    switch (alarm.key.cause) {
    case AlarmCause::PoolEmpty: return Words::tr("Nothing in it may serve");
    case AlarmCause::AgentFailed: return withReason(Words::tr("Failed"), alarm.reason);
    case AlarmCause::AgentWedged: return withReason(Words::tr("Wedged"), alarm.reason);
    case AlarmCause::AgentGone: return withReason(Words::tr("Gone"), alarm.reason);
    case AlarmCause::AgentDegraded: return withReason(Words::tr("Degraded"), alarm.reason);
    case AlarmCause::NoRedundancy: return Words::tr("One instance left");
    case AlarmCause::AgentLate: return Words::tr("Late: its reports come late");
    }
    return {};
}

QString alarmText(const fleet::Alarm& alarm)
{
    switch (alarm.key.cause) {
    case AlarmCause::PoolEmpty:
        return Words::tr("No instance of this pool is ready. Requests for it go to a fallback of "
                         "their route, or fail.");
    case AlarmCause::AgentFailed:
        return Words::tr("Its engine does not answer, or says that it is broken. It gets no new "
                         "requests; the others of its pool take them.");
    case AlarmCause::AgentWedged:
        return Words::tr("Its engine answers, and requests run, but no token moves. It gets no "
                         "new requests; a stream that stalls there ends with an error event.");
    case AlarmCause::AgentGone:
        return Words::tr("Its lease ended, and nobody asked for that: the process or its machine "
                         "is gone. What is shown is as it was last seen.");
    case AlarmCause::AgentDegraded:
        return Words::tr("It serves, but worse than it should. It still gets requests.");
    case AlarmCause::NoRedundancy:
        return Words::tr("One instance of this pool serves. If it is lost, requests fail or go to "
                         "a fallback.");
    case AlarmCause::AgentLate:
        return Words::tr("Its reports were late for 30 s within 2 min. It may serve well; what is "
                         "shown of it is old.");
    }
    return {};
}

QStringList alarmSteps(AlarmCause cause)
{
    switch (cause) {
    case AlarmCause::PoolEmpty:
        return {Words::tr("Fail its route over to a proven standby, if there is one."),
                Words::tr("See why its instances are not ready: open the worst of them."),
                Words::tr("Undrain what was drained, or start more.")};
    case AlarmCause::AgentFailed:
        return {Words::tr("Check that the engine's process runs, and the end of its log."),
                Words::tr("Restart the engine; it gets requests again once it is ready."),
                Words::tr("Failed again within 1 h: drain it, and look at its host.")};
    case AlarmCause::AgentWedged:
        return {Words::tr("Check the engine's log for a stuck collective or a GPU fault."),
                Words::tr("Restart the engine; its pool serves without it."),
                Words::tr("Wedged again within 1 h: drain it, and look at its host.")};
    case AlarmCause::AgentGone:
        return {Words::tr("Check that its machine answers, then start the agent again."),
                Words::tr("Not coming back: nothing to do, it is left out by itself.")};
    case AlarmCause::AgentDegraded:
        return {Words::tr("Compare its latency and errors with those of its pool."),
                Words::tr("Much worse than the others: drain it, and look at its engine.")};
    case AlarmCause::NoRedundancy:
        return {Words::tr("Bring back what is missing, or start another instance."),
                Words::tr("Do not drain the last one before that.")};
    case AlarmCause::AgentLate:
        return {Words::tr("Check the network and the load of its machine."),
                Words::tr("Late for all agents at once: check this console's link.")};
    }
    return {};
}

QString changeText(const model::AuditRecord& record)
{
    return record.undoes == 0
        ? editTitle(record.edit)
        : Words::tr("Undo %1: %2").arg(record.undoes).arg(editTitle(record.edit));
}

QString eventText(const model::Event& event)
{
    const QString agent = plainText(event.agent);
    const QString said = reasonText(event.text);
    if (said.isEmpty())
        return Words::tr("%1: %2").arg(agent, plainText(event.kind).replace(u'_', u' '));
    // Most sentences of an agent name it; those about its engine do not.
    if (said.contains(agent))
        return said;
    QString line = Words::tr("%1: %2").arg(agent, said);
    return event.kind == "health_changed" ? line.replace(QStringLiteral(" -> "), Words::tr(" to "))
                                          : line;
}

} // namespace signalbox::models
