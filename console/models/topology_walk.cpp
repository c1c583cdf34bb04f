// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/topology_walk.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace signalbox::models {

namespace {

constexpr double kAsideCosts = 4; // a pixel aside, against one ahead

// Of a box, turned so that the step goes right.
struct Span {
    double begin = 0;
    double end = 0;
    double low = 0;
    double high = 0;
    double middle() const { return (low + high) / 2; }
};

Span turned(const QRectF& box, WalkStep step)
{
    switch (step) {
    case WalkStep::Left: return {-box.right(), -box.left(), box.top(), box.bottom()};
    case WalkStep::Right: return {box.left(), box.right(), box.top(), box.bottom()};
    case WalkStep::Up: return {-box.bottom(), -box.top(), box.left(), box.right()};
    case WalkStep::Down: return {box.top(), box.bottom(), box.left(), box.right()};
    }
    return {};
}

int firstOf(const std::vector<QRectF>& boxes)
{
    int first = -1;
    for (std::size_t i = 0; i < boxes.size(); ++i) {
        if (!boxes[i].isValid())
            continue;
        const QPointF at = boxes[i].topLeft();
        const bool isEarlier = first < 0
            || std::make_pair(at.y(), at.x())
                < std::make_pair(boxes[static_cast<std::size_t>(first)].y(),
                                 boxes[static_cast<std::size_t>(first)].x());
        if (isEarlier)
            first = static_cast<int>(i);
    }
    return first;
}

} // namespace

int stepFrom(const std::vector<QRectF>& boxes, int from, WalkStep step)
{
    const bool isKnown = from >= 0 && from < static_cast<int>(boxes.size())
        && boxes[static_cast<std::size_t>(from)].isValid();
    if (!isKnown)
        return firstOf(boxes);
    const Span here = turned(boxes[static_cast<std::size_t>(from)], step);
    double least = std::numeric_limits<double>::infinity();
    int best = -1;
    for (std::size_t i = 0; i < boxes.size(); ++i) {
        if (static_cast<int>(i) == from || !boxes[i].isValid())
            continue;
        const Span there = turned(boxes[i], step);
        // Ahead: it begins behind our middle and ends behind our end.
        const bool isAhead = there.begin >= (here.begin + here.end) / 2 && there.end > here.end;
        if (!isAhead)
            continue;
        const double ahead = std::max(0.0, there.begin - here.end);
        const double aside = std::max({0.0, there.low - here.high, here.low - there.high});
        const double cost
            = ahead + kAsideCosts * aside + 0.01 * std::abs(there.middle() - here.middle());
        if (cost < least) {
            least = cost;
            best = static_cast<int>(i);
        }
    }
    return best;
}

int boxAt(const std::vector<QRectF>& boxes, QPointF point)
{
    int found = -1;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < boxes.size(); ++i) {
        const double area = boxes[i].width() * boxes[i].height();
        if (boxes[i].isValid() && boxes[i].contains(point) && area < least) {
            least = area;
            found = static_cast<int>(i);
        }
    }
    return found;
}

} // namespace signalbox::models
