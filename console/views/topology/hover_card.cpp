// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/topology/hover_card.h"

#include "console/models/node_words.h"
#include "console/models/words.h"
#include "console/text/numbers.h"
#include "console/text/plain_text.h"
#include "console/theme/metrics.h"
#include "console/views/frame/panel.h"

#include <QGridLayout>
#include <QLabel>

#include <algorithm>
#include <cmath>

namespace signalbox::topology {

namespace {

using fleet::Reading;

constexpr int kDistance = 10;

std::optional<double> known(float value)
{
    return std::isfinite(value) ? std::optional<double>(value) : std::nullopt;
}

QString word(std::string_view name)
{
    return QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()));
}

} // namespace

HoverCard::HoverCard(QWidget* parent)
    : QFrame(parent), name_(views::plainLabel({}, "strong", this)),
      intent_(views::plainLabel({}, "dim", this)), place_(views::plainLabel({}, "dim", this)),
      age_(views::plainLabel({}, "dim", this)), load_(views::plainLabel({}, nullptr, this)),
      latency_(views::plainLabel({}, nullptr, this)), reason_(views::plainLabel({}, nullptr, this))
{
    setProperty("role", QLatin1String("raised"));
    setAttribute(Qt::WA_StyledBackground);
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setFocusPolicy(Qt::NoFocus);
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(theme::kPadding, theme::kGap, theme::kPadding, theme::kGap);
    grid->setHorizontalSpacing(theme::kPadding * 2);
    grid->setVerticalSpacing(theme::kGap4);
    grid->addWidget(name_, 0, 0);
    grid->addWidget(intent_, 0, 1, Qt::AlignRight);
    grid->addWidget(place_, 1, 0);
    grid->addWidget(age_, 1, 1, Qt::AlignRight);
    grid->addWidget(load_, 2, 0);
    grid->addWidget(latency_, 2, 1, Qt::AlignRight);
    grid->addWidget(reason_, 3, 0, 1, 2);
    hide();
}

void HoverCard::tell(const fleet::Agent& agent)
{
    const model::AgentRecord& record = agent.record();
    name_->setText(text::plainText(agent.id, 48));
    const bool isReady = agent.health() == model::Health::Ready;
    intent_->setText(isReady ? models::adminWord(agent.admin())
                             : models::adminWord(agent.admin()) + QStringLiteral(" · ")
                                   + word(model::nameOf(agent.health())));
    const QString host = text::plainText(models::hostOf(record), 48);
    const QString zone = models::zoneText(record.zone);
    place_->setText(host.isEmpty() ? zone : tr("%1, %2").arg(zone, host));
    age_->setText(agent.isGone() ? tr("gone")
                                 : word(model::nameOf(agent.freshness)) + QLatin1Char(' ')
                                       + text::ageText(agent.ageMs));
    load_->setText(agent.isGateway()
                       ? models::inFlightText(agent.readings[Reading::InFlight])
                       : tr("load %1").arg(text::percentText(known(agent.load()))));
    latency_->setText(tr("TTFT p95 %1").arg(
        text::millisecondsText(known(agent.readings[Reading::TtftP95Ms]))));
    const std::string& reason = agent.isGone() ? agent.facts->gone->reason : record.health.reason;
    reason_->setText(text::plainText(reason, 96));
    reason_->setVisible(!reason.empty());
}

void HoverCard::tell(const fleet::Pool& pool)
{
    name_->setText(text::plainText(pool.name, 48));
    intent_->setText(tr("%1 serving").arg(text::ofText(pool.sums.serving, pool.sums.total)));
    place_->setText(pool.members.empty() ? tr("no instances")
                    : pool.profile.empty()
                        ? tr("several engines")
                        : text::plainText(pool.profile) + QLatin1Char(' ')
                            + text::plainText(pool.engineVersion));
    age_->setText(models::inFlightText(pool.sums.readings[Reading::InFlight]));
    load_->setText(tr("load %1").arg(text::percentText(known(pool.sums.load))));
    latency_->setText(tr("TTFT p95 %1").arg(
        text::millisecondsText(known(pool.sums.readings[Reading::TtftP95Ms]))));
    reason_->setVisible(!pool.isInPolicy);
    reason_->setText(tr("its agents name it, the policy does not"));
}

void HoverCard::showBeside(const QRect& box)
{
    adjustSize();
    const QSize room = parentWidget()->size();
    QPoint at(box.right() + kDistance, box.bottom() + kDistance);
    if (at.x() + width() > room.width())
        at.setX(std::max(0, box.left() - kDistance - width()));
    if (at.y() + height() > room.height())
        at.setY(std::max(0, box.top() - kDistance - height()));
    move(at);
    show();
    raise();
}

} // namespace signalbox::topology
