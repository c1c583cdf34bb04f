// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/inspector/fact_table.h"

#include "console/text/numbers.h"
#include "console/theme/metrics.h"
#include "console/views/frame/panel.h"

#include <QGridLayout>
#include <QLabel>

namespace signalbox::inspector {

namespace {

constexpr int kValueCharacters = 30; // longer ones are cut in the middle; the tool tip has all

} // namespace

FactTable::FactTable(QWidget* parent)
    : QWidget(parent), title_(views::plainLabel({}, "caption", this)), grid_(new QGridLayout(this))
{
    grid_->setContentsMargins(theme::kPadding, theme::kGap, theme::kPadding, theme::kGap);
    grid_->setHorizontalSpacing(theme::kGap);
    grid_->setVerticalSpacing(0);
    grid_->setColumnStretch(1, 1);
    grid_->addWidget(title_, 0, 0, 1, 2);
}

void FactTable::setGroup(const FactGroup& group)
{
    title_->setText(group.title);
    setAccessibleName(group.title);
    while (rows_.size() < group.facts.size()) {
        Row row{views::plainLabel({}, "dim", this), views::plainLabel({}, nullptr, this)};
        row.value->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
        row.value->setTextInteractionFlags(Qt::TextSelectableByMouse);
        const int line = static_cast<int>(rows_.size()) + 1;
        grid_->addWidget(row.name, line, 0);
        grid_->addWidget(row.value, line, 1);
        rows_.push_back(row);
    }
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        const bool isUsed = i < group.facts.size();
        rows_[i].name->setVisible(isUsed);
        rows_[i].value->setVisible(isUsed);
        if (!isUsed)
            continue;
        const Fact& fact = group.facts[i];
        rows_[i].name->setText(text::cutMiddle(fact.name, kValueCharacters));
        rows_[i].value->setText(text::cutMiddle(fact.value, kValueCharacters));
        rows_[i].value->setAccessibleName(fact.name);
        rows_[i].value->setToolTip(
            QStringLiteral("%1: %2").arg(fact.name, fact.value).toHtmlEscaped());
    }
}

} // namespace signalbox::inspector
