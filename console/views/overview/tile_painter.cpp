// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/overview/tile_painter.h"

#include "console/text/numbers.h"
#include "console/theme/badges.h"
#include "console/theme/bars.h"
#include "console/theme/marks.h"
#include "console/theme/metrics.h"
#include "console/views/frame/painting.h"

#include <QFontMetrics>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <array>
#include <cmath>

namespace signalbox::overview {

namespace {

using lists::PoolTile;
using lists::TileCell;
using theme::TextStyle;
using theme::TextWeight;
using theme::Tokens;

constexpr int kLine = 20;
constexpr int kNoteLine = 16;
constexpr int kCellsHeight = 28;
constexpr int kSmallBarWidth = 56;
constexpr int kSmallHead = 24;
constexpr int kGatewayMark = 16;
constexpr std::size_t kMostGatewayMarks = 20; // more are cells
constexpr int kPercentWidth = 44;
constexpr int kBadgePlate = 20; // of a cell whose state needs a shape
constexpr int kMarkedCell = 8; // from this size on a mark has room in it

struct CellSize {
    int width;
    int height;
    int gap;
};
constexpr std::array kCellSizes{CellSize{12, 12, 4}, CellSize{8, 8, 2}, CellSize{5, 5, 1},
                                CellSize{3, 3, 1}, CellSize{2, 2, 0}};

int columnsOf(const QRect& box, const CellSize& size)
{
    return std::max(1, (box.width() + size.gap) / (size.width + size.gap));
}

CellSize fittingSize(const QRect& box, std::size_t count)
{
    for (const CellSize& size : kCellSizes) {
        const int rows = std::max(1, (box.height() + size.gap) / (size.height + size.gap));
        if (static_cast<std::size_t>(columnsOf(box, size) * rows) >= count)
            return size;
    }
    return kCellSizes.back();
}

bool isOnPurpose(model::Admin admin)
{
    return admin == model::Admin::Drain || admin == model::Admin::Maint
        || admin == model::Admin::Off;
}

// A cell too small for a shape says by ink that something is wrong, by blue that it is meant.
void paintMarked(QPainter& painter, const QRect& box, const TileCell& cell, const Tokens& t)
{
    if (box.width() < kMarkedCell) {
        painter.fillRect(box, cell.priority == model::Priority::None && isOnPurpose(cell.admin)
                                  ? t.deliberate
                                  : t.ink);
        return;
    }
    const QRectF plate = QRectF(0, 0, kBadgePlate, kBadgePlate)
                             .translated(QRectF(box).center()
                                         - QPointF(kBadgePlate / 2.0, kBadgePlate / 2.0));
    if (cell.priority != model::Priority::None)
        return theme::paintBadge(painter, plate, cell.priority, cell.ack, t);
    if (isOnPurpose(cell.admin)) {
        const QRectF small = plate.adjusted(3, 3, -3, -3);
        return theme::paintAdmin(painter, small, cell.admin, t);
    }
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    if (cell.freshness == model::Freshness::Late) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(t.ink);
        painter.drawEllipse(QRectF(box).center(), 3, 3);
    } else {
        painter.setBrush(Qt::NoBrush);
        QPen pen(t.ink, theme::kNodeOutline);
        if (cell.freshness != model::Freshness::Live)
            pen.setDashPattern({2, 2});
        painter.setPen(pen);
        painter.drawRect(QRectF(box).adjusted(0.75, 0.75, -0.75, -0.75));
    }
    painter.restore();
}

bool isMarked(const TileCell& cell)
{
    return cell.priority != model::Priority::None || isOnPurpose(cell.admin) || cell.isLoading
        || cell.freshness != model::Freshness::Live;
}

void paintCellOf(QPainter& painter, const QRect& box, const TileCell& cell, const Tokens& t)
{
    if (isMarked(cell) && (cell.priority == model::Priority::None || box.width() < kMarkedCell)) {
        if (box.width() >= kMarkedCell && cell.freshness == model::Freshness::Late)
            theme::paintCell(painter, box, static_cast<double>(cell.load), t);
        return paintMarked(painter, box, cell, t);
    }
    if (cell.admin == model::Admin::Standby && box.width() >= kMarkedCell) {
        painter.setPen(t.outline);
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(box.adjusted(0, 0, -1, -1));
        return;
    }
    theme::paintCell(painter, box, static_cast<double>(cell.load), t);
}

void paintFrame(QPainter& painter, const QRect& box, const PoolTile& tile, TileMark mark,
                const Tokens& t)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const double width = tile.isAbnormal ? theme::kFocusWidth : theme::kHairline;
    const QRectF inner = QRectF(box).adjusted(width / 2, width / 2, -width / 2, -width / 2);
    painter.setPen(QPen(tile.isAbnormal ? t.ink : t.line, width));
    painter.setBrush(mark == TileMark::Current ? t.sel : t.surface);
    painter.drawRoundedRect(inner, theme::kRadius, theme::kRadius);
    painter.restore();
    if (mark == TileMark::Current)
        theme::paintFocusRing(painter, box.adjusted(4, 4, -4, -4), theme::kRadius, t);
}

