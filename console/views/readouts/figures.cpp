// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/readouts/figures.h"

#include "console/theme/metrics.h"
#include "console/theme/theme.h"
#include "console/theme/typography.h"

#include <QPainter>
#include <QStringList>

namespace signalbox::views {

namespace {

constexpr int kHeight = 40;

// Draws it at the place and moves the place to behind it.
void drawPart(QPainter& painter, QRect& place, const QString& part, theme::TextStyle style,
              const QColor& ink)
{
    if (part.isEmpty())
        return;
    painter.setFont(theme::fontFor(style));
    painter.setPen(ink);
    painter.drawText(place, Qt::AlignVCenter, part);
    place.setLeft(place.left() + painter.fontMetrics().horizontalAdvance(part) + theme::kGap4);
}

} // namespace

Figures::Figures(QWidget* parent) : QWidget(parent)
{
    setAccessibleName(tr("Figures"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void Figures::setFigures(std::vector<Figure> figures)
{
    figures_ = std::move(figures);
    QStringList words;
    for (const Figure& one : figures_)
        words += QStringLiteral("%1: %2 %3 %4")
                     .arg(one.caption, one.before, one.now, one.after)
                     .simplified();
    setAccessibleDescription(words.join(QStringLiteral("; ")));
    update();
}

QSize Figures::sizeHint() const
{
    return {400, kHeight};
}

void Figures::paintEvent(QPaintEvent*)
{
    if (figures_.empty())
        return;
    const theme::Tokens& t = theme::tokens();
    QPainter painter(this);
    const int each = width() / static_cast<int>(figures_.size());
    const QColor dim = isEnabled() ? t.ink2 : t.ink3;
    for (std::size_t i = 0; i < figures_.size(); ++i) {
        const Figure& one = figures_[i];
        const int left = static_cast<int>(i) * each;
        if (i > 0)
            painter.fillRect(QRect(left, 0, 1, height()), t.line);
        const int inset = i > 0 ? theme::kPadding : 0;
        QRect caption(left + inset, 0, each - inset - theme::kGap, 18);
        QRect line(left + inset, 18, each - inset - theme::kGap, 22);
        drawPart(painter, caption, one.caption, theme::TextStyle::Caption, dim);
        drawPart(painter, line, one.before, theme::TextStyle::Base, dim);
        drawPart(painter, line, one.now, theme::TextStyle::Figure, isEnabled() ? t.ink : t.ink3);
        drawPart(painter, line, one.after, theme::TextStyle::Base, dim);
    }
}

} // namespace signalbox::views
