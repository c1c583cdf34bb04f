// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/instances/instance_delegate.h"

#include "console/text/numbers.h"
#include "console/theme/badges.h"
#include "console/theme/icons.h"
#include "console/theme/marks.h"
#include "console/theme/metrics.h"
#include "console/theme/strips.h"
#include "console/theme/theme.h"
#include "console/theme/typography.h"

#include <QHeaderView>
#include <QPainter>
#include <QTableView>

#include <algorithm>
#include <cmath>

namespace signalbox::views {

using models::CellKind;
using models::Emphasis;
using models::InstanceColumn;

namespace {

constexpr int kTrendSeconds = 900;
constexpr int kCheckSize = 12;
constexpr int kGroupTextInset = 28;

const QColor& inkOf(Emphasis emphasis, const theme::Tokens& t)
{
    return emphasis == Emphasis::Dim ? t.ink2 : t.ink;
}

} // namespace

InstanceDelegate::InstanceDelegate(const models::InstanceTableModel& model,
                                   const history::SeriesCache& history, QTableView& view)
    : QStyledItemDelegate(&view), model_(model), history_(history), view_(view),
      base_(theme::fontFor(theme::TextStyle::Base)),
      strong_(theme::fontFor(theme::TextStyle::Base, theme::TextWeight::SemiBold))
{
}

QSize InstanceDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex& index) const
{
    return {models::factsOf(static_cast<InstanceColumn>(index.column())).width, theme::kRowHeight};
}

void InstanceDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                             const QModelIndex& index) const
{
    const bool isOffline = model_.store().link().state == fleet::LinkState::Lost;
    const theme::Tokens& t
        = isOffline ? theme::Theme::current().offlineTokens() : theme::tokens();
    const QRect& cell = option.rect;
    const bool isSelected = option.state.testFlag(QStyle::State_Selected);
    const bool isGroup = model_.isGroup(index.row());
    if (isSelected)
        painter->fillRect(cell, t.sel);
    else if (isGroup)
        painter->fillRect(cell, t.sunken);
    else if (index.row() == hoveredRow_)
        painter->fillRect(cell, t.raised);
    painter->fillRect(QRect(cell.left(), cell.bottom(), cell.width(), theme::kHairline), t.line);
    if (isGroup)
        paintGroup(*painter, cell, index, t);
    else
        paintContent(*painter, cell, index, t);
    if (isSelected && index.column() == static_cast<int>(InstanceColumn::Mark))
        theme::paintSelectionBar(*painter, cell, t);
    if (!option.state.testFlag(QStyle::State_HasFocus))
        return;
    // The title of a group begins inside of its first cell.
    const bool isBesideTitle = isGroup && index.column() == static_cast<int>(InstanceColumn::Mark);
    theme::paintCellFocus(*painter,
                          isBesideTitle ? QRect(cell.left(), cell.top(), kGroupTextInset - 2,
                                                cell.height())
                                        : cell,
                          t);
}

// The title runs over all columns before the figures; each cell draws its own part of it, so that
// no span has to follow the rows.
void InstanceDelegate::paintGroup(QPainter& painter, const QRect& cell, const QModelIndex& index,
                                  const theme::Tokens& t) const
{
    const int row = index.row();
    const auto column = static_cast<InstanceColumn>(index.column());
    if (models::isFigure(column)) {
        painter.setFont(base_);
        painter.setPen(t.ink);
        painter.drawText(cell.adjusted(theme::kCellPadding, 0, -theme::kCellPadding, 0),
                         Qt::AlignRight | Qt::AlignVCenter, model_.cell(row, column));
        return;
    }
    if (column > InstanceColumn::Reason && column < InstanceColumn::Pool)
        return;
    const int left = view_.columnViewportPosition(static_cast<int>(InstanceColumn::Mark));
    painter.save();
    painter.setClipRect(cell, Qt::IntersectClip);
    const QRect icon(left + theme::kCellPadding,
                     cell.top() + (cell.height() - theme::kAdminSize) / 2, theme::kAdminSize,
                     theme::kAdminSize);
    theme::paintIcon(painter, icon,
                     model_.isFolded(row) ? theme::Icon::Right : theme::Icon::Down, t.ink2);
    const QString title = model_.groupTitle(row);
    QRect text(left + kGroupTextInset, cell.top(), view_.viewport()->width(), cell.height());
    painter.setFont(strong_);
    painter.setPen(t.ink);
    painter.drawText(text, Qt::AlignLeft | Qt::AlignVCenter, title);
    text.setLeft(text.left() + QFontMetrics(strong_).horizontalAdvance(title) + theme::kGap);
    painter.setFont(base_);
    painter.setPen(t.ink2);
    painter.drawText(text, Qt::AlignLeft | Qt::AlignVCenter, model_.groupNote(row));
    painter.restore();
}