void paintHead(QPainter& painter, QRect head, const PoolTile& tile, const Tokens& t)
{
    const QRect kind(head.left(), head.top() + (head.height() - theme::kKindSize) / 2,
                     theme::kKindSize, theme::kKindSize);
    theme::paintKind(painter, kind, tile.pool.empty() ? theme::Kind::Gateway : theme::Kind::Pool,
                     t);
    head.setLeft(kind.right() + 1 + theme::kGap);
    const QRect mark(head.right() - theme::kBadgeSize + 1,
                     head.top() + (head.height() - theme::kBadgeSize) / 2, theme::kBadgeSize,
                     theme::kBadgeSize);
    if (tile.priority != model::Priority::None) {
        theme::paintBadge(painter, mark, tile.priority, tile.ack, t);
        head.setRight(mark.left() - theme::kGap);
    } else if (tile.isStandby) {
        theme::paintAdmin(painter, mark.adjusted(4, 4, -4, -4), model::Admin::Standby, t);
        head.setRight(mark.left() - theme::kGap);
    }
    views::paintText(painter, head, tile.title,
                     theme::fontFor(TextStyle::Base, TextWeight::SemiBold), t.ink);
}

theme::BarReading barOf(const PoolTile& tile)
{
    theme::BarReading reading;
    if (!std::isnan(tile.load))
        reading.value = static_cast<double>(tile.load);
    if (tile.usualLoad) {
        reading.bandLow = static_cast<double>(tile.usualLoad->low);
        reading.bandHigh = static_cast<double>(tile.usualLoad->high);
    }
    return reading;
}

QString loadText(const PoolTile& tile)
{
    return std::isnan(tile.load) ? text::notApplicableText()
                                 : text::percentText(static_cast<double>(tile.load));
}

// A figure with a dim unit or a dim name with a figure, on one line.
void paintPair(QPainter& painter, const QRect& line, const QString& left, const QColor& leftInk,
               const QString& right, const QColor& rightInk, TextWeight weight)
{
    const QFont font = theme::fontFor(TextStyle::Base);
    const int wide = QFontMetrics(font).horizontalAdvance(right);
    views::paintText(painter, line, right, font, rightInk, Qt::AlignRight);
    views::paintText(painter, line.adjusted(0, 0, -wide - theme::kGap, 0), left,
                     theme::fontFor(TextStyle::Base, weight), leftInk);
}

// Gateways have their own shape here, too, and no load that would fill it.
void paintGateways(QPainter& painter, const QRect& box, const std::vector<TileCell>& cells,
                   const Tokens& t)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const int columns = std::max(1, box.width() / (kGatewayMark + theme::kGap4));
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const int column = static_cast<int>(i) % columns;
        const int row = static_cast<int>(i) / columns;
        const QRect place(box.left() + column * (kGatewayMark + theme::kGap4),
                          box.top() + row * kGatewayMark, kGatewayMark, kGatewayMark);
        if (isMarked(cells[i]))
            paintMarked(painter, place, cells[i], t);
        else
            painter.fillPath(theme::kindPath(theme::Kind::Gateway, place), t.cellOn);
    }
    painter.restore();
}

void paintBody(QPainter& painter, QRect body, const PoolTile& tile, TileForm form, const Tokens& t)
{
    const auto take = [&body](int height) {
        const QRect line(body.left(), body.top(), body.width(), height);
        body.setTop(line.bottom() + 1);
        return line;
    };
    if (tile.pool.empty() && tile.cells.size() <= kMostGatewayMarks)
        paintGateways(painter, take(kCellsHeight), tile.cells, t);
    else
        paintCells(painter, take(kCellsHeight), tile.cells, t);
    take(theme::kGap4);
    paintPair(painter, take(kLine), tile.countText, t.ink,
              QStringLiteral("%1 req/s").arg(tile.rateText), t.ink2, TextWeight::SemiBold);
    const QRect barLine = take(kLine);
    if (tile.pool.empty()) {
        paintPair(painter, barLine, tile.note, tile.isAbnormal ? t.ink : t.ink2, {}, t.ink2,
                  TextWeight::Regular);
    } else {
        const QRect bar(barLine.left(), barLine.top() + (kLine - theme::kBarHeight) / 2,
                        barLine.width() - kPercentWidth - theme::kGap, theme::kBarHeight);
        theme::paintHBar(painter, bar, barOf(tile), t);
        views::paintText(painter, barLine, loadText(tile), theme::fontFor(TextStyle::Base), t.ink,
                         Qt::AlignRight);
    }
    if (form != TileForm::Full)
        return;
    take(theme::kGap4);
    if (!tile.pool.empty())
        paintPair(painter, take(kNoteLine), tile.note, tile.isAbnormal ? t.ink : t.ink2, {}, t.ink2,
                  tile.isAbnormal ? TextWeight::SemiBold : TextWeight::Regular);
    paintPair(painter, take(kNoteLine), lists::PoolTiles::tr("TTFT p95"), t.ink2, tile.ttftText,
              t.ink, TextWeight::Regular);
}

