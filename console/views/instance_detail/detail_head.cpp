// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/instance_detail/detail_head.h"

#include "console/models/instances/agent_words.h"
#include "console/models/words.h"
#include "console/text/numbers.h"
#include "console/text/plain_text.h"
#include "console/theme/badges.h"
#include "console/theme/marks.h"
#include "console/theme/metrics.h"
#include "console/theme/theme.h"
#include "console/theme/typography.h"

#include <QPainter>
#include <QPainterPath>

#include <algorithm>

namespace signalbox::views {

namespace {

constexpr int kMarkSize = 20;

} // namespace

DetailHead::DetailHead(Session& session, QWidget* parent) : QWidget(parent), session_(session)
{
    setFixedHeight(theme::kDetailHeadHeight);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void DetailHead::setAgent(int slot)
{
    slot_ = slot;
    refresh();
}

void DetailHead::refresh()
{
    QString verdict;
    QStringList rest;
    if (slot_ >= 0) {
        const fleet::Agent& agent = session_.store.agent(slot_);
        const std::int64_t now = session_.store.nowUnixMs();
        const std::int64_t since = agent.record().health.sinceUnixMs;
        verdict
            = agent.isGone() ? models::goneText(agent, now) : models::healthWord(agent.health());
        if (!agent.isGone() && agent.freshness == model::Freshness::Disconnected)
            verdict = tr("not heard, was %1").arg(verdict);
        if (agent.isGone())
            rest << tr("what is shown is as it was last seen");
        else if (since > 0)
            rest << tr("for %1").arg(text::durationText(std::max<std::int64_t>(0, now - since)));
        rest << models::adminWord(agent.admin());
        if (!agent.isGone())
            rest << tr("%1 %2").arg(models::freshnessWord(agent.freshness),
                                    text::ageText(agent.ageMs));
        if (!agent.record().pool.empty())
            rest << tr("pool %1").arg(text::plainText(agent.record().pool));
        rest << models::placeText(agent);
        if (!agent.isGateway())
            rest << models::engineText(agent);
    }
    const QString joined = rest.join(QStringLiteral(" \u00b7 "));
    verdict_ = verdict;
    rest_ = joined;
    const QString spoken = words();
    if (spoken != accessibleName())
        setAccessibleName(spoken);
    update();
}

QString DetailHead::words() const
{
    return slot_ < 0 ? QString()
                     : text::plainText(session_.store.agent(slot_).id) + QLatin1Char(' ') + verdict_
            + QLatin1Char(' ') + rest_;
}

void DetailHead::paintEvent(QPaintEvent*)
{
    if (slot_ < 0)
        return;
    const fleet::Agent& agent = session_.store.agent(slot_);
    const bool isOffline = session_.store.link().state == fleet::LinkState::Lost;
    const theme::Tokens& t
        = isOffline ? theme::Theme::current().offlineTokens() : theme::tokens();
    QPainter painter(this);
    QRect box = rect().adjusted(theme::kPadding, 0, -theme::kPadding, 0);
    const auto take = [&](int width) {
        const QRectF taken(box.left(), (height() - width) / 2.0, width, width);
        box.setLeft(box.left() + width + theme::kGap);
        return taken;
    };
    const QRectF mark = take(kMarkSize).adjusted(1, 1, -1, -1);
    painter.setRenderHint(QPainter::Antialiasing);
    theme::paintFreshOutline(
        painter,
        theme::kindPath(agent.isGateway() ? theme::Kind::Gateway : theme::Kind::Instance, mark),
        agent.freshness, t);
    painter.setRenderHint(QPainter::Antialiasing, false);
    const auto draw = [&](const QFont& font, const QColor& ink, const QString& text) {
        painter.setFont(font);
        painter.setPen(ink);
        const QString cut = painter.fontMetrics().elidedText(text, Qt::ElideRight, box.width());
        painter.drawText(box, Qt::AlignLeft | Qt::AlignVCenter, cut);
        box.setLeft(box.left() + painter.fontMetrics().horizontalAdvance(cut) + theme::kGap);
    };
    draw(theme::fontFor(theme::TextStyle::Title), t.ink, text::cutMiddle(
             text::plainText(agent.id), 48));
    if (agent.priority != model::Priority::None)
        theme::paintBadge(painter, take(theme::kBadgeSize), agent.priority, agent.ack, t);
    if (agent.admin() != model::Admin::Run)
        theme::paintAdmin(painter, take(theme::kAdminSize), agent.admin(), t);
    const bool isQuiet = agent.health() == model::Health::Ready && !agent.isGone()
        && agent.freshness != model::Freshness::Disconnected;
    draw(theme::fontFor(theme::TextStyle::Base,
                        isQuiet ? theme::TextWeight::Regular : theme::TextWeight::SemiBold),
         t.ink, verdict_);
    draw(theme::fontFor(theme::TextStyle::Base), t.ink2, rest_);
}

} // namespace signalbox::views
