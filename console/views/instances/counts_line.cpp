// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/instances/counts_line.h"

#include "console/models/instances/agent_words.h"
#include "console/models/words.h"
#include "console/text/numbers.h"
#include "console/theme/metrics.h"
#include "console/theme/theme.h"
#include "console/theme/typography.h"

#include <QPainter>

#include <array>
#include <cmath>

namespace signalbox::views {

namespace {

constexpr int kAdmins = 7;
constexpr int kFreshnesses = 4;
constexpr int kBetween = 16;

} // namespace

CountsLine::CountsLine(Session& session, const models::InstanceTableModel& model, QWidget* parent)
    : QWidget(parent), session_(session), model_(model)
{
    setFixedHeight(theme::kRowHeight);
    update(0);
}

void CountsLine::update(int columnsLeftOut)
{
    std::array<int, kAdmins> admins{};
    std::array<int, kFreshnesses> ages{};
    int gone = 0;
    double inFlight = 0;
    const fleet::FleetStore& store = session_.store;
    for (int slot = 0; slot < store.slotCount(); ++slot) {
        if (!store.isTaken(slot) || store.agent(slot).isGateway())
            continue;
        const fleet::Agent& agent = store.agent(slot);
        if (agent.isGone()) {
            ++gone;
            continue;
        }
        ++admins[static_cast<std::size_t>(agent.admin())];
        ++ages[static_cast<std::size_t>(agent.freshness)];
        const float own = agent.readings[fleet::Reading::InFlight];
        inFlight += std::isnan(own) ? 0 : static_cast<double>(own);
    }
    std::vector<Piece> left;
    const auto add = [&left](const QString& word, int count) {
        if (count > 0)
            left.emplace_back(word, text::countText(count));
    };
    for (int admin = 0; admin < kAdmins; ++admin)
        add(models::adminWord(static_cast<model::Admin>(admin)),
            admins[static_cast<std::size_t>(admin)]);
    for (int age = 0; age < kFreshnesses; ++age)
        add(models::freshnessWord(static_cast<model::Freshness>(age)),
            ages[static_cast<std::size_t>(age)]);
    add(tr("gone"), gone);
    left.emplace_back(tr("hidden by filter"),
                      text::countText(model_.instances() - model_.matching()));
    if (columnsLeftOut > 0)
        left.emplace_back(tr("columns that do not fit"), text::countText(columnsLeftOut));
    const QString right
        = tr("%1 marked, %2 in flight in all")
              .arg(text::countText(static_cast<std::int64_t>(session_.selection.marked().size())),
                   text::countText(std::llround(inFlight)));
    if (left == left_ && right == right_)
        return;
    left_ = std::move(left);
    right_ = right;
    setAccessibleName(words());
    QWidget::update();
}

void CountsLine::setNotice(const QString& notice)
{
    notice_ = notice;
    setAccessibleName(words());
    QWidget::update();
}

QString CountsLine::words() const
{
    QStringList parts;
    for (const auto& [word, figure] : left_)
        parts << word + QLatin1Char(' ') + figure;
    parts << (notice_.isEmpty() ? right_ : notice_);
    return parts.join(QLatin1String(", "));
}

void CountsLine::paintEvent(QPaintEvent*)
{
    const theme::Tokens& t = theme::tokens();
    QPainter painter(this);
    painter.fillRect(rect(), t.surface);
    painter.fillRect(QRect(0, 0, width(), theme::kHairline), t.line);
    const QFont base = theme::fontFor(theme::TextStyle::Base);
    const QFont strong = theme::fontFor(theme::TextStyle::Base, theme::TextWeight::SemiBold);
    QRect box = rect().adjusted(theme::kPadding, 0, -theme::kPadding, 0);
    const auto draw = [&](const QFont& font, const QColor& ink, const QString& text) {
        painter.setFont(font);
        painter.setPen(ink);
        painter.drawText(box, Qt::AlignLeft | Qt::AlignVCenter, text);
        box.setLeft(box.left() + QFontMetrics(font).horizontalAdvance(text));
    };
    for (const auto& [word, figure] : left_) {
        draw(base, t.ink2, word + QLatin1Char(' '));
        draw(strong, t.ink, figure);
        box.setLeft(box.left() + kBetween);
    }
    painter.setFont(base);
    painter.setPen(notice_.isEmpty() ? t.ink2 : t.ink);
    const QString right = notice_.isEmpty() ? right_ : notice_;
    painter.drawText(box, Qt::AlignRight | Qt::AlignVCenter,
                     QFontMetrics(base).elidedText(right, Qt::ElideMiddle, box.width()));
}

} // namespace signalbox::views
