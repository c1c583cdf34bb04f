// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/theme/path_text.h"

#include <QtMath>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>

namespace signalbox::theme {

namespace {

// Lives on: any thread (a value).
class PathReader {
public:
    explicit PathReader(std::string_view text)
        : rest_(text)
    {
    }

    QPainterPath read()
    {
        while (!failed_) {
            skipBlanks();
            if (rest_.empty())
                break;
            if (std::isalpha(static_cast<unsigned char>(rest_.front())) != 0) {
                letter_ = rest_.front();
                rest_.remove_prefix(1);
            }
            step();
        }
        return path_;
    }

private:
    void skipBlanks()
    {
        while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == ','))
            rest_.remove_prefix(1);
    }

    double number()
    {
        skipBlanks();
        double value = 0;
        const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
        failed_ = failed_ || error != std::errc();
        rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
        return value;
    }

    // A flag of an arc is one digit and may touch the next number.
    bool flag()
    {
        skipBlanks();
        if (rest_.empty()) {
            failed_ = true;
            return false;
        }
        const bool set = rest_.front() == '1';
        rest_.remove_prefix(1);
        return set;
    }

    QPointF point()
    {
        const double x = number();
        const double y = number();
        return isRelative() ? path_.currentPosition() + QPointF(x, y) : QPointF(x, y);
    }

    bool isRelative() const { return letter_ >= 'a'; }

    void step()
    {
        const QPointF at = path_.currentPosition();
        switch (letter_) {
        case 'M':
        case 'm':
            path_.moveTo(point());
            letter_ = isRelative() ? 'l' : 'L'; // further pairs are lines
            break;
        case 'L':
        case 'l': path_.lineTo(point()); break;
        case 'H': path_.lineTo(number(), at.y()); break;
        case 'h': path_.lineTo(at.x() + number(), at.y()); break;
        case 'V': path_.lineTo(at.x(), number()); break;
        case 'v': path_.lineTo(at.x(), at.y() + number()); break;
        case 'C':
        case 'c':
        case 'S':
        case 's': curve(); return;
        case 'A':
        case 'a': arc(); break;
        case 'Z':
        case 'z':
            path_.closeSubpath();
            letter_ = ' ';
            break;
        default: failed_ = true;
        }
        lastHandle_ = path_.currentPosition();
    }

    void curve()
    {
        const bool isSmooth = letter_ == 'S' || letter_ == 's';
        const QPointF first = isSmooth ? path_.currentPosition() * 2 - lastHandle_ : point();
        const QPointF second = point();
        const QPointF end = point();
        path_.cubicTo(first, second, end);
        lastHandle_ = second;
    }

    // Radii rx ry, rotation (always 0 here), large, sweep, end; the centre follows from these.
    void arc()
    {
        const QPointF from = path_.currentPosition();
        double rx = number();
        double ry = number();
        number();
        const bool large = flag();
        const bool sweep = flag();
        const QPointF to = point();
        if (failed_ || rx <= 0 || ry <= 0)
            return;
        const double dx = (from.x() - to.x()) / 2;
        const double dy = (from.y() - to.y()) / 2;
        const double reach = std::sqrt(dx * dx / (rx * rx) + dy * dy / (ry * ry));
        rx *= std::max(1.0, reach);
        ry *= std::max(1.0, reach);
        const double unit = dx * dx / (rx * rx) + dy * dy / (ry * ry);
        const double off = unit > 0 ? std::sqrt(std::max(0.0, 1 / unit - 1)) : 0;
        const double side = large == sweep ? -off : off;
        const QPointF centre((from.x() + to.x()) / 2 + side * rx * dy / ry,
                             (from.y() + to.y()) / 2 - side * ry * dx / rx);
        const auto angleOf = [&](const QPointF& p) {
            return qRadiansToDegrees(
                std::atan2(-(p.y() - centre.y()) / ry, (p.x() - centre.x()) / rx));
        };
        const double start = angleOf(from);
        double turn = angleOf(to) - start;
        if (sweep && turn > 0)
            turn -= 360;
        else if (!sweep && turn < 0)
            turn += 360;
        path_.arcTo(QRectF(centre.x() - rx, centre.y() - ry, 2 * rx, 2 * ry), start, turn);
    }

    std::string_view rest_;
    QPainterPath path_;
    QPointF lastHandle_;
    char letter_ = ' ';
    bool failed_ = false;
};

} // namespace

QPainterPath pathFromText(std::string_view text)
{
    return PathReader(text).read();
}

} // namespace signalbox::theme
