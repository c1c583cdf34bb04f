// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/frame/panel.h"

#include "console/theme/labels.h"
#include "console/theme/metrics.h"
#include "console/theme/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QVBoxLayout>

namespace signalbox::views {

QLabel* plainLabel(const QString& text, const char* role, QWidget* parent)
{
    return theme::plainLabel(text, QString::fromLatin1(role), parent);
}

Panel::Panel(const QString& title, QWidget* parent)
    : QFrame(parent), title_(plainLabel(title, "strong", this)), hint_(plainLabel({}, "dim", this)),
      key_(plainLabel({}, "captionFaint", this)), head_(new QHBoxLayout), body_(new QVBoxLayout)
{
    setProperty("role", QLatin1String("panel"));
    setAttribute(Qt::WA_StyledBackground);
    setAccessibleName(title);
    auto* headFrame = new QWidget(this);
    headFrame->setFixedHeight(theme::kPanelHeadHeight);
    head_->setContentsMargins(theme::kPadding, 0, theme::kPadding, 0);
    head_->setSpacing(theme::kGap);
    head_->addWidget(title_);
    head_->addWidget(hint_);
    head_->addStretch(1);
    head_->addWidget(key_);
    headFrame->setLayout(head_);
    body_->setContentsMargins(theme::kPadding, theme::kGap, theme::kPadding, theme::kGap);
    body_->setSpacing(0);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(theme::kHairline, theme::kHairline, theme::kHairline, theme::kHairline);
    all->setSpacing(0);
    all->addWidget(headFrame);
    all->addSpacing(theme::kHairline);
    all->addLayout(body_, 1);
    key_->hide();
}

void Panel::setTitle(const QString& title)
{
    title_->setText(title);
    setAccessibleName(title);
}

void Panel::setHint(const QString& hint)
{
    hint_->setText(hint);
}

void Panel::setKeyHint(const QString& keys)
{
    key_->setText(keys);
    key_->setVisible(!keys.isEmpty());
}

void Panel::paintEvent(QPaintEvent* event)
{
    QFrame::paintEvent(event);
    QPainter(this).fillRect(theme::kHairline, theme::kHairline + theme::kPanelHeadHeight,
                            width() - 2 * theme::kHairline, theme::kHairline,
                            theme::tokens().line);
}

} // namespace signalbox::views