void InstanceDelegate::paintContent(QPainter& painter, const QRect& cell, const QModelIndex& index,
                                    const theme::Tokens& t) const
{
    const int row = index.row();
    const auto column = static_cast<InstanceColumn>(index.column());
    const fleet::Agent& agent = model_.agentAt(row);
    switch (models::factsOf(column).kind) {
    case CellKind::Check: paintCheck(painter, cell, row, t); return;
    case CellKind::Badge: {
        if (agent.priority == model::Priority::None)
            return;
        const QPixmap badge = theme::badgePixmap(agent.priority, agent.ack,
                                                 painter.device()->devicePixelRatioF());
        painter.drawPixmap(cell.left() + (cell.width() - theme::kBadgeSize) / 2,
                           cell.top() + (cell.height() - theme::kBadgeSize) / 2, badge);
        return;
    }
    case CellKind::Admin: {
        if (agent.admin() == model::Admin::Run || agent.admin() == model::Admin::Warm) {
            paintText(painter, cell, row, column, t);
            return;
        }
        const QRectF icon(cell.left() + theme::kCellPadding,
                          cell.top() + (cell.height() - theme::kAdminSize) / 2, theme::kAdminSize,
                          theme::kAdminSize);
        theme::paintAdmin(painter, icon, agent.admin(), t);
        paintText(painter, cell.adjusted(theme::kAdminSize + theme::kGap4, 0, 0, 0), row, column,
                  t);
        return;
    }
    case CellKind::Age:
        if (agent.freshness != model::Freshness::Live) {
            const QRectF mark(cell.left() + theme::kGap4,
                              cell.top() + (cell.height() - theme::kFreshnessHeight) / 2,
                              theme::kFreshnessWidth, theme::kFreshnessHeight);
            theme::paintFreshLine(painter, mark, agent.freshness, t);
        }
        paintText(painter, cell, row, column, t);
        return;
    case CellKind::Trend: paintTrend(painter, cell, row, t); return;
    default: paintText(painter, cell, row, column, t); return;
    }
}

void InstanceDelegate::paintText(QPainter& painter, const QRect& cell, int row,
                                 InstanceColumn column, const theme::Tokens& t) const
{
    const Emphasis emphasis = model_.emphasis(row, column);
    const QFont& font = emphasis == Emphasis::Strong ? strong_ : base_;
    const QRect box = cell.adjusted(theme::kCellPadding, 0, -theme::kCellPadding, 0);
    const bool isFigure = models::isFigure(column);
    QString text = model_.cell(row, column);
    if (!isFigure) {
        const QFontMetrics metrics(font);
        if (metrics.horizontalAdvance(text) > box.width())
            text = column == InstanceColumn::Name
                ? metrics.elidedText(text, Qt::ElideMiddle, box.width())
                : metrics.elidedText(text, Qt::ElideRight, box.width());
    }
    painter.setFont(font);
    const bool isNothing = isFigure && text == text::notApplicableText();
    painter.setPen(isNothing ? t.ink3 : inkOf(emphasis, t));
    painter.drawText(box, (isFigure ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter, text);
}

void InstanceDelegate::paintTrend(QPainter& painter, const QRect& cell, int row,
                                  const theme::Tokens& t) const
{
    const history::Series series
        = history_.ofAgent(model_.slotAt(row), fleet::Reading::TtftP95Ms, kTrendSeconds);
    const QRect box = cell.adjusted(theme::kCellPadding, theme::kGap4, -theme::kCellPadding,
                                    -theme::kGap4 - theme::kHairline);
    const bool isKnown = std::any_of(series.values.begin(), series.values.end(),
                                     [](float value) { return std::isfinite(value); });
    if (isKnown) {
        theme::paintSparkline(painter, box, series.values, t);
        return;
    }
    painter.setFont(base_);
    painter.setPen(t.ink3);
    painter.drawText(box, Qt::AlignLeft | Qt::AlignVCenter, text::notApplicableText());
}

void InstanceDelegate::paintCheck(QPainter& painter, const QRect& cell, int row,
                                  const theme::Tokens& t) const
{
    const QRect box(cell.left() + (cell.width() - kCheckSize) / 2,
                    cell.top() + (cell.height() - kCheckSize) / 2, kCheckSize, kCheckSize);
    if (model_.isMarked(row)) {
        painter.fillRect(box, t.ink);
        theme::paintIcon(painter, box, theme::Icon::Check, t.canvas);
        return;
    }
    painter.setPen(t.line2);
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(box.adjusted(0, 0, -1, -1));
}

} // namespace signalbox::views
