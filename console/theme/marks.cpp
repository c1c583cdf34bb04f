// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/theme/marks.h"

#include "console/theme/hatch.h"
#include "console/theme/metrics.h"
#include "console/theme/path_text.h"
#include "console/theme/typography.h"

#include <QFontMetricsF>
#include <QPainter>
#include <QPainterPath>
#include <QtMath>

#include <algorithm>
#include <cmath>

namespace signalbox::theme {

namespace {

constexpr double kAdminField = 16;
constexpr double kGlyphPen = 1.8;
constexpr double kPlateRadius = 3;

// Moves the painter so that a drawing on a field of `size` fills the middle of the box.
void enterField(QPainter& painter, const QRectF& box, double size)
{
    const double scale = std::min(box.width(), box.height()) / size;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(box.center() - QPointF(size, size) * (scale / 2));
    painter.scale(scale, scale);
}

QPainterPath polygonPath(const QPointF& centre, double radius, int corners, double firstDegrees)
{
    QPolygonF polygon;
    for (int i = 0; i < corners; ++i) {
        const double angle = qDegreesToRadians(firstDegrees + 360.0 * i / corners);
        polygon << centre + QPointF(std::cos(angle), std::sin(angle)) * radius;
    }
    QPainterPath path;
    path.addPolygon(polygon);
    path.closeSubpath();
    return path;
}

QPainterPath cylinderPath(const QPointF& c, double r)
{
    const double half = r * 0.8;
    const double lid = r * 0.3;
    const double top = c.y() - r * 0.65;
    const double foot = c.y() + r * 0.65;
    const QRectF upper(c.x() - half, top - lid, 2 * half, 2 * lid);
    const QRectF lower(c.x() - half, foot - lid, 2 * half, 2 * lid);
    QPainterPath path(QPointF(c.x() - half, top));
    path.lineTo(c.x() - half, foot);
    path.arcTo(lower, 180, 180);
    path.lineTo(c.x() + half, top);
    path.arcTo(upper, 0, 360);
    path.arcTo(upper, 0, 180);
    return path;
}

bool isPlate(model::Admin admin)
{
    return admin == model::Admin::Drain || admin == model::Admin::Maint
        || admin == model::Admin::Off;
}

QPainterPath adminGlyph(model::Admin admin)
{
    switch (admin) {
    case model::Admin::Drain: return pathFromText("M8 3V9 M5 6.8L8 9.8L11 6.8 M4 13H12");
    case model::Admin::Maint: return pathFromText("M4.5 11.5L9 7 M9 7a2.6 2.6 0 1 1 2.2 .2");
    case model::Admin::Off: return pathFromText("M4 12L12 4");
    case model::Admin::Warm: return pathFromText("M5 4h6L5 12h6L5 4");
    default: return {};
    }
}

QPen dashedPen(const QColor& colour, double width, std::initializer_list<double> pixels)
{
    QPen pen(colour, width, Qt::CustomDashLine, Qt::FlatCap);
    QList<qreal> pattern; // Qt counts dashes in pen widths
    for (const double length : pixels)
        pattern << length / width;
    pen.setDashPattern(pattern);
    return pen;
}

QPen freshPen(model::Freshness freshness, const QColor& colour)
{
    switch (freshness) {
    case model::Freshness::Stale: return dashedPen(colour, kNodeOutline, {4, 2});
    case model::Freshness::Disconnected: return dashedPen(colour, kNodeOutline, {1, 3});
    case model::Freshness::Live:
    case model::Freshness::Late: break;
    }
    return QPen(colour, kNodeOutline);
}

void strokeRounded(QPainter& painter, const QRectF& box, double off, double width, double radius,
                   const QColor& colour)
{
    painter.setPen(QPen(colour, width));
    painter.setBrush(Qt::NoBrush);
    const double out = off + width / 2;
    const double corner = radius > 0 ? radius + out : 0;
    painter.drawRoundedRect(box.adjusted(-out, -out, out, out), corner, corner);
}

} // namespace

QPainterPath kindPath(Kind kind, const QRectF& box)
{
    const QPointF c = box.center();
    const double r = std::min(box.width(), box.height()) / 2 - 1;
    QPainterPath path;
    switch (kind) {
    case Kind::Gateway: return polygonPath(c, r, 6, 0);
    case Kind::External: return polygonPath(c, r, 5, -90);
    case Kind::CacheStore: return cylinderPath(c, r);
    case Kind::Pool: {
        const double corner = std::min(4.0, r / 2.5);
        path.addRoundedRect(QRectF(c.x() - r, c.y() - r * 0.75, 2 * r, 1.5 * r), corner, corner);
        return path;
    }
    case Kind::StateStore:
        path.addRect(QRectF(c.x() - r * 0.85, c.y() - r * 0.85, 1.7 * r, 1.7 * r));
        return path;
    case Kind::Route:
        path.moveTo(c.x() - r, c.y() - r * 0.6);
        path.lineTo(c.x() + r * 0.3, c.y() - r * 0.6);
        path.lineTo(c.x() + r, c.y());
        path.lineTo(c.x() + r * 0.3, c.y() + r * 0.6);
        path.lineTo(c.x() - r, c.y() + r * 0.6);
        path.closeSubpath();
        return path;
    case Kind::Instance: break;
    }
    path.addEllipse(c, r, r);
    return path;
}

void paintKind(QPainter& painter, const QRectF& box, Kind kind, const Tokens& t)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(t.ink2, kNodeOutline));
    painter.setBrush(Qt::NoBrush);
    painter.drawPath(kindPath(kind, box));
    painter.restore();
}

