// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/frame/time_display.h"

#include "console/text/numbers.h"

#include <QDateTime>

namespace signalbox::views {

namespace {

QString written(std::int64_t unixMs, int offset, const char* format)
{
    const QDateTime moment = QDateTime::fromMSecsSinceEpoch(unixMs, Qt::OffsetFromUTC, offset);
    QString text = moment.toString(QLatin1String(format));
    if (offset == 0)
        return text + QLatin1Char('Z');
    const int minutes = std::abs(offset) / 60;
    return text
        + QString::asprintf("%c%02d:%02d", offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

} // namespace

void TimeDisplay::setStyle(TimeStyle style)
{
    if (style == style_)
        return;
    style_ = style;
    Q_EMIT changed();
}

void TimeDisplay::setLocalOffset(int seconds)
{
    fixedOffset_ = seconds;
    Q_EMIT changed();
}

int TimeDisplay::offsetAt(std::int64_t unixMs) const
{
    if (style_ != TimeStyle::Local)
        return 0;
    return fixedOffset_ != kMachine ? fixedOffset_
                                    : QDateTime::fromMSecsSinceEpoch(unixMs).offsetFromUtc();
}

QString TimeDisplay::clock(std::int64_t unixMs) const
{
    if (unixMs <= 0)
        return text::unknownText();
    return written(unixMs, offsetAt(unixMs), "HH:mm:ss");
}

QString TimeDisplay::since(std::int64_t unixMs, std::int64_t nowUnixMs) const
{
    constexpr std::int64_t kDayMs = 86'400'000;
    if (unixMs <= 0 || nowUnixMs - unixMs < kDayMs)
        return clock(unixMs);
    return written(unixMs, offsetAt(unixMs), "MM-dd HH:mm");
}

QString TimeDisplay::moment(std::int64_t unixMs, std::int64_t nowUnixMs) const
{
    if (unixMs <= 0)
        return text::unknownText();
    if (style_ == TimeStyle::Relative)
        return tr("%1 ago").arg(text::ageText(std::max<std::int64_t>(0, nowUnixMs - unixMs)));
    return since(unixMs, nowUnixMs);
}

QString TimeDisplay::exact(std::int64_t unixMs) const
{
    if (unixMs <= 0)
        return text::unknownText();
    return written(unixMs, offsetAt(unixMs), "yyyy-MM-dd HH:mm:ss.zzz");
}

} // namespace signalbox::views
