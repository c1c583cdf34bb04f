// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/readouts/progress.h"

#include "console/text/numbers.h"
#include "console/theme/bars.h"
#include "console/theme/icons.h"
#include "console/theme/marks.h"
#include "console/theme/metrics.h"
#include "console/theme/theme.h"
#include "console/theme/typography.h"

#include <QPainter>
#include <QStringList>

#include <algorithm>

namespace signalbox::views {

namespace {

constexpr std::int64_t kSegmentsShown = 200;

void paintStepMark(QPainter& painter, const QRectF& box, const Step& step, const theme::Tokens& t)
{
    if (step.state == Step::State::Done)
        return theme::paintIcon(painter, box, theme::Icon::Check, t.ink2);
    if (step.state == Step::State::Now && step.admin)
        return theme::paintAdmin(painter, box, *step.admin, t);
    const bool isNow = step.state == Step::State::Now;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(isNow ? t.ink : t.outline, 1.5, isNow ? Qt::SolidLine : Qt::DotLine));
    painter.setBrush(Qt::NoBrush);
    painter.drawEllipse(box.center(), box.width() / 3, box.width() / 3);
    painter.restore();
}

} // namespace

Segments::Segments(const QString& accessibleName, QWidget* parent) : QWidget(parent)
{
    setAccessibleName(accessibleName);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void Segments::setProgress(std::int64_t done, std::int64_t total)
{
    if (done == done_ && total == total_)
        return;
    done_ = done;
    total_ = total;
    setAccessibleDescription(text::ofText(done, total));
    update();
}

QSize Segments::sizeHint() const
{
    return {240, theme::kBarHeight};
}

void Segments::paintEvent(QPaintEvent*)
{
    if (total_ <= 0)
        return;
    QPainter painter(this);
    const theme::Tokens& t = theme::tokens();
    if (total_ > kSegmentsShown) {
        theme::BarReading reading;
        reading.value = static_cast<double>(done_) / static_cast<double>(total_);
        return theme::paintHBar(painter, rect(), reading, t);
    }
    std::vector<theme::Segment> segments(static_cast<std::size_t>(total_), theme::Segment::Open);
    std::fill_n(segments.begin(), std::clamp<std::int64_t>(done_, 0, total_),
                theme::Segment::Done);
    theme::paintSegments(painter, rect(), segments, t);
}

Steps::Steps(QWidget* parent) : QWidget(parent)
{
    setAccessibleName(tr("Steps"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void Steps::setSteps(std::vector<Step> steps)
{
    steps_ = std::move(steps);
    QStringList words;
    for (const Step& step : steps_) {
        const QString state = step.state == Step::State::Done ? tr("done")
            : step.state == Step::State::Now                  ? tr("now")
                                                              : tr("to come");
        words += QStringLiteral("%1 %2 (%3)").arg(step.text, step.detail, state).simplified();
    }
    setAccessibleDescription(words.join(QStringLiteral("; ")));
    update();
}

QSize Steps::sizeHint() const
{
    return {400, theme::kRowHeight};
}

void Steps::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const theme::Tokens& t = theme::tokens();
    int left = 0;
    const auto draw = [&](const QString& words, theme::TextWeight weight, const QColor& ink) {
        painter.setFont(theme::fontFor(theme::TextStyle::Base, weight));
        painter.setPen(ink);
        const QRect box(left, 0, std::max(0, width() - left), height());
        painter.drawText(box, Qt::AlignVCenter, words);
        left += painter.fontMetrics().horizontalAdvance(words) + theme::kGap;
    };
    for (const Step& step : steps_) {
        const double top = (height() - theme::kIconSize) / 2.0;
        paintStepMark(painter, QRectF(left, top, theme::kIconSize, theme::kIconSize), step, t);
        left += theme::kIconSize + theme::kGap;
        const bool isNow = step.state == Step::State::Now;
        const QColor ink = step.state == Step::State::Later ? t.ink3 : t.ink;
        draw(step.text, isNow ? theme::TextWeight::SemiBold : theme::TextWeight::Regular, ink);
        if (!step.detail.isEmpty())
            draw(step.detail, theme::TextWeight::Regular, t.ink2);
        left += theme::kGap;
    }
}

} // namespace signalbox::views