void paintSmall(QPainter& painter, const QRect& box, const PoolTile& tile, const Tokens& t)
{
    const QRect inner = box.adjusted(theme::kGap, 2, -theme::kGap, -2);
    paintHead(painter,
              QRect(inner.left(), inner.top(), inner.width() + theme::kGap4, kSmallHead), tile, t);
    const QRect line = inner.adjusted(0, kSmallHead - theme::kHairline, 0, 0);
    const int barWidth = std::min(kSmallBarWidth, inner.width() / 2);
    if (!tile.pool.empty())
        theme::paintHBar(painter,
                         QRect(line.right() - barWidth + 1,
                               line.top() + (line.height() - theme::kBarHeight) / 2, barWidth,
                               theme::kBarHeight),
                         barOf(tile), t);
    views::paintText(painter, line.adjusted(0, 0, -barWidth - theme::kGap4, 0), tile.figuresText,
                     theme::fontFor(TextStyle::Caption), t.ink2);
}

void paintHeat(QPainter& painter, const QRect& box, const PoolTile& tile, TileMark mark,
               const Tokens& t)
{
    const double load = std::isnan(tile.load) ? 0 : static_cast<double>(tile.load);
    painter.fillRect(box, theme::heatOf(load, t));
    if (tile.isAbnormal)
        theme::paintCellFocus(painter, box, t);
    if (tile.priority != model::Priority::None)
        theme::paintBadgeOver(painter, box, tile.priority, tile.ack, t.canvas, t);
    if (mark == TileMark::Current)
        theme::paintFocusRing(painter, box.adjusted(3, 3, -3, -3), 0, t);
}

} // namespace

TileSize sizeOf(TileForm form)
{
    switch (form) {
    case TileForm::Full: return {184, 148, theme::kPanelGap};
    case TileForm::Compact: return {184, 112, theme::kPanelGap};
    case TileForm::Small: return {136, 44, theme::kGap};
    case TileForm::Heat: return {24, 24, theme::kGap4};
    }
    return {24, 24, theme::kGap4};
}

void paintCells(QPainter& painter, const QRect& box, const std::vector<TileCell>& cells,
                const Tokens& t)
{
    if (cells.empty())
        return;
    const CellSize size = fittingSize(box, cells.size());
    const int columns = columnsOf(box, size);
    const auto place = [&](std::size_t i) {
        const int column = static_cast<int>(i) % columns;
        const int row = static_cast<int>(i) / columns;
        return QRect(box.left() + column * (size.width + size.gap),
                     box.top() + row * (size.height + size.gap), size.width, size.height);
    };
    for (std::size_t i = 0; i < cells.size(); ++i)
        paintCellOf(painter, place(i), cells[i], t);
    // Alarms last, over their neighbours.
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (cells[i].priority != model::Priority::None && size.width >= kMarkedCell)
            paintMarked(painter, place(i), cells[i], t);
    }
}

void paintTile(QPainter& painter, const QRect& box, const PoolTile& tile, TileForm form,
               TileMark mark, const Tokens& t)
{
    if (form == TileForm::Heat)
        return paintHeat(painter, box, tile, mark, t);
    paintFrame(painter, box, tile, mark, t);
    if (form == TileForm::Small)
        return paintSmall(painter, box, tile, t);
    const QRect head(box.left(), box.top(), box.width(), theme::kPanelHeadHeight);
    paintHead(painter, head.adjusted(theme::kPadding, 0, -theme::kGap, 0), tile, t);
    painter.fillRect(QRect(box.left() + 2, head.bottom() + 1, box.width() - 4, theme::kHairline),
                     t.line);
    paintBody(painter,
              box.adjusted(theme::kPadding, theme::kPanelHeadHeight + theme::kGap,
                           -theme::kPadding, -theme::kGap4),
              tile, form, t);
}

} // namespace signalbox::overview
