// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/instances/table_export.h"

#include "console/text/numbers.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QStringList>

namespace signalbox::models {

namespace {

constexpr const char* kSampledKey = "sampled_at";

QString rfc3339(std::int64_t unixMs)
{
    if (unixMs <= 0)
        return {};
    return QDateTime::fromMSecsSinceEpoch(unixMs, Qt::UTC).toString(Qt::ISODateWithMs);
}

bool hasValue(InstanceColumn column)
{
    return column != InstanceColumn::Mark && column != InstanceColumn::TtftTrend;
}

QString written(const QVariant& value)
{
    if (!value.isValid())
        return {};
    if (value.userType() == QMetaType::Double)
        return QString::number(value.toDouble(), 'g', 9);
    const QString words = value.toString();
    return words == text::notApplicableText() || words == text::unknownText() ? QString() : words;
}

QString csvCell(const QString& cell)
{
    QString safe = safeCell(cell);
    if (!safe.contains(QLatin1Char(',')) && !safe.contains(QLatin1Char('"'))
        && !safe.contains(QLatin1Char('\n')) && !safe.contains(QLatin1Char('\r')))
        return safe;
    return QLatin1Char('"') + safe.replace(QLatin1Char('"'), QLatin1String("\"\""))
        + QLatin1Char('"');
}

QString tsvCell(const QString& cell)
{
    QString safe = safeCell(cell);
    return safe.replace(QLatin1Char('\t'), QLatin1Char(' '))
        .replace(QLatin1Char('\n'), QLatin1Char(' '));
}

QString markdownCell(const QString& cell)
{
    QString safe = cell.toHtmlEscaped();
    return safe.replace(QLatin1Char('|'), QLatin1String("\\|"))
        .replace(QLatin1Char('\n'), QLatin1Char(' '));
}

QString line(const QStringList& cells, TableFormat format)
{
    QStringList out;
    for (const QString& cell : cells) {
        out << (format == TableFormat::Csv       ? csvCell(cell)
                    : format == TableFormat::Tsv ? tsvCell(cell)
                                                 : markdownCell(cell));
    }
    switch (format) {
    case TableFormat::Csv: return out.join(QLatin1Char(',')) + QLatin1String("\r\n");
    case TableFormat::Tsv: return out.join(QLatin1Char('\t')) + QLatin1Char('\n');
    default: break;
    }
    return QLatin1String("| ") + out.join(QLatin1String(" | ")) + QLatin1String(" |\n");
}

QString jsonTable(const InstanceTableModel& model, const std::vector<int>& agentSlots,
                  std::span<const InstanceColumn> columns, const CellContext& context)
{
    QJsonArray rows;
    for (const int slot : agentSlots) {
        const fleet::Agent& agent = model.store().agent(slot);
        QJsonObject row;
        for (const InstanceColumn column : columns) {
            if (!hasValue(column))
                continue;
            const QVariant value = cellValue(agent, column, context);
            const bool isNumber = value.userType() == QMetaType::Double;
            const QString words = written(value);
            row[QLatin1String(factsOf(column).key)] = isNumber ? QJsonValue(value.toDouble())
                : words.isEmpty()                              ? QJsonValue()
                                                               : QJsonValue(words);
        }
        const QString sampled = rfc3339(agent.sampledUnixMs);
        row[QLatin1String(kSampledKey)] = sampled.isEmpty() ? QJsonValue() : QJsonValue(sampled);
        rows.append(row);
    }
    return QString::fromUtf8(QJsonDocument(rows).toJson(QJsonDocument::Indented));
}

} // namespace

QString safeCell(const QString& text)
{
    if (text.isEmpty() || !QStringLiteral("=+-@\t\r").contains(text.front()))
        return text;
    return QLatin1Char('\'') + text;
}

QString exportTable(const InstanceTableModel& model, const std::vector<int>& agentSlots,
                    std::span<const InstanceColumn> columns, TableFormat format)
{
    const PoolWeights weights = weightsOf(model.store().policy().policy);
    const CellContext context{weights, model.store().nowUnixMs()};
    if (format == TableFormat::Json)
        return jsonTable(model, agentSlots, columns, context);
    QStringList head;
    QStringList rule;
    for (const InstanceColumn column : columns) {
        if (!hasValue(column))
            continue;
        head << QLatin1String(factsOf(column).key);
        rule << (isFigure(column) ? QStringLiteral("--:") : QStringLiteral(":--"));
    }
    head << QLatin1String(kSampledKey);
    QString out = line(head, format);
    if (format == TableFormat::Markdown)
        out += QLatin1Char('|') + (rule << QStringLiteral(":--")).join(QLatin1Char('|'))
            + QLatin1String("|\n");
    for (const int slot : agentSlots) {
        const fleet::Agent& agent = model.store().agent(slot);
        QStringList cells;
        for (const InstanceColumn column : columns) {
            if (hasValue(column))
                cells << written(cellValue(agent, column, context));
        }
        out += line(cells << rfc3339(agent.sampledUnixMs), format);
    }
    return out;
}

} // namespace signalbox::models
