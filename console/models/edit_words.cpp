// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/edit_words.h"

#include "console/text/numbers.h"
#include "console/text/plain_text.h"

#include <QCoreApplication>

#include <algorithm>
#include <optional>

namespace signalbox::models {

namespace {

constexpr int kNameInLine = 40;
constexpr int kNamesInLine = 2;

QString tr(const char* text)
{
    return QCoreApplication::translate("EditWords", text);
}

QString instancesText(std::size_t count)
{
    return countedText(static_cast<std::int64_t>(count), tr("instance"), tr("instances"));
}

// The state that all changes give; nothing where they differ (an inverse).
std::optional<model::Admin> oneStateOf(const model::AdminEdit& edit)
{
    if (edit.changes.empty())
        return std::nullopt;
    const model::Admin admin = edit.changes.front().admin;
    const bool isOne = std::all_of(edit.changes.begin(), edit.changes.end(),
                                   [admin](const auto& one) { return one.admin == admin; });
    return isOne ? std::optional(admin) : std::nullopt;
}

QString adminText(model::Admin admin)
{
    return QString::fromStdString(std::string(nameOf(admin)));
}

QString caseVerb(const model::AdminEdit& edit)
{
    switch (edit.verb) {
    case model::Verb::Drain: return tr("drain");
    case model::Verb::Undrain: return tr("undrain");
    case model::Verb::SetAdmin: break;
    case model::Verb::Failover:
    case model::Verb::Failback:
    case model::Verb::SetWeights: break;
    }
    if (edit.changes.empty())
        return edit.pool.empty() ? tr("first policy") : tr("set state");
    const std::optional<model::Admin> admin = oneStateOf(edit);
    if (!admin)
        return tr("put back");
    return admin == model::Admin::Maint ? tr("maintenance")
                                        : tr("set to %1").arg(adminText(*admin));
}

QString caseVerb(const model::RouteEdit& edit)
{
    if (edit.verb == model::Verb::Failback)
        return tr("fail back");
    return edit.verb == model::Verb::Failover ? tr("fail over") : tr("weights");
}

QString caseVerb(const model::ScaleEdit&)
{
    return tr("scale");
}

QString caseObjects(const model::AdminEdit& edit)
{
    if (!edit.pool.empty())
        return tr("pool %1").arg(shownName(edit.pool));
    std::vector<std::string> names;
    for (const model::AdminChange& change : edit.changes)
        names.push_back(change.agent);
    return names.empty() ? text::notApplicableText() : listText(names, kNamesInLine);
}

// "chat 90, chat-2 10".
QString sharesText(const std::vector<model::RouteTarget>& targets)
{
    QStringList shares;
    for (const model::RouteTarget& target : targets)
        shares += QStringLiteral("%1 %2").arg(shownName(target.pool)).arg(target.weight);
    return shares.join(QStringLiteral(", "));
}

QString caseObjects(const model::RouteEdit& edit)
{
    QString objects = shownName(edit.route);
    if (edit.verb == model::Verb::Failover && !edit.toPool.empty())
        objects = tr("%1 to %2").arg(objects, shownName(edit.toPool));
    if (edit.verb != model::Verb::SetWeights || edit.targets.empty())
        return objects;
    return objects + QStringLiteral(", ") + sharesText(edit.targets);
}

QString caseObjects(const model::ScaleEdit& edit)
{
    return tr("%1 to %2").arg(shownName(edit.pool)).arg(edit.desired);
}

QString targetsOf(const model::AdminEdit& edit)
{
    if (edit.changes.size() == 1 && edit.pool.empty())
        return shownName(edit.changes.front().agent);
    if (edit.pool.empty())
        return instancesText(edit.changes.size());
    return edit.changes.empty()
        ? tr("pool %1").arg(shownName(edit.pool))
        : tr("%1 of %2").arg(instancesText(edit.changes.size()), shownName(edit.pool));
}

QString caseTitle(const model::AdminEdit& edit)
{
    if (edit.changes.empty() && edit.pool.empty())
        return tr("First policy");
    const QString targets = targetsOf(edit);
    if (edit.verb == model::Verb::Drain)
        return tr("Drain %1").arg(targets);
    if (edit.verb == model::Verb::Undrain)
        return tr("Undrain %1").arg(targets);
    const std::optional<model::Admin> admin = oneStateOf(edit);
    if (!admin)
        return tr("Put back %1").arg(targets);
    return admin == model::Admin::Maint ? tr("Put %1 into maintenance").arg(targets)
                                        : tr("Set %1 to %2").arg(targets, adminText(*admin));
}

QString caseTitle(const model::RouteEdit& edit)
{
    const QString route = shownName(edit.route);
    if (edit.restore)
        return tr("Put %1 back to %2").arg(route, sharesText(edit.restore->placement.targets));
    switch (edit.verb) {
    case model::Verb::Failover:
        return edit.toPool.empty()
            ? tr("Fail over %1").arg(route)
            : tr("Fail over %1 to %2").arg(route, shownName(edit.toPool));
    case model::Verb::Failback: return tr("Fail back %1").arg(route);
    case model::Verb::SetWeights: return tr("Change weights of %1").arg(route);
    case model::Verb::Drain:
    case model::Verb::Undrain:
    case model::Verb::SetAdmin: break;
    }
    return tr("Change %1").arg(route);
}

QString caseTitle(const model::ScaleEdit& edit)
{
    return tr("Scale %1 to %2").arg(shownName(edit.pool), instancesText(edit.desired));
}

std::int64_t movedBy(const model::Preview& preview)
{
    std::int64_t moved = 0;
    for (const model::SurvivorLoad& load : preview.survivors)
        moved += load.inFlightMoved;
    return moved;
}

QString streamsEnd(std::int64_t count)
{
    if (count == 0)
        return tr("no request is open there");
    return count == 1 ? tr("1 running request ends where it is")
                      : tr("%1 running requests end where they are")
                            .arg(text::countText(count));
}

QString caseEffect(const model::AdminEdit& edit, const model::Preview& preview)
{
    const bool takesWork = !edit.changes.empty()
        && std::all_of(edit.changes.begin(), edit.changes.end(),
                       [](const auto& one) { return model::takesNewWork(one.admin); });
    const QString who = instancesText(edit.changes.size());
    if (takesWork)
        return edit.changes.size() == 1 ? tr("%1 takes new work again").arg(who)
                                        : tr("%1 take new work again").arg(who);
    const QString stop = edit.changes.size() == 1 ? tr("%1 stops taking new work; %2")
                                                  : tr("%1 stop taking new work; %2");
    return stop.arg(who, streamsEnd(movedBy(preview)));
}

QString caseEffect(const model::RouteEdit& edit, const model::Preview& preview)
{
    const QString route = shownName(edit.route);
    return edit.verb == model::Verb::SetWeights
        ? tr("new requests of %1 are shared out anew").arg(route)
        : tr("new requests of %1 move; %2").arg(route, streamsEnd(movedBy(preview)));
}

QString caseEffect(const model::ScaleEdit& edit, const model::Preview& preview)
{
    std::vector<std::string> leaving;
    for (const model::AdminChange& change : edit.changes) {
        if (change.admin == model::Admin::Drain)
            leaving.push_back(change.agent);
    }
    if (leaving.empty())
        return tr("%1 is to have %2").arg(shownName(edit.pool), instancesText(edit.desired));
    return tr("%1: drained first, then stopped; %2")
        .arg(listText(leaving, kNamesInLine), streamsEnd(movedBy(preview)));
}

QString diffText(const std::string& value)
{
    return text::plainText(value, text::kReasonCharacters);
}

} // namespace

QString verbText(const model::Edit& edit)
{
    return std::visit([](const auto& one) { return caseVerb(one); }, edit);
}

QString editTitle(const model::Edit& edit)
{
    return std::visit([](const auto& one) { return caseTitle(one); }, edit);
}

QString objectsText(const model::Edit& edit)
{
    return std::visit([](const auto& one) { return caseObjects(one); }, edit);
}

QString effectText(const model::Preview& preview)
{
    if (preview.diff.empty())
        return tr("Nothing would change: it is so already.");
    QString effect = std::visit([&](const auto& one) { return caseEffect(one, preview); },
                                preview.plan.edit);
    const bool isSentence = !std::holds_alternative<model::ScaleEdit>(preview.plan.edit);
    if (isSentence) // else it begins with a name, which stays as it is
        effect[0] = effect[0].toUpper();
    return effect + QLatin1Char('.');
}

std::vector<DiffRow> diffRows(const std::vector<model::DiffLine>& diff, int limit)
{
    std::vector<DiffRow> rows;
    QString object;
    for (const model::DiffLine& line : diff) {
        const QString name = diffText(line.kind) + QLatin1Char(' ') + diffText(line.name);
        if (name != object)
            rows.push_back({DiffRow::Kind::Object, name});
        object = name;
        const QString field = diffText(line.field) + QStringLiteral(": ");
        rows.push_back({DiffRow::Kind::Before, field + diffText(line.before)});
        rows.push_back({DiffRow::Kind::After, field + diffText(line.after)});
    }
    const int more = static_cast<int>(rows.size()) - limit;
    if (more > 0) {
        rows.resize(static_cast<std::size_t>(limit));
        rows.push_back({DiffRow::Kind::More, tr("and %1 more lines").arg(more)});
    }
    return rows;
}

QString proofText(model::ProofVerdict verdict)
{
    switch (verdict) {
    case model::ProofVerdict::Unproven: return tr("not proven");
    case model::ProofVerdict::NotReady: return tr("not ready, gets no requests");
    case model::ProofVerdict::LeftOut: return tr("left out");
    case model::ProofVerdict::Proven: return tr("proven");
    }
    return text::unknownText();
}

QString hindranceText(command::Hindrance hindrance, const model::Preview* preview)
{
    using command::Hindrance;
    switch (hindrance) {
    case Hindrance::Replay: return tr("this is the past; return to live to act");
    case Hindrance::ReadOnly: return tr("this window only reads");
    case Hindrance::LinkLost: return tr("the link to the fleet is lost");
    case Hindrance::StoreAway: return tr("the store is away: serving goes on, commands do not");
    case Hindrance::Incomplete: return tr("nothing is chosen yet");
    case Hindrance::NoPreview: return tr("the preview is not there yet");
    case Hindrance::PreviewFailed: return tr("there is no preview");
    case Hindrance::Expired: return tr("the preview is more than 60 s old");
    case Hindrance::Changed: return tr("it changed since you looked");
    case Hindrance::NothingChanges: return tr("nothing would change");
    case Hindrance::NotNamed:
        return preview && !preview->overrideName.empty()
            ? tr("it is refused until %1 is typed").arg(shownName(preview->overrideName))
            : tr("it is refused");
    case Hindrance::NoCause: return tr("no cause is given");
    case Hindrance::CauseTooLong: return tr("the cause is longer than 256 bytes");
    case Hindrance::Busy: return tr("it is being applied");
    }
    return {};
}

QString hindrancesText(const std::vector<command::Hindrance>& hindrances,
                       const model::Preview* preview)
{
    if (hindrances.empty())
        return {};
    QStringList clauses;
    for (const command::Hindrance hindrance : hindrances)
        clauses += hindranceText(hindrance, preview);
    const QString last = clauses.takeLast();
    return clauses.isEmpty()
        ? tr("Apply is off: %1.").arg(last)
        : tr("Apply is off: %1, and %2.").arg(clauses.join(QStringLiteral(", ")), last);
}

QString shownName(const std::string& name)
{
    return text::cutMiddle(text::plainText(name), kNameInLine);
}

QString listText(const std::vector<std::string>& names, int shown)
{
    QStringList list;
    const int count = static_cast<int>(names.size());
    for (int i = 0; i < std::min(shown, count); ++i)
        list += shownName(names[static_cast<std::size_t>(i)]);
    const QString listed = list.join(QStringLiteral(", "));
    return count > shown ? tr("%1 and %2 more").arg(listed).arg(count - shown) : listed;
}

QString countedText(std::int64_t count, const QString& one, const QString& many)
{
    return text::countText(count) + QLatin1Char(' ') + (count == 1 ? one : many);
}

} // namespace signalbox::models
