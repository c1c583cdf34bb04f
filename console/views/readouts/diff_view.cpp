// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/readouts/diff_view.h"

#include "console/theme/metrics.h"
#include "console/theme/theme.h"
#include "console/theme/typography.h"

#include <QPaintEvent>
#include <QPainter>
#include <QStringList>

#include <algorithm>

namespace signalbox::views {

namespace {

using models::DiffRow;

constexpr int kLinesShown = 200;
constexpr int kLine = 20;
constexpr int kSignWidth = 24;

QString signOf(DiffRow::Kind kind)
{
    if (kind == DiffRow::Kind::Before)
        return QStringLiteral("-");
    return kind == DiffRow::Kind::After ? QStringLiteral("+") : QString();
}

} // namespace

DiffView::DiffView(QWidget* parent) : QWidget(parent)
{
    setAccessibleName(tr("Change"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void DiffView::setDiff(const std::vector<model::DiffLine>& diff)
{
    rows_ = models::diffRows(diff, kLinesShown);
    QStringList words;
    for (const DiffRow& row : rows_)
        words += (signOf(row.kind) + QLatin1Char(' ') + row.text).trimmed();
    setAccessibleDescription(words.join(QStringLiteral("; ")));
    updateGeometry();
    update();
}

QSize DiffView::sizeHint() const
{
    const int lines = std::max(1, static_cast<int>(rows_.size()));
    return {320, lines * kLine + 2 * theme::kGap4 + 2 * theme::kHairline};
}

void DiffView::paintEvent(QPaintEvent* event)
{
    const theme::Tokens& t = theme::tokens();
    QPainter painter(this);
    painter.fillRect(event->rect(), t.sunken);
    painter.setFont(theme::fontFor(theme::TextStyle::Mono));
    const bool isOn = isEnabled();
    const int inset = theme::kGap4 + theme::kHairline;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        const DiffRow& row = rows_[i];
        const QRect line(theme::kHairline, inset + static_cast<int>(i) * kLine,
                         width() - 2 * theme::kHairline, kLine);
        const bool isAfter = row.kind == DiffRow::Kind::After;
        if (isAfter)
            painter.fillRect(line, t.sel);
        painter.setPen(!isOn ? t.ink3 : isAfter ? t.ink : t.ink2);
        painter.drawText(line.adjusted(theme::kGap, 0, 0, 0), Qt::AlignVCenter, signOf(row.kind));
        const int indent = row.kind == DiffRow::Kind::Object ? 0 : theme::kGap;
        const QRect box = line.adjusted(kSignWidth + indent, 0, -theme::kGap, 0);
        painter.drawText(box, Qt::AlignVCenter,
                         painter.fontMetrics().elidedText(row.text, Qt::ElideRight, box.width()));
    }
    painter.setPen(t.line2);
    painter.drawRect(rect().adjusted(0, 0, -1, -1));
}

} // namespace signalbox::views
