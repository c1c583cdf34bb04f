// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/theme/icons.h"

#include "console/theme/metrics.h"
#include "console/theme/path_text.h"
#include "console/theme/theme.h"

#include <QPainter>
#include <QPixmap>

#include <algorithm>
#include <string_view>

namespace signalbox::theme {

namespace {

constexpr double kField = 16;
constexpr double kPen = 1.4;

std::string_view screenDrawing(Icon icon)
{
    switch (icon) {
    case Icon::Overview: return "M2.5 3.5h4.5v4h-4.5z M9.5 3.5h4v9h-4z M2.5 9.5h4.5v3h-4.5z";
    case Icon::Topology:
        return "M2 5.5h4v5h-4z M10 1.5h4v4h-4z M10 10.5h4v4h-4z M6 8h2 M8 3.5v9 M8 3.5h2 "
               "M8 12.5h2";
    case Icon::Instances: return "M2.5 3.5h11 M2.5 6.5h11 M2.5 9.5h11 M2.5 12.5h11";
    case Icon::Limits: return "M2 11.5a6 6 0 0 1 12 0 M8 11.5L11 7 M2 13.5h12";
    case Icon::Scaling: return "M2.5 13.5v-3h3v-3h3v-3h3v-2 M9.5 3.5l2-2 2 2 M2 13.5h12";
    case Icon::Alerts: return "M8 2.5L14.5 13.5H1.5Z M8 6.5v3.5 M8 11.2v.8";
    case Icon::Review: return "M8 2.5a5.5 5.5 0 1 1-5.2 3.7 M2.5 2.5v4h4 M8 5v3.5l2.5 1.5";
    case Icon::Audit: return "M3.5 1.5h6l3 3v10h-9z M9.5 1.5v3h3 M6 8h4 M6 11h4";
    case Icon::Cache:
        return "M3 4v8c0 1.4 10 1.4 10 0V4 M3 4c0-1.4 10-1.4 10 0S3 5.4 3 4 "
               "M3 8c0 1.4 10 1.4 10 0";
    case Icon::Breakers: return "M1.5 10.5h4 M10.5 10.5h4 M5.5 10.5l5-5";
    default: return "";
    }
}

std::string_view controlDrawing(Icon icon)
{
    switch (icon) {
    case Icon::Search: return "M7 2.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 0 1 0-9 M10.5 10.5l3.5 3.5";
    case Icon::Lock: return "M4.5 7.5v-2.5a3.5 3.5 0 0 1 7 0v2.5 M3.5 7.5h9v6h-9z";
    case Icon::Close: return "M4 4l8 8 M12 4l-8 8";
    case Icon::Play: return "M5 3.5v9l7-4.5z";
    case Icon::Pause: return "M5.5 3.5v9 M10.5 3.5v9";
    case Icon::Next: return "M4 3.5l6 4.5-6 4.5z M12 3.5v9";
    case Icon::Previous: return "M12 3.5l-6 4.5 6 4.5z M4 3.5v9";
    case Icon::Undo: return "M5.5 3L2.5 6l3 3 M2.5 6h7a4 4 0 0 1 0 8h-3";
    case Icon::Pin: return "M5.5 2.5h5 M6.5 2.5v5l-2 2.5h7l-2-2.5v-5 M8 10v4";
    case Icon::Check: return "M3 8.5l3.5 3.5L13 4.5";
    case Icon::Star: return "M8 2l1.8 3.9 4.2.5-3.1 2.9.8 4.2L8 11.4l-3.7 2.1.8-4.2L2 6.4l4.2-.5z";
    case Icon::Copy: return "M5.5 5.5h8v8h-8z M3 10.5h-.5v-8h8v.5";
    case Icon::Gear:
        return "M8 5.5a2.5 2.5 0 1 1 0 5a2.5 2.5 0 0 1 0-5 M8 1.5v2 M8 12.5v2 M1.5 8h2 M12.5 8h2 "
               "M3.4 3.4l1.4 1.4 M11.2 11.2l1.4 1.4 M12.6 3.4l-1.4 1.4 M4.8 11.2l-1.4 1.4";
    case Icon::Drain: return "M8 2.5v7 M5 7l3 3 3-3 M3.5 13.5h9";
    case Icon::Right: return "M6 3.5L10.5 8 6 12.5";
    case Icon::Down: return "M3.5 6L8 10.5 12.5 6";
    case Icon::Fit: return "M2.5 6v-3.5h3.5 M10 2.5h3.5v3.5 M13.5 10v3.5h-3.5 M6 13.5h-3.5v-3.5";
    case Icon::Note: return "M3 2.5h10v8l-3 3h-7z M10 13.5v-3h3";
    case Icon::Link:
        return "M6.5 9.5l3-3 M7 5l1.5-1.5a2.8 2.8 0 0 1 4 4L11 9 M5 7l-1.5 1.5a2.8 2.8 0 0 0 4 4"
               "L9 11";
    case Icon::Brand: return "M3.5 1.5v13 M1.5 14.5h5.5 M4.5 2.5h9v3.5h-9z M4.5 10l8-2.5";
    default: return "";
    }
}

QPixmap pixmapOf(Icon icon, const QColor& colour, double ratio)
{
    const int size = qRound(kIconSize * ratio);
    QPixmap pixmap(size, size);
    pixmap.setDevicePixelRatio(ratio);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    paintIcon(painter, QRectF(0, 0, kIconSize, kIconSize), icon, colour);
    return pixmap;
}

} // namespace

QPainterPath iconPath(Icon icon)
{
    const std::string_view screen = screenDrawing(icon);
    return pathFromText(screen.empty() ? controlDrawing(icon) : screen);
}

void paintIcon(QPainter& painter, const QRectF& box, Icon icon, const QColor& colour)
{
    const double scale = std::min(box.width(), box.height()) / kField;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(box.center() - QPointF(kField, kField) * (scale / 2));
    painter.scale(scale, scale);
    painter.setPen(QPen(colour, kPen, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.setBrush(Qt::NoBrush);
    painter.drawPath(iconPath(icon));
    painter.restore();
}

QIcon iconFor(Icon icon)
{
    const Tokens& t = tokens();
    QIcon drawn;
    for (const double ratio : {1.0, 1.5, 2.0}) {
        drawn.addPixmap(pixmapOf(icon, t.ink2, ratio), QIcon::Normal);
        drawn.addPixmap(pixmapOf(icon, t.ink3, ratio), QIcon::Disabled);
    }
    return drawn;
}

} // namespace signalbox::theme
