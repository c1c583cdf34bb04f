// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/words.h"

#include "console/text/numbers.h"
#include "console/text/plain_text.h"

#include <QCoreApplication>

#include <set>
#include <variant>

namespace signalbox::models {

namespace {

using fleet::AlarmCause;
using text::plainText;

struct Words {
    Q_DECLARE_TR_FUNCTIONS(Words)
};

constexpr std::size_t kNamesInARow = 3; // more are counted

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

// "chat-0", "chat-0, chat-1", "12 agents".
QString agentsText(const std::vector<model::AdminChange>& changes)
{
    if (changes.size() > kNamesInARow)
        return Words::tr("%1 agents").arg(changes.size());
    QStringList names;
    for (const model::AdminChange& change : changes)
        names << plainText(change.agent);
    return names.join(QStringLiteral(", "));
}

QString adminEditText(const model::AdminEdit& edit)
{
    const QString agents = agentsText(edit.changes);
    const QString whom = edit.pool.empty()
        ? agents
        : Words::tr("pool %1 (%2)").arg(plainText(edit.pool), agents);
    if (edit.verb == model::Verb::Drain)
        return Words::tr("Drain %1").arg(whom);
    if (edit.verb == model::Verb::Undrain)
        return Words::tr("Undrain %1").arg(whom);
    std::set<model::Admin> wanted;
    for (const model::AdminChange& change : edit.changes)
        wanted.insert(change.admin);
    if (wanted.size() == 1)
        return Words::tr("Set %1 to %2").arg(whom, adminWord(*wanted.begin()));
    return Words::tr("Put back %1").arg(whom);
}

// "chat 90, chat-2 10".
QString targetsText(const std::vector<model::RouteTarget>& targets)
{
    QStringList shares;
    for (const model::RouteTarget& target : targets) {
        if (static_cast<std::size_t>(shares.size()) == kNamesInARow) {
            shares << Words::tr("and %1 more").arg(targets.size() - kNamesInARow);
            break;
        }
        shares << Words::tr("%1 %2").arg(plainText(target.pool)).arg(target.weight);
    }
    return shares.join(QStringLiteral(", "));
}

QString routeEditText(const model::RouteEdit& edit)
{
    const QString route = plainText(edit.route);
    if (edit.restore) {
        return Words::tr("Put route %1 back to %2")
            .arg(route, targetsText(edit.restore->placement.targets));
    }
    switch (edit.verb) {
    case model::Verb::Failover:
        return edit.toPool.empty()
            ? Words::tr("Fail over %1 to its first fallback").arg(route)
            : Words::tr("Fail over %1 to %2").arg(route, plainText(edit.toPool));
    case model::Verb::Failback: return Words::tr("Fail back %1").arg(route);
    case model::Verb::SetWeights:
        return Words::tr("Weights of %1: %2").arg(route, targetsText(edit.targets));
    default: return Words::tr("Change route %1").arg(route);
    }
}

// One function a kind of edit: a new kind does not compile until it has its words.
struct EditWords {
    QString operator()(const model::AdminEdit& edit) const { return adminEditText(edit); }
    QString operator()(const model::RouteEdit& edit) const { return routeEditText(edit); }
    QString operator()(const model::ScaleEdit& edit) const
    {
        return Words::tr("Scale %1 to %2").arg(plainText(edit.pool)).arg(edit.desired);
    }
};

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
                         "new requests; its streams are continued elsewhere.");
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

QString editText(const model::Edit& edit)
{
    return std::visit(EditWords(), edit);
}

QString changeText(const model::AuditRecord& record)
{
    return record.undoes == 0
        ? editText(record.edit)
        : Words::tr("Undo %1: %2").arg(record.undoes).arg(editText(record.edit));
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
