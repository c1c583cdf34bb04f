// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/shell/work_area.h"

#include "console/text/numbers.h"
#include "console/text/plain_text.h"
#include "console/theme/hatch.h"
#include "console/theme/metrics.h"
#include "console/theme/theme.h"
#include "console/views/frame/panel.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace signalbox::views {

WorkArea::WorkArea(QWidget* parent)
    : QWidget(parent), banner_(new QFrame(this)), words_(plainLabel({}, "strong", banner_)),
      stack_(new QStackedWidget(this))
{
    banner_->setProperty("role", QLatin1String("raised"));
    banner_->setAttribute(Qt::WA_StyledBackground);
    banner_->setFixedHeight(theme::kScreenHeadHeight);
    banner_->setAccessibleName(tr("Link lost"));
    auto* row = new QHBoxLayout(banner_);
    row->setContentsMargins(theme::kPadding, 0, theme::kPadding, 0);
    row->addWidget(words_, 1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(banner_);
    column->addWidget(stack_, 1);
    banner_->hide();
}

void WorkArea::setStore(fleet::FleetStore* store)
{
    if (store_)
        store_->disconnect(this);
    store_ = store;
    if (store) {
        connect(store, &fleet::FleetStore::linkChanged, this, &WorkArea::refresh);
        connect(store, &fleet::FleetStore::refreshed, this, &WorkArea::refresh);
    }
    refresh();
}

QString WorkArea::bannerText() const
{
    const fleet::LinkFacts& link = store_->link();
    return tr("No link to %1 for %2: %3. What stands here is as of then. Trying again, attempt %4.")
        .arg(text::plainText(link.address), text::durationText(store_->heardAgoMs()),
             text::plainText(link.problem, text::kReasonCharacters))
        .arg(link.attempts);
}

void WorkArea::refresh()
{
    const bool isLost = store_ && store_->link().state == fleet::LinkState::Lost;
    if (isLost)
        words_->setText(bannerText());
    if (isLost == isFramed_)
        return;
    isFramed_ = isLost;
    banner_->setVisible(isLost);
    const int margin = isLost ? theme::kReplayFrameWidth : 0;
    layout()->setContentsMargins(margin, margin, margin, margin);
    update();
}

void WorkArea::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.fillRect(rect(), theme::tokens().canvas);
    if (isFramed_)
        theme::paintHatchFrame(painter, rect(), theme::Hatch::LinkLost, theme::kReplayFrameWidth,
                               theme::tokens());
}

} // namespace signalbox::views
