// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/theme/hatch.h"

#include "console/theme/metrics.h"

#include <QImage>
#include <QPainter>
#include <QTransform>

#include <algorithm>
#include <array>
#include <cmath>

namespace signalbox::theme {

namespace {

struct Weave {
    QColor thread;
    QColor ground; // not valid: see-through
    double share; // of the period that is thread, along a pixel row
};

Weave weaveOf(Hatch hatch, const Tokens& t)
{
    switch (hatch) {
    case Hatch::Replay: return {t.deliberate, t.canvas, 0.5};
    case Hatch::LinkLost: return {t.ink3, QColor(), 0.22};
    case Hatch::Gap: return {t.outline, QColor(), 0.27};
    case Hatch::Unmeasured: break;
    }
    return {t.line2, QColor(), 0.2};
}

// How much of one pixel lies under a thread, from 4 x 4 points in it.
double coverage(int x, int y, int size, double share)
{
    constexpr int kPoints = 4;
    int under = 0;
    for (int j = 0; j < kPoints; ++j) {
        for (int i = 0; i < kPoints; ++i) {
            const double along = x + y + (i + j + 1.0) / kPoints;
            under += std::fmod(along, size) < share * size ? 1 : 0;
        }
    }
    return static_cast<double>(under) / (kPoints * kPoints);
}

QImage weave(const Weave& pattern, int size)
{
    QImage image(size, size, QImage::Format_ARGB32_Premultiplied);
    image.fill(pattern.ground.isValid() ? pattern.ground : QColor(0, 0, 0, 0));
    QPainter painter(&image);
    for (int y = 0; y < size; ++y) {
        for (int x = 0; x < size; ++x) {
            QColor thread = pattern.thread;
            thread.setAlphaF(static_cast<float>(coverage(x, y, size, pattern.share)));
            painter.fillRect(x, y, 1, 1, thread);
        }
    }
    return image;
}

struct Kept {
    QRgb thread = 0;
    QRgb ground = 0;
    int size = 0;
    QBrush brush;
};

} // namespace

QBrush hatchBrush(Hatch hatch, const Tokens& t, double devicePixelRatio)
{
    // One of each kind: a window shows one token set at one ratio, nearly always.
    static std::array<Kept, 4> kept;
    const Weave pattern = weaveOf(hatch, t);
    const int size = std::max(kHatchSize, qRound(kHatchSize * devicePixelRatio));
    const QRgb ground = pattern.ground.isValid() ? pattern.ground.rgba() : 0;
    Kept& one = kept[static_cast<std::size_t>(hatch)];
    if (one.size != size || one.thread != pattern.thread.rgba() || one.ground != ground) {
        QBrush brush(weave(pattern, size));
        const double scale = static_cast<double>(kHatchSize) / size;
        brush.setTransform(QTransform::fromScale(scale, scale));
        one = {pattern.thread.rgba(), ground, size, brush};
    }
    return one.brush;
}

void paintHatchFrame(QPainter& painter, const QRect& box, Hatch hatch, int width, const Tokens& t)
{
    const QBrush brush = hatchBrush(hatch, t, painter.device()->devicePixelRatioF());
    const int inner = std::max(0, box.height() - 2 * width);
    painter.fillRect(QRect(box.left(), box.top(), box.width(), width), brush);
    painter.fillRect(QRect(box.left(), box.bottom() - width + 1, box.width(), width), brush);
    painter.fillRect(QRect(box.left(), box.top() + width, width, inner), brush);
    painter.fillRect(QRect(box.right() - width + 1, box.top() + width, width, inner), brush);
}

void paintVeil(QPainter& painter, const QRect& box, const Tokens& t)
{
    QColor veil = t.canvas;
    veil.setAlphaF(kVeilPercent / 100.0F);
    painter.fillRect(box, veil);
}

} // namespace signalbox::theme
