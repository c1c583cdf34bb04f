// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/overview/row_delegates.h"

#include "console/models/words.h"
#include "console/text/numbers.h"
#include "console/text/plain_text.h"
#include "console/theme/badges.h"
#include "console/theme/icons.h"
#include "console/theme/marks.h"
#include "console/theme/metrics.h"
#include "console/views/frame/painting.h"

#include <QFontMetrics>
#include <QListView>
#include <QPainter>

#include <algorithm>

namespace signalbox::overview {

namespace {

using theme::TextStyle;
using theme::TextWeight;

constexpr int kStarSize = 12;
constexpr int kObjectWidth = 136;
constexpr int kSinceWidth = 84;
constexpr int kAckWidth = 48;
constexpr int kTimeWidth = 84;
constexpr int kRevisionWidth = 40;
constexpr int kWhoWidth = 76;

// Ground of a row: selected, under the pointer, focused.
void paintGround(QPainter& painter, const QStyleOptionViewItem& option, const theme::Tokens& t)
{
    const bool isSelected = option.state.testFlag(QStyle::State_Selected);
    if (isSelected)
        painter.fillRect(option.rect, t.sel);
    else if (option.state.testFlag(QStyle::State_MouseOver))
        painter.fillRect(option.rect, t.raised);
    if (isSelected)
        theme::paintSelectionBar(painter, option.rect, t);
    if (option.state.testFlag(QStyle::State_HasFocus))
        theme::paintCellFocus(painter, option.rect, t);
}

// Takes a column of `width` off the left or right of what is left of a row.
QRect takeLeft(QRect& row, int width)
{
    const QRect column(row.left(), row.top(), std::min(width, row.width()), row.height());
    row.setLeft(column.right() + 1 + theme::kGap);
    return column;
}

QRect takeRight(QRect& row, int width)
{
    const int wide = std::min(width, row.width());
    const QRect column(row.right() - wide + 1, row.top(), wide, row.height());
    row.setRight(column.left() - 1 - theme::kGap);
    return column;
}

QRect innerOf(const QStyleOptionViewItem& option)
{
    return option.rect.adjusted(theme::kPadding, 0, -theme::kPadding, 0);
}

} // namespace

AlarmRowDelegate::AlarmRowDelegate(views::Session& session, const lists::AlarmListModel& model,
                                   QObject* parent)
    : QStyledItemDelegate(parent), session_(session), model_(model)
{
}

QSize AlarmRowDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const
{
    return {theme::kBadgeSize + kObjectWidth + kSinceWidth + kAckWidth, theme::kRowHeight};
}

void AlarmRowDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                             const QModelIndex& index) const
{
    const theme::Tokens& t = views::tokensFor(session_.store);
    const fleet::Alarm& alarm = model_.row(index.row()).alarm;
    const bool isNew = alarm.ack == model::Ack::New;
    const QColor& ink = isNew ? t.ink : t.ink2;
    const QFont font = theme::fontFor(TextStyle::Base);
    paintGround(*painter, option, t);
    QRect row = innerOf(option);
    const QRect badge = takeLeft(row, theme::kBadgeSize);
    theme::paintBadge(*painter, badge, alarm.priority, alarm.ack, t);
    const QRect star = takeLeft(row, kStarSize);
    if (alarm.isFirstOut)
        theme::paintIcon(*painter, star, theme::Icon::Star, t.ink2);
    views::paintText(*painter, takeLeft(row, std::min(kObjectWidth, row.width() / 3)),
                     text::plainText(alarm.key.object),
                     theme::fontFor(TextStyle::Base,
                                    isNew ? TextWeight::SemiBold : TextWeight::Regular),
                     ink);
    views::paintText(*painter, takeRight(row, kAckWidth), models::ackWord(alarm.ack), font, t.ink2);
    const std::int64_t age = model_.ageMs(index.row()) / 1'000 * 1'000;
    views::paintText(*painter, takeRight(row, kSinceWidth), text::durationText(age), font, t.ink2,
                     Qt::AlignRight);
    views::paintText(*painter, row, models::alarmTitle(alarm), font, ink);
}

ChangeRowDelegate::ChangeRowDelegate(views::Session& session, const lists::ChangeListModel& model,
                                     QObject* parent)
    : QStyledItemDelegate(parent), session_(session), model_(model)
{
}

QSize ChangeRowDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const
{
    return {kTimeWidth + kRevisionWidth + kWhoWidth, theme::kRowHeight};
}

void ChangeRowDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                              const QModelIndex& index) const
{
    const theme::Tokens& t = views::tokensFor(session_.store);
    const lists::ChangeRow& change = model_.row(index.row());
    const QFont font = theme::fontFor(TextStyle::Base);
    paintGround(*painter, option, t);
    QRect row = innerOf(option);
    views::paintText(*painter, takeLeft(row, kTimeWidth),
                     session_.time.moment(change.atUnixMs, session_.store.nowUnixMs()), font,
                     t.ink2);
    views::paintText(*painter, takeLeft(row, kRevisionWidth), QString::number(change.revision),
                     font, t.ink2);
    views::paintText(*painter, takeLeft(row, kWhoWidth), change.who, font, t.ink2);
    // One pixel more than its advance: a fraction less and it would end in an ellipsis.
    const int wide = std::min(QFontMetrics(font).horizontalAdvance(change.what) + 1, row.width());
    views::paintText(*painter, QRect(row.left(), row.top(), wide, row.height()), change.what, font,
                     t.ink);
    row.setLeft(row.left() + wide);
    const QString cause = QStringLiteral(": ") + change.cause;
    views::paintText(*painter, row, change.undoneBy == 0 ? cause : cause + tr(" (undone)"), font,
                     t.ink2);
}

QListView* bareList(QAbstractItemModel* model, const QString& name, const QString& tip,
                    QWidget* parent)
{
    auto* list = new QListView(parent);
    list->setModel(model);
    list->setFrameShape(QFrame::NoFrame);
    list->setUniformItemSizes(true);
    list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    list->setMouseTracking(true);
    list->viewport()->setAutoFillBackground(false);
    list->setAccessibleName(name);
    list->setToolTip(tip);
    return list;
}

} // namespace signalbox::overview
