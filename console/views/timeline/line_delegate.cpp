// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/timeline/line_delegate.h"

#include "console/theme/marks.h"
#include "console/theme/metrics.h"
#include "console/views/frame/painting.h"

#include <QFontMetrics>
#include <QPainter>

#include <algorithm>

namespace signalbox::timeline {

namespace {

using theme::TextStyle;
using theme::TextWeight;

constexpr int kTimeWidth = 88;
constexpr int kMarkWidth = 16;
constexpr double kHalf = 3.5;

// Diamond: somebody did it. Hollow ring: worse. Full dot: bad.
void paintMark(QPainter& painter, const QRect& box, TimelineLine::Mark mark,
               const theme::Tokens& t)
{
    if (mark == TimelineLine::Mark::None)
        return;
    const QPointF c = QRectF(box).center();
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const bool isHollow = mark == TimelineLine::Mark::Worse;
    painter.setPen(isHollow ? QPen(t.ink, theme::kNodeOutline) : QPen(Qt::NoPen));
    painter.setBrush(isHollow ? QBrush(Qt::NoBrush)
                              : QBrush(mark == TimelineLine::Mark::Change ? t.ink2 : t.ink));
    if (mark == TimelineLine::Mark::Change)
        painter.drawPolygon(QPolygonF{c - QPointF(0, kHalf), c + QPointF(kHalf, 0),
                                      c + QPointF(0, kHalf), c - QPointF(kHalf, 0)});
    else
        painter.drawEllipse(c, kHalf, kHalf);
    painter.restore();
}

} // namespace

LineDelegate::LineDelegate(views::Session& session, LineOf lineOf, QObject* parent)
    : QStyledItemDelegate(parent), session_(session), lineOf_(std::move(lineOf))
{
}

QSize LineDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const
{
    return {kTimeWidth + kMarkWidth, theme::kRowHeight};
}

void LineDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                         const QModelIndex& index) const
{
    const theme::Tokens& t = views::tokensFor(session_.store);
    const TimelineLine line = lineOf_(index.row());
    if (option.state.testFlag(QStyle::State_Selected)) {
        painter->fillRect(option.rect, t.sel);
        theme::paintSelectionBar(*painter, option.rect, t);
    }
    if (option.state.testFlag(QStyle::State_HasFocus))
        theme::paintCellFocus(*painter, option.rect, t);
    const bool isStrong = line.mark == TimelineLine::Mark::Bad;
    const QFont font = theme::fontFor(TextStyle::Base);
    QRect row = option.rect.adjusted(theme::kPadding, 0, -theme::kPadding, 0);
    views::paintText(*painter, QRect(row.left(), row.top(), kTimeWidth, row.height()),
                     session_.time.moment(line.unixMs, session_.store.nowUnixMs()), font, t.ink2);
    row.setLeft(row.left() + kTimeWidth);
    paintMark(*painter, QRect(row.left(), row.top(), kMarkWidth, row.height()), line.mark, t);
    row.setLeft(row.left() + kMarkWidth + theme::kGap4);
    const QFont words = isStrong ? theme::fontFor(TextStyle::Base, TextWeight::SemiBold) : font;
    views::paintText(*painter, row, line.text, words,
                     line.mark == TimelineLine::Mark::None ? t.ink2 : t.ink);
    row.setLeft(row.left() + QFontMetrics(words).horizontalAdvance(line.text));
    if (!line.note.isEmpty())
        views::paintText(*painter, row, QStringLiteral(": ") + line.note, font, t.ink2);
}

} // namespace signalbox::timeline
