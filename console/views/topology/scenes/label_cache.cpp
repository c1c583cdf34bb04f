// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/topology/scenes/label_cache.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace signalbox::topology {

namespace {

constexpr int kLabelsCached = 4'096; // far above what fits a screen
constexpr int kUnlimited = 1 << 20;

} // namespace

const LabelCache::Laid& LabelCache::laid(const QString& text, const LabelStyle& style, int room)
{
    const QString key = QString(QChar(static_cast<char16_t>(0x100 + static_cast<int>(style.style))))
        + QChar(static_cast<char16_t>(0x100 + static_cast<int>(style.weight)))
        + QString::number(room) + QLatin1Char('|') + text;
    const auto found = laid_.constFind(key);
    if (found != laid_.constEnd())
        return *found;
    if (laid_.size() >= kLabelsCached)
        laid_.clear();
    const QFont font = theme::fontFor(style.style, style.weight);
    const QFontMetricsF metrics(font);
    Laid made;
    const bool fits = metrics.horizontalAdvance(text) <= room;
    made.text.setTextFormat(Qt::PlainText);
    made.text.setText(fits ? text : metrics.elidedText(text, Qt::ElideRight, room));
    made.text.setPerformanceHint(QStaticText::AggressiveCaching);
    made.text.prepare(QTransform(), font);
    made.size = made.text.size();
    return *laid_.insert(key, made);
}

double LabelCache::widthOf(const QString& text, const LabelStyle& style)
{
    return laid(text, style, kUnlimited).size.width();
}

void LabelCache::draw(QPainter& painter, const QRectF& box, const QString& text,
                      const LabelStyle& style)
{
    if (text.isEmpty() || box.width() < 4)
        return;
    const Laid& label = laid(text, style, static_cast<int>(box.width()));
    double x = box.left();
    if (style.align == Align::Right)
        x = box.right() - label.size.width();
    else if (style.align == Align::Middle)
        x = box.center().x() - label.size.width() / 2;
    painter.setPen(style.colour);
    painter.setFont(theme::fontFor(style.style, style.weight));
    painter.drawStaticText(
        QPointF(std::round(x), std::round(box.center().y() - label.size.height() / 2)), label.text);
    ++drawn_;
}

} // namespace signalbox::topology