void paintAdmin(QPainter& painter, const QRectF& box, model::Admin admin, const Tokens& t)
{
    if (admin == model::Admin::Run)
        return;
    enterField(painter, box, kAdminField);
    if (isPlate(admin)) {
        painter.setPen(t.edgeWidth > 0 ? QPen(t.edge, t.edgeWidth) : QPen(Qt::NoPen));
        painter.setBrush(t.deliberate);
        painter.drawRoundedRect(QRectF(0, 0, kAdminField, kAdminField), kPlateRadius, kPlateRadius);
    } else {
        painter.setPen(QPen(t.ink2, 1.2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(0.75, 0.75, 14.5, 14.5), kPlateRadius, kPlateRadius);
    }
    if (admin == model::Admin::Standby || admin == model::Admin::Canary) {
        const QString letter
            = admin == model::Admin::Standby ? QStringLiteral("S") : QStringLiteral("C");
        painter.setFont(fontFor(TextStyle::BadgeDigit));
        const double wide = QFontMetricsF(painter.font()).horizontalAdvance(letter);
        painter.drawText(QPointF(kAdminField / 2 - wide / 2, 12), letter);
    } else {
        const bool plate = isPlate(admin);
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(plate ? t.deliberateOn : t.ink2, plate ? kGlyphPen : 1.2, Qt::SolidLine,
                            plate ? Qt::SquareCap : Qt::RoundCap, Qt::MiterJoin));
        painter.drawPath(adminGlyph(admin));
    }
    painter.restore();
}

void paintFreshOutline(QPainter& painter, const QPainterPath& shape, model::Freshness freshness,
                       const QColor& pen, const Tokens& t)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    if (freshness == model::Freshness::Stale)
        painter.fillPath(shape, hatchBrush(Hatch::Gap, t, painter.device()->devicePixelRatioF()));
    painter.setBrush(Qt::NoBrush);
    painter.setPen(freshPen(freshness, pen));
    painter.drawPath(shape);
    if (freshness == model::Freshness::Late) {
        const QRectF around = shape.boundingRect();
        painter.setPen(QPen(t.canvas, kNodeOutline));
        painter.setBrush(t.ink);
        painter.drawEllipse(QPointF(around.center().x(), around.top()), 4, 4);
    }
    painter.restore();
}

void paintFreshOutline(QPainter& painter, const QPainterPath& shape, model::Freshness freshness,
                       const Tokens& t)
{
    paintFreshOutline(painter, shape, freshness, t.outline, t);
}

void paintFreshLine(QPainter& painter, const QRectF& box, model::Freshness freshness,
                    const Tokens& t)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const QPointF c = box.center();
    const double half = std::min(9.0, box.width() / 2 - 1);
    painter.setPen(freshPen(freshness, t.ink2));
    painter.drawLine(c - QPointF(half, 0), c + QPointF(half, 0));
    if (freshness == model::Freshness::Late) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(t.ink);
        painter.drawEllipse(c, 3, 3);
    }
    painter.restore();
}

void paintLoading(QPainter& painter, const QRectF& box, int percent, const Tokens& t)
{
    const double side = std::min(box.width(), box.height());
    const double width = std::max(2.0, side / 10);
    QRectF ring(0, 0, side - width, side - width);
    ring.moveCenter(box.center());
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(t.sunken, width));
    painter.drawEllipse(ring);
    painter.setPen(QPen(t.ink2, width, Qt::SolidLine, Qt::FlatCap));
    const int part = std::clamp(percent, 0, 100);
    painter.drawArc(ring, 90 * 16, -part * 360 * 16 / 100);
    if (side >= kBadgeSize) {
        const QString text = QString::number(part);
        painter.setPen(t.ink);
        painter.setFont(fontFor(TextStyle::Base, TextWeight::SemiBold));
        const double wide = QFontMetricsF(painter.font()).horizontalAdvance(text);
        painter.drawText(box.center() + QPointF(-wide / 2, 4), text);
    }
    painter.restore();
}

void paintSelectionRing(QPainter& painter, const QRectF& box, double radius, const QColor& ground,
                        const Tokens& t)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    strokeRounded(painter, box, 0, kSelectionGap, radius, ground);
    strokeRounded(painter, box, kSelectionGap, kSelectionWidth, radius, t.ink);
    painter.restore();
}

void paintFocusRing(QPainter& painter, const QRectF& box, double radius, const Tokens& t)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    strokeRounded(painter, box, kFocusGap, kFocusWidth, radius, t.ink);
    painter.restore();
}

void paintSelectionBar(QPainter& painter, const QRect& row, const Tokens& t)
{
    painter.fillRect(QRect(row.left(), row.top(), kSelectionWidth, row.height()), t.ink);
}

void paintCellFocus(QPainter& painter, const QRect& cell, const Tokens& t)
{
    const int w = kFocusWidth;
    painter.fillRect(QRect(cell.left(), cell.top(), cell.width(), w), t.ink);
    painter.fillRect(QRect(cell.left(), cell.bottom() - w + 1, cell.width(), w), t.ink);
    painter.fillRect(QRect(cell.left(), cell.top(), w, cell.height()), t.ink);
    painter.fillRect(QRect(cell.right() - w + 1, cell.top(), w, cell.height()), t.ink);
}

} // namespace signalbox::theme
