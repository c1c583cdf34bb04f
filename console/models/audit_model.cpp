// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/audit_model.h"

#include "console/models/edit_words.h"
#include "console/text/numbers.h"
#include "console/text/plain_text.h"

#include <algorithm>
#include <set>

namespace signalbox::models {

namespace {

QString whoText(const model::AuditRecord& record)
{
    return text::plainText(record.operatorName);
}

QString causeText(const model::AuditRecord& record)
{
    return record.cause.empty() ? text::notApplicableText()
                                : text::plainText(record.cause, text::kReasonCharacters);
}

QString verbOf(const model::AuditRecord& record)
{
    return record.undoes == 0 ? verbText(record.edit) : AuditModel::tr("undo");
}

QString revisionText(const model::AuditRecord& record)
{
    if (record.revision == 0)
        return text::unknownText();
    return record.baseRevision == record.revision
        ? QString::number(record.revision)
        : text::rangeText(QString::number(record.baseRevision), QString::number(record.revision));
}

QString cellText(const model::AuditRecord& record, int column)
{
    switch (column) {
    case AuditModel::Time: return text::dateTimeText(record.atUnixMs);
    case AuditModel::Number: return QString::number(record.number);
    case AuditModel::Who: return whoText(record);
    case AuditModel::Verb: return verbOf(record);
    case AuditModel::Objects: return objectsText(record.edit);
    case AuditModel::Cause: return causeText(record);
    case AuditModel::Revision: return revisionText(record);
    case AuditModel::Undoes:
        return record.undoes == 0 ? text::notApplicableText() : QString::number(record.undoes);
    default: return {};
    }
}

bool isNewer(const model::AuditRecord& record, std::uint64_t number)
{
    return record.number > number;
}

} // namespace

AuditModel::AuditModel(const fleet::FleetStore& store, QObject* parent)
    : QAbstractTableModel(parent), store_(store), records_(store.audit())
{
    connect(&store, &fleet::FleetStore::auditChanged, this, &AuditModel::update);
}

int AuditModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(records_.size());
}

int AuditModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : kColumns;
}

QVariant AuditModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    const model::AuditRecord& one = record(index.row());
    switch (role) {
    case Qt::DisplayRole: return cellText(one, index.column());
    case Qt::AccessibleTextRole:
        return QStringLiteral("%1: %2")
            .arg(headerData(index.column(), Qt::Horizontal, Qt::DisplayRole).toString(),
                 cellText(one, index.column()));
    case Qt::ToolTipRole: return text::escapedText(cellText(one, index.column()));
    case UnixMsRole: return QVariant::fromValue<qint64>(one.atUnixMs);
    case SearchRole:
        return QStringList{whoText(one), verbOf(one), editTitle(one.edit), objectsText(one.edit),
                           causeText(one), QString::number(one.number)}
            .join(QLatin1Char('\n'));
    default: return {};
    }
}

QVariant AuditModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    const bool isNumber = section == Number || section == Revision || section == Undoes;
    if (role == Qt::TextAlignmentRole && isNumber)
        return QVariant::fromValue<int>(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Time: return tr("Time");
    case Number: return tr("Record");
    case Who: return tr("Who");
    case Verb: return tr("Verb");
    case Objects: return tr("Object");
    case Cause: return tr("Cause");
    case Revision: return tr("Revision");
    case Undoes: return tr("Undoes");
    default: return {};
    }
}

const model::AuditRecord& AuditModel::record(int row) const
{
    return records_[static_cast<std::size_t>(row)];
}

int AuditModel::rowOf(std::uint64_t number) const
{
    const auto found = std::lower_bound(records_.begin(), records_.end(), number, isNewer);
    const bool isShown = found != records_.end() && found->number == number;
    return isShown ? static_cast<int>(found - records_.begin()) : -1;
}

QStringList AuditModel::people() const
{
    std::set<QString> names;
    for (const model::AuditRecord& one : records_)
        names.insert(whoText(one));
    return {names.begin(), names.end()};
}

QStringList AuditModel::verbs() const
{
    std::set<QString> names;
    for (const model::AuditRecord& one : records_)
        names.insert(verbOf(one));
    return {names.begin(), names.end()};
}

bool AuditModel::isWithoutGaps() const
{
    return records_.empty()
        || records_.front().number - records_.back().number + 1 == records_.size();
}

void AuditModel::removeOld(const std::vector<model::AuditRecord>& newest)
{
    for (int row = rowCount() - 1; row >= 0; --row) {
        const std::uint64_t number = record(row).number;
        const auto found = std::lower_bound(newest.begin(), newest.end(), number, isNewer);
        if (found != newest.end() && found->number == number)
            continue;
        beginRemoveRows({}, row, row);
        records_.erase(records_.begin() + row);
        endRemoveRows();
    }
}

// Both lists fall by number, so that one walk finds what is new and where.
void AuditModel::update()
{
    const std::vector<model::AuditRecord>& newest = store_.audit();
    removeOld(newest);
    std::size_t at = 0;
    while (at < newest.size()) {
        const bool isKnown = at < records_.size() && records_[at].number == newest[at].number;
        if (isKnown) {
            if (!(records_[at] == newest[at])) {
                records_[at] = newest[at];
                const int row = static_cast<int>(at);
                Q_EMIT dataChanged(index(row, 0), index(row, kColumns - 1));
            }
            ++at;
            continue;
        }
        std::size_t end = at;
        while (end < newest.size()
               && (at >= records_.size() || newest[end].number > records_[at].number))
            ++end;
        beginInsertRows({}, static_cast<int>(at), static_cast<int>(end) - 1);
        const auto place = static_cast<std::ptrdiff_t>(at);
        records_.insert(records_.begin() + place, newest.begin() + place,
                        newest.begin() + static_cast<std::ptrdiff_t>(end));
        endInsertRows();
        at = end;
    }
}

void AuditFilter::setText(const QString& text)
{
    text_ = text.trimmed();
    words_ = text_.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    invalidateFilter();
}

void AuditFilter::setWho(const QString& who)
{
    who_ = who;
    invalidateFilter();
}

void AuditFilter::setVerb(const QString& verb)
{
    verb_ = verb;
    invalidateFilter();
}

QString AuditFilter::sentence() const
{
    QStringList parts;
    if (!who_.isEmpty())
        parts += tr("who=%1").arg(who_);
    if (!verb_.isEmpty())
        parts += tr("verb=%1").arg(verb_);
    if (!text_.isEmpty())
        parts += text_;
    return parts.join(QLatin1Char(' '));
}

bool AuditFilter::filterAcceptsRow(int row, const QModelIndex& parent) const
{
    const auto textAt = [&](int column, int role) {
        return sourceModel()->index(row, column, parent).data(role).toString();
    };
    if (!who_.isEmpty() && textAt(AuditModel::Who, Qt::DisplayRole) != who_)
        return false;
    if (!verb_.isEmpty() && textAt(AuditModel::Verb, Qt::DisplayRole) != verb_)
        return false;
    if (words_.isEmpty())
        return true;
    const QString all = textAt(AuditModel::Time, AuditModel::SearchRole);
    return std::all_of(words_.begin(), words_.end(), [&all](const QString& word) {
        return all.contains(word, Qt::CaseInsensitive);
    });
}

} // namespace signalbox::models
