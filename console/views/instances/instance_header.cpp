// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/instances/instance_header.h"

#include "console/models/instances/instance_columns.h"
#include "console/theme/metrics.h"
#include "console/theme/theme.h"
#include "console/theme/typography.h"

#include <QCoreApplication>
#include <QPainter>
#include <QPolygonF>

namespace signalbox::views {

namespace {

constexpr int kLines = 3;
constexpr int kLineHeight = 14;
constexpr int kArrowWidth = 7;
constexpr int kArrowHeight = 5;

} // namespace

InstanceHeader::InstanceHeader(QWidget* parent) : QHeaderView(Qt::Horizontal, parent)
{
    setSectionsClickable(true);
    setHighlightSections(false);
    setMinimumSectionSize(theme::kTargetSize);
    setSectionResizeMode(QHeaderView::Interactive);
}

void InstanceHeader::setSorted(int section, Qt::SortOrder order)
{
    sorted_ = section;
    order_ = order;
    viewport()->update();
}

QSize InstanceHeader::sizeHint() const
{
    return {QHeaderView::sizeHint().width(), kLines * kLineHeight + theme::kGap};
}

void InstanceHeader::paintSection(QPainter* painter, const QRect& box, int section) const
{
    const theme::Tokens& t = theme::tokens();
    const auto column = static_cast<models::InstanceColumn>(section);
    const bool isSorted = section == sorted_;
    painter->save();
    painter->fillRect(box, t.surface);
    painter->fillRect(QRect(box.left(), box.bottom(), box.width(), theme::kHairline), t.line2);
    painter->setFont(theme::fontFor(theme::TextStyle::Caption,
                                    isSorted ? theme::TextWeight::SemiBold
                                             : theme::TextWeight::Medium));
    painter->setPen(isSorted ? t.ink : t.ink2);
    const QStringList lines
        = QCoreApplication::translate("InstanceColumns", models::factsOf(column).title)
              .split(QLatin1Char('\n'));
    const bool isRight = models::isFigure(column);
    QRect line = box.adjusted(theme::kCellPadding, 0, -theme::kCellPadding, 0);
    line.setTop(box.bottom() - theme::kGap4 - static_cast<int>(lines.size()) * kLineHeight);
    line.setHeight(kLineHeight);
    for (const QString& text : lines) {
        painter->drawText(line, (isRight ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter,
                          text);
        line.translate(0, kLineHeight);
    }
    if (isSorted) {
        const double x = isRight ? box.right() - theme::kCellPadding - kArrowWidth
                                 : box.left() + theme::kCellPadding
                + QFontMetrics(painter->font()).horizontalAdvance(lines.back()) + theme::kGap4;
        const double top = isRight
            ? box.bottom() - theme::kGap4 - lines.size() * kLineHeight - kArrowHeight - 1
            : box.bottom() - theme::kGap4 - (kLineHeight + kArrowHeight) / 2.0;
        const bool isUp = order_ == Qt::AscendingOrder;
        const double base = isUp ? top + kArrowHeight : top;
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(Qt::NoPen);
        painter->setBrush(t.ink);
        painter->drawPolygon(QPolygonF{{x, base},
                                       {x + kArrowWidth, base},
                                       {x + kArrowWidth / 2.0, isUp ? top : top + kArrowHeight}});
    }
    painter->restore();
}

} // namespace signalbox::views
