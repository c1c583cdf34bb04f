// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/audit_export.h"

#include "console/models/edit_words.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QStringList>

namespace signalbox::models {

namespace {

QString textOf(const std::string& text)
{
    return QString::fromStdString(text);
}

QString momentText(std::int64_t unixMs)
{
    return QDateTime::fromMSecsSinceEpoch(unixMs, Qt::UTC).toString(Qt::ISODateWithMs);
}

QString csvField(QString text)
{
    const bool isFormula = !text.isEmpty() && QStringLiteral("=+-@\t\r").contains(text[0]);
    if (isFormula)
        text.prepend(QLatin1Char('\''));
    text.replace(QLatin1Char('"'), QStringLiteral("\"\""));
    return QLatin1Char('"') + text + QLatin1Char('"');
}

QString diffText(const std::vector<model::DiffLine>& diff)
{
    QStringList lines;
    for (const model::DiffLine& line : diff)
        lines += QStringLiteral("%1 %2 %3: %4 -> %5")
                     .arg(textOf(line.kind), textOf(line.name), textOf(line.field),
                          textOf(line.before), textOf(line.after));
    return lines.join(QStringLiteral("; "));
}

QJsonArray diffJson(const std::vector<model::DiffLine>& diff)
{
    QJsonArray lines;
    for (const model::DiffLine& line : diff)
        lines.append(QJsonObject{{QStringLiteral("kind"), textOf(line.kind)},
                                 {QStringLiteral("name"), textOf(line.name)},
                                 {QStringLiteral("field"), textOf(line.field)},
                                 {QStringLiteral("before"), textOf(line.before)},
                                 {QStringLiteral("after"), textOf(line.after)}});
    return lines;
}

QJsonObject recordJson(const model::AuditRecord& record)
{
    return {{QStringLiteral("number"), static_cast<qint64>(record.number)},
            {QStringLiteral("at"), momentText(record.atUnixMs)},
            {QStringLiteral("operator"), textOf(record.operatorName)},
            {QStringLiteral("agent"), textOf(record.agent)},
            {QStringLiteral("verb"), verbText(record.edit)},
            {QStringLiteral("what"), editTitle(record.edit)},
            {QStringLiteral("cause"), textOf(record.cause)},
            {QStringLiteral("request_id"), textOf(record.requestId)},
            {QStringLiteral("override_name"), textOf(record.overrideName)},
            {QStringLiteral("base_revision"), static_cast<qint64>(record.baseRevision)},
            {QStringLiteral("revision"), static_cast<qint64>(record.revision)},
            {QStringLiteral("undoes"), static_cast<qint64>(record.undoes)},
            {QStringLiteral("previous_hash"), textOf(record.previousHash)},
            {QStringLiteral("diff"), diffJson(record.diff)}};
}

} // namespace

QByteArray auditCsv(const std::vector<model::AuditRecord>& records)
{
    QString csv = QStringLiteral("number,at,operator,agent,verb,what,cause,base_revision,revision,"
                                 "undoes,override_name,request_id,diff,previous_hash\r\n");
    for (const model::AuditRecord& record : records) {
        const QStringList fields{QString::number(record.number),
                                 momentText(record.atUnixMs),
                                 csvField(textOf(record.operatorName)),
                                 csvField(textOf(record.agent)),
                                 csvField(verbText(record.edit)),
                                 csvField(editTitle(record.edit)),
                                 csvField(textOf(record.cause)),
                                 QString::number(record.baseRevision),
                                 QString::number(record.revision),
                                 QString::number(record.undoes),
                                 csvField(textOf(record.overrideName)),
                                 csvField(textOf(record.requestId)),
                                 csvField(diffText(record.diff)),
                                 csvField(textOf(record.previousHash))};
        csv += fields.join(QLatin1Char(',')) + QStringLiteral("\r\n");
    }
    return csv.toUtf8();
}

QByteArray auditJson(const std::vector<model::AuditRecord>& records)
{
    QJsonArray all;
    for (const model::AuditRecord& record : records)
        all.append(recordJson(record));
    return QJsonDocument(all).toJson();
}

} // namespace signalbox::models
