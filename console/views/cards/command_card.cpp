// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/cards/command_card.h"

#include "console/theme/metrics.h"
#include "console/views/cards/admin_cards.h"
#include "console/views/cards/route_cards.h"
#include "console/views/cards/scale_card.h"
#include "console/views/cards/undo_card.h"
#include "console/views/cards/weights_card.h"
#include "console/views/frame/panel.h"

#include <QLabel>
#include <QVBoxLayout>

namespace signalbox::views {

CommandCard::CommandCard(Session& session, QWidget* parent)
    : QWidget(parent), session_(session), body_(new QVBoxLayout),
      prober_(new Prober(session, this))
{
    body_->setContentsMargins(0, 0, 0, 0);
    body_->setSpacing(theme::kGap4);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(theme::kSheetPadding, theme::kPadding, theme::kSheetPadding,
                            theme::kPadding);
    all->addLayout(body_);
    all->addWidget(prober_);
    all->addStretch(1);
    connect(prober_, &Prober::answered, this, &CommandCard::askAgain);
}

std::vector<WayOut> CommandCard::waysOut(const model::Preview& preview)
{
    return prober_->waysOut(preview);
}

void CommandCard::addCaption(const QString& text)
{
    if (body_->count() > 0)
        body_->addSpacing(theme::kGap);
    body_->addWidget(plainLabel(text, "caption", this));
}

void CommandCard::addHint(const QString& text)
{
    QLabel* hint = plainLabel(text, "caption", this);
    hint->setWordWrap(true);
    body_->addWidget(hint);
}

QLabel* CommandCard::addName(const QString& text)
{
    QLabel* name = plainLabel(text, nullptr, this);
    name->setMinimumWidth(0);
    body_->addWidget(name);
    return name;
}

std::unique_ptr<CommandCard> makeCard(Session& session, Act act,
                                      const std::vector<ObjectRef>& objects)
{
    switch (act) {
    case Act::Drain: return DrainCard::make(session, objects);
    case Act::Undrain:
    case Act::Maintenance: return AdminCard::make(session, act, objects);
    case Act::Failover: return FailoverCard::make(session, objects);
    case Act::Failback: return FailbackCard::make(session, objects);
    case Act::Weights: return WeightsCard::make(session, objects);
    case Act::Undo: return UndoCard::make(session, objects);
    case Act::Scale: return ScaleCard::make(session, objects);
    }
    return nullptr;
}

} // namespace signalbox::views
