// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/readouts/rows_view.h"

#include "console/theme/icons.h"
#include "console/theme/marks.h"
#include "console/theme/metrics.h"
#include "console/theme/theme.h"
#include "console/theme/typography.h"

#include <QPaintEvent>
#include <QPainter>
#include <QStringList>

#include <algorithm>
#include <numeric>

namespace signalbox::views {

namespace {

constexpr int kBarWidth = 76;
constexpr int kRowsTold = 32; // to a screen reader, at once

QColor inkOf(const QWidget& widget, RowsCell::Tone tone, const theme::Tokens& t)
{
    if (!widget.isEnabled())
        return t.ink3;
    return tone == RowsCell::Tone::Dim ? t.ink2 : t.ink;
}

// Columns keep a gap on both sides, so that a number and the word after it stay two things.
QRect cellBox(const std::vector<int>& lefts, std::size_t column, int top)
{
    const int left = lefts[column] + (column == 0 ? theme::kGap4 : theme::kGap);
    return {left, top, lefts[column + 1] - theme::kGap - left, theme::kRowHeight};
}

void paintMark(QPainter& painter, const QRectF& box, RowsCell::Mark mark, const theme::Tokens& t)
{
    if (mark == RowsCell::Mark::Check)
        theme::paintIcon(painter, box, theme::Icon::Check, t.ink2);
    if (mark == RowsCell::Mark::Cross)
        theme::paintIcon(painter, box, theme::Icon::Close, t.ink);
    if (mark != RowsCell::Mark::Pending)
        return;
    painter.setPen(QPen(t.outline, 1, Qt::DotLine));
    painter.setBrush(Qt::NoBrush);
    const QPointF middle = box.center();
    painter.drawEllipse(middle, box.width() / 4, box.width() / 4);
}

} // namespace

RowsView::RowsView(const QString& accessibleName, std::vector<RowsColumn> columns, QWidget* parent)
    : QWidget(parent), columns_(std::move(columns))
{
    setAccessibleName(accessibleName);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void RowsView::setHead(Head head)
{
    head_ = head;
    updateGeometry();
    update();
}

int RowsView::headHeight() const
{
    return head_ == Head::Shown ? theme::kRowHeight : 0;
}

void RowsView::setRows(std::vector<RowsRow> rows)
{
    const bool isOtherHeight = rows.size() != rows_.size();
    rows_ = std::move(rows);
    if (isOtherHeight)
        updateGeometry();
    describe();
    update();
}

// Table children would need a model; the words of every row do for what is only read.
void RowsView::describe()
{
    QStringList lines;
    for (const RowsRow& row : rows_) {
        if (lines.size() == kRowsTold)
            break;
        QStringList cells;
        for (const RowsCell& cell : row.cells) {
            if (!cell.text.isEmpty())
                cells += cell.text;
        }
        lines += cells.join(QStringLiteral(", "));
    }
    setAccessibleDescription(lines.join(QStringLiteral("; ")));
}

QSize RowsView::sizeHint() const
{
    const int rows = static_cast<int>(rows_.size());
    return {minimumSizeHint().width(), headHeight() + rows * theme::kRowHeight};
}

QSize RowsView::minimumSizeHint() const
{
    const int width = std::accumulate(
        columns_.begin(), columns_.end(), 0,
        [](int sum, const RowsColumn& column) { return sum + column.width; });
    return {width, theme::kRowHeight};
}

std::vector<int> RowsView::lefts() const
{
    const int weights = std::accumulate(
        columns_.begin(), columns_.end(), 0,
        [](int sum, const RowsColumn& column) { return sum + column.weight; });
    const int spare = std::max(0, width() - minimumSizeHint().width());
    std::vector<int> lefts{0};
    for (const RowsColumn& column : columns_)
        lefts.push_back(lefts.back() + column.width
                        + (weights > 0 ? spare * column.weight / weights : 0));
    return lefts;
}

void RowsView::paintEvent(QPaintEvent* event)
{
    QPainter painter(this);
    const std::vector<int> at = lefts();
    const int top = headHeight();
    if (top > 0)
        paintHead(painter, at);
    const int first = std::max(0, (event->rect().top() - top) / theme::kRowHeight);
    const int last = std::min(static_cast<int>(rows_.size()) - 1,
                              (event->rect().bottom() - top) / theme::kRowHeight);
    for (int row = first; row <= last; ++row)
        paintRow(painter, rows_[static_cast<std::size_t>(row)], top + row * theme::kRowHeight, at);
}

void RowsView::paintHead(QPainter& painter, const std::vector<int>& lefts) const
{
    const theme::Tokens& t = theme::tokens();
    painter.setFont(theme::fontFor(theme::TextStyle::Caption));
    painter.setPen(isEnabled() ? t.ink2 : t.ink3);
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        const QRect box = cellBox(lefts, i, 0);
        const bool isRight = columns_[i].align == RowsColumn::Align::Right;
        painter.drawText(box, Qt::AlignVCenter | (isRight ? Qt::AlignRight : Qt::AlignLeft),
                         columns_[i].title);
    }
    painter.fillRect(QRect(0, theme::kRowHeight - 1, width(), 1), t.line2);
}

void RowsView::paintRow(QPainter& painter, const RowsRow& row, int top,
                        const std::vector<int>& lefts) const
{
    const theme::Tokens& t = theme::tokens();
    if (row.kind == RowsRow::Kind::Sum)
        painter.fillRect(QRect(0, top, width(), theme::kRowHeight - 1), t.sunken);
    for (std::size_t i = 0; i < row.cells.size() && i < columns_.size(); ++i)
        paintCell(painter, row.cells[i], columns_[i].align, cellBox(lefts, i, top));
    painter.fillRect(QRect(0, top + theme::kRowHeight - 1, width(), 1), t.line);
}

void RowsView::paintCell(QPainter& painter, const RowsCell& cell, RowsColumn::Align align,
                         QRect box) const
{
    const theme::Tokens& t = theme::tokens();
    if (cell.freshness) {
        const QRectF mark(box.left(), box.top(), theme::kFreshnessWidth, box.height());
        return theme::paintFreshLine(painter, mark, *cell.freshness, t);
    }
    if (cell.mark != RowsCell::Mark::None) {
        paintMark(painter,
                  QRectF(box.left(), box.top() + (box.height() - theme::kIconSize) / 2.0,
                         theme::kIconSize, theme::kIconSize),
                  cell.mark, t);
        box.setLeft(box.left() + theme::kIconSize + theme::kGap);
    }
    if (cell.bar) {
        const QRect bar(box.left(), box.top() + (box.height() - theme::kBarHeight) / 2, kBarWidth,
                        theme::kBarHeight);
        theme::paintHBar(painter, bar, *cell.bar, t);
        box.setLeft(bar.right() + theme::kGap);
    }
    painter.setFont(theme::fontFor(theme::TextStyle::Base,
                                   cell.tone == RowsCell::Tone::Strong
                                       ? theme::TextWeight::SemiBold
                                       : theme::TextWeight::Regular));
    painter.setPen(inkOf(*this, cell.tone, t));
    const bool isRight = align == RowsColumn::Align::Right;
    painter.drawText(box, Qt::AlignVCenter | (isRight ? Qt::AlignRight : Qt::AlignLeft),
                     painter.fontMetrics().elidedText(cell.text, Qt::ElideRight, box.width()));
}

} // namespace signalbox::views
