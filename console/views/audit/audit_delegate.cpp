// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/audit/audit_delegate.h"

#include "console/models/audit_model.h"
#include "console/theme/marks.h"
#include "console/theme/metrics.h"
#include "console/theme/theme.h"
#include "console/theme/typography.h"

#include <QPainter>

namespace signalbox::views {

namespace {

using models::AuditModel;

bool isRight(int column)
{
    return column == AuditModel::Number || column == AuditModel::Revision
        || column == AuditModel::Undoes;
}

bool isDim(int column)
{
    return column == AuditModel::Time || column == AuditModel::Who || column == AuditModel::Cause
        || column == AuditModel::Number;
}

} // namespace

AuditDelegate::AuditDelegate(const TimeDisplay& time, std::function<std::int64_t()> nowUnixMs,
                             QObject* parent)
    : QStyledItemDelegate(parent), time_(time), nowUnixMs_(std::move(nowUnixMs))
{
}

// Today's records need no date.
QString AuditDelegate::textOf(const QModelIndex& index) const
{
    if (index.column() != AuditModel::Time)
        return index.data(Qt::DisplayRole).toString();
    const qint64 unixMs = index.data(AuditModel::UnixMsRole).toLongLong();
    const std::int64_t now = nowUnixMs_();
    const QString date = time_.exact(unixMs).left(10);
    const bool isToday = date == time_.exact(now).left(10);
    const bool needsDate = !isToday && time_.style() != TimeStyle::Relative;
    const QString moment = time_.moment(unixMs, now);
    return needsDate ? date + QLatin1Char(' ') + moment : moment;
}

void AuditDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                          const QModelIndex& index) const
{
    const theme::Tokens& t = theme::tokens();
    const bool isSelected = option.state.testFlag(QStyle::State_Selected);
    if (isSelected)
        painter->fillRect(option.rect, t.sel);
    painter->fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1),
                      t.line);
    if (isSelected && index.column() == 0)
        theme::paintSelectionBar(*painter, option.rect, t);
    const bool isVerb = index.column() == AuditModel::Verb;
    painter->setFont(theme::fontFor(theme::TextStyle::Base,
                                    isVerb && isSelected ? theme::TextWeight::SemiBold
                                                         : theme::TextWeight::Regular));
    painter->setPen(isDim(index.column()) ? t.ink2 : t.ink);
    const QRect box = option.rect.adjusted(theme::kCellPadding, 0, -theme::kCellPadding, 0);
    painter->drawText(box,
                      Qt::AlignVCenter
                          | (isRight(index.column()) ? Qt::AlignRight : Qt::AlignLeft),
                      painter->fontMetrics().elidedText(textOf(index), Qt::ElideRight,
                                                        box.width()));
    if (option.state.testFlag(QStyle::State_HasFocus))
        theme::paintCellFocus(*painter, option.rect, t);
}

} // namespace signalbox::views
