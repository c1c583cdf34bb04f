// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/text/numbers.h"

#include <QDateTime>
#include <QLocale>

#include <algorithm>
#include <array>
#include <cmath>

namespace signalbox::text {

namespace {

constexpr std::int64_t kSecond = 1000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::int64_t kWholeUpTo = 99'999; // counted things are read whole up to here

// Three digits, with the point where it falls; rounding must not leave 1000 or 10.00.
QString threeDigits(double value)
{
    if (value < 9.995)
        return QString::number(value, 'f', 2);
    if (value < 99.95)
        return QString::number(value, 'f', 1);
    return QString::number(value, 'f', 0);
}

// 36.7k, 3.10M, 1.20G: below 999.5 the plain figure.
QString scaled(double value)
{
    constexpr std::array<char, 4> kMarks{'\0', 'k', 'M', 'G'};
    std::size_t step = 0;
    while (value >= 999.5 && step + 1 < kMarks.size()) {
        value /= 1000;
        ++step;
    }
    QString text = threeDigits(value);
    if (step > 0)
        text += QLatin1Char(kMarks[step]);
    return text;
}

QString withSign(double value, QString (*text)(double))
{
    return value < 0 ? QLatin1Char('-') + text(-value) : text(value);
}

QString withUnit(const QString& number, const char* unit)
{
    return number + QLatin1Char(' ') + QLatin1String(unit);
}

// "3 min 12 s"; a part that is zero is left out.
QString twoParts(std::int64_t whole, const char* unit, std::int64_t rest, const char* restUnit)
{
    const QString head = withUnit(QString::number(whole), unit);
    if (rest == 0)
        return head;
    return head + QLatin1Char(' ') + withUnit(QString::number(rest), restUnit);
}

QString secondsText(std::int64_t ms)
{
    if (ms < 10 * kSecond)
        return withUnit(QString::number(static_cast<double>(ms / 100) / 10, 'f', 1), "s");
    return withUnit(QString::number(ms / kSecond), "s");
}

} // namespace

QString unknownText()
{
    return QStringLiteral("?");
}

QString notApplicableText()
{
    return QStringLiteral("-");
}

QString rateText(std::optional<double> value)
{
    if (!value || !std::isfinite(*value))
        return unknownText();
    return withSign(*value, &scaled);
}

QString countText(std::optional<std::int64_t> value)
{
    if (!value)
        return unknownText();
    if (*value < -kWholeUpTo || *value > kWholeUpTo)
        return rateText(static_cast<double>(*value));
    static const QLocale kGrouped(QLocale::English, QLocale::UnitedStates);
    return kGrouped.toString(static_cast<qlonglong>(*value));
}

QString wholeText(std::optional<double> value)
{
    return value ? countText(std::llround(*value)) : unknownText();
}

QString percentText(std::optional<double> share)
{
    if (!share || !std::isfinite(*share))
        return unknownText();
    const double percent = *share * 100;
    const double size = std::fabs(percent);
    if (size > 99 && size < 100) // what is not all never reads 100
        return withUnit(QString::number(std::floor(percent * 10) / 10, 'f', 1), "%");
    const int decimals = size == 0 || size >= 9.95 ? 0 : size >= 0.995 ? 1 : 2;
    return withUnit(QString::number(percent, 'f', decimals), "%");
}

QString millisecondsText(std::optional<double> ms)
{
    if (!ms || !std::isfinite(*ms) || *ms < 0)
        return unknownText();
    if (*ms < 9.95)
        return withUnit(QString::number(*ms, 'f', 1), "ms");
    if (*ms < 999.5)
        return withUnit(QString::number(*ms, 'f', 0), "ms");
    if (*ms < static_cast<double>(kMinute))
        return withUnit(threeDigits(*ms / 1000), "s");
    return durationText(static_cast<std::int64_t>(*ms));
}

QString bytesText(std::optional<double> bytes)
{
    if (!bytes || !std::isfinite(*bytes) || *bytes < 0)
        return unknownText();
    constexpr std::array<const char*, 5> kUnits{"B", "KiB", "MiB", "GiB", "TiB"};
    double value = *bytes;
    std::size_t step = 0;
    while (value >= 1023.5 && step + 1 < kUnits.size()) {
        value /= 1024;
        ++step;
    }
    const int decimals = step == 0 || value >= 99.95 ? 0 : 1;
    return withUnit(QString::number(value, 'f', decimals), kUnits[step]);
}

QString durationText(std::optional<std::int64_t> ms)
{
    if (!ms || *ms < 0)
        return unknownText();
    if (*ms < kSecond)
        return withUnit(QString::number(*ms), "ms");
    if (*ms < kMinute)
        return secondsText(*ms);
    if (*ms < kHour)
        return twoParts(*ms / kMinute, "min", *ms % kMinute / kSecond, "s");
    if (*ms < kDay)
        return twoParts(*ms / kHour, "h", *ms % kHour / kMinute, "min");
    return twoParts(*ms / kDay, "d", *ms % kDay / kHour, "h");
}

QString ageText(std::optional<std::int64_t> ms)
{
    if (!ms)
        return unknownText();
    if (*ms < 0) // clocks differ a little; a fact is not from the future
        return secondsText(0);
    if (*ms < kMinute)
        return secondsText(*ms);
    if (*ms < kHour)
        return withUnit(QString::number(*ms / kMinute), "min");
    if (*ms < kDay)
        return withUnit(QString::number(*ms / kHour), "h");
    return withUnit(QString::number(*ms / kDay), "d");
}

QString timeText(std::int64_t unixMs)
{
    if (unixMs <= 0)
        return unknownText();
    return QDateTime::fromMSecsSinceEpoch(unixMs, Qt::UTC).toString(QStringLiteral("HH:mm:ss'Z'"));
}

QString dateTimeText(std::int64_t unixMs)
{
    if (unixMs <= 0)
        return unknownText();
    return QDateTime::fromMSecsSinceEpoch(unixMs, Qt::UTC)
        .toString(QStringLiteral("yyyy-MM-dd HH:mm:ss'Z'"));
}

QString rangeText(const QString& low, const QString& high)
{
    return low + QStringLiteral(" to ") + high;
}

QString ofText(std::int64_t part, std::int64_t whole)
{
    return countText(part) + QStringLiteral(" of ") + countText(whole);
}

QString cutMiddle(const QString& id, int characters)
{
    if (id.size() <= characters)
        return id;
    const qsizetype kept = std::max(characters - 1, 0);
    qsizetype head = (kept + 1) / 2;
    qsizetype tail = kept - head;
    if (head > 0 && id.at(head - 1).isHighSurrogate())
        --head;
    if (tail > 0 && id.at(id.size() - tail).isLowSurrogate())
        --tail;
    return id.first(head) + QChar(0x2026) + id.last(tail);
}

} // namespace signalbox::text
