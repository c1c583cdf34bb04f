// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/theme/typography.h"

#include <QColor>
#include <QHash>
#include <QRectF>
#include <QStaticText>
#include <QString>

#include <cstdint>

class QPainter;

namespace signalbox::topology {

enum class Align : std::uint8_t { Left, Right, Middle };

struct LabelStyle {
    theme::TextStyle style = theme::TextStyle::Base;
    theme::TextWeight weight = theme::TextWeight::Regular;
    QColor colour;
    Align align = Align::Left;
};

// Texts that are drawn again and again: cut to their room and laid out once. Plain text only.
// Lives on: gui thread. Owned by the canvas; forgets everything when it is full.
class LabelCache {
public:
    // On the middle of the box's height, cut with an ellipsis to its width.
    void draw(QPainter& painter, const QRectF& box, const QString& text, const LabelStyle& style);
    double widthOf(const QString& text, const LabelStyle& style);
    int drawn() const { return drawn_; } // since the last startFrame
    void startFrame() { drawn_ = 0; }

private:
    struct Laid {
        QStaticText text;
        QSizeF size;
    };
    const Laid& laid(const QString& text, const LabelStyle& style, int room);

    QHash<QString, Laid> laid_;
    int drawn_ = 0;
};

} // namespace signalbox::topology
