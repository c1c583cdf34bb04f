// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/frame/state_page.h"

#include "console/theme/metrics.h"
#include "console/views/frame/panel.h"

#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace signalbox::views {

StatePage::StatePage(QWidget* content, QWidget* parent)
    : QStackedWidget(parent), content_(content), reason_(new QWidget(this)),
      headline_(plainLabel({}, "name", reason_)), sentence_(plainLabel({}, "dim", reason_)),
      command_(plainLabel({}, "mono", reason_)),
      clear_(new QPushButton(tr("Clear filter"), reason_))
{
    clear_->setAccessibleName(tr("Clear filter"));
    clear_->setToolTip(tr("Show everything again (Esc)"));
    sentence_->setWordWrap(true);
    sentence_->setAlignment(Qt::AlignHCenter);
    command_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    auto* column = new QVBoxLayout(reason_);
    column->setSpacing(theme::kGap);
    column->addStretch(2);
    column->addWidget(headline_, 0, Qt::AlignHCenter);
    column->addWidget(sentence_);
    column->addWidget(command_, 0, Qt::AlignHCenter);
    column->addWidget(clear_, 0, Qt::AlignHCenter);
    column->addStretch(3);
    addWidget(content_);
    addWidget(reason_);
    connect(clear_, &QPushButton::clicked, this, &StatePage::clearFilterRequested);
}

void StatePage::showContent()
{
    setCurrentWidget(content_);
}

bool StatePage::isContent() const
{
    return currentWidget() == content_;
}

void StatePage::showReason(const QString& headline, const QString& sentence)
{
    headline_->setText(headline);
    sentence_->setText(sentence);
    setCurrentWidget(reason_);
}

void StatePage::showLoading(const QString& what)
{
    command_->hide();
    clear_->hide();
    showReason(tr("Loading"), what);
}

void StatePage::showEmpty(const QString& sentence, const QString& command)
{
    command_->setText(command);
    command_->setVisible(!command.isEmpty());
    clear_->hide();
    showReason(tr("Nothing here yet"), sentence);
}

void StatePage::showFilteredEmpty(const QString& sentence)
{
    command_->hide();
    clear_->show();
    showReason(tr("Nothing matches"), sentence);
}

} // namespace signalbox::views
