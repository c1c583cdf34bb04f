// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/frame/painting.h"

#include "console/theme/theme.h"

#include <QFontMetrics>
#include <QPainter>

namespace signalbox::views {

const theme::Tokens& tokensFor(const fleet::FleetStore& store)
{
    return store.link().state == fleet::LinkState::Lost
        ? theme::Theme::current().offlineTokens()
        : theme::tokens();
}

void paintText(QPainter& painter, const QRect& box, const QString& text, const QFont& font,
               const QColor& colour, Qt::Alignment alignment)
{
    if (box.width() <= 0)
        return;
    painter.setFont(font);
    painter.setPen(colour);
    painter.drawText(box, static_cast<int>(alignment | Qt::AlignVCenter | Qt::TextSingleLine),
                     QFontMetrics(font).elidedText(text, Qt::ElideRight, box.width()));
}

} // namespace signalbox::views
