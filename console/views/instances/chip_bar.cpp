// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/instances/chip_bar.h"

#include "console/text/numbers.h"
#include "console/text/plain_text.h"
#include "console/theme/metrics.h"
#include "console/views/frame/panel.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>

namespace signalbox::views {

namespace {

constexpr int kChipsAtMost = 6; // the field holds all of them anyway
constexpr int kChipCharacters = 32;

} // namespace

ChipBar::ChipBar(models::InstanceTableModel& model, QWidget* parent)
    : QWidget(parent), model_(model), chips_(new QHBoxLayout), acts_(new QHBoxLayout),
      order_(plainLabel({}, "chip", this)), abnormal_(new QToolButton(this)),
      pending_(new QPushButton(tr("order changed, press s"), this)),
      marked_(plainLabel({}, "strong", this))
{
    setFixedHeight(theme::kScreenHeadHeight - theme::kGap);
    abnormal_->setText(tr("Only abnormal  e"));
    abnormal_->setCheckable(true);
    abnormal_->setAccessibleName(tr("Only abnormal"));
    abnormal_->setToolTip(tr("Show only what is not as on a quiet day (e)"));
    pending_->setAccessibleName(tr("Order changed"));
    pending_->setToolTip(tr("Rows would stand elsewhere now. Put them there (s)"));
    pending_->setVisible(false);
    order_->setFixedHeight(theme::kButtonHeight);
    order_->setToolTip(tr("Click a head, or press o in a column, to sort by it"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(theme::kPadding, 0, theme::kPadding, 0);
    row->setSpacing(theme::kGap);
    chips_->setSpacing(theme::kGap);
    row->addLayout(chips_);
    row->addWidget(order_);
    row->addWidget(abnormal_);
    row->addWidget(pending_);
    row->addStretch(1);
    row->addWidget(marked_);
    acts_->setSpacing(theme::kGap);
    row->addLayout(acts_);
    connect(abnormal_, &QToolButton::clicked, this, &ChipBar::abnormalToggled);
    connect(pending_, &QPushButton::clicked, this, &ChipBar::arrangeRequested);
    connect(&model_, &models::InstanceTableModel::countsChanged, this, &ChipBar::rebuild);
    connect(&model_, &models::InstanceTableModel::arranged, this, &ChipBar::rebuild);
    connect(&model_, &models::InstanceTableModel::orderPendingChanged, this,
            [this] { pending_->setVisible(model_.isOrderPending()); });
    rebuild();
}

void ChipBar::addAct(QPushButton* button)
{
    acts_->addWidget(button);
}

void ChipBar::setMarked(int marked)
{
    marked_->setText(marked == 0 ? QString() : tr("%1 marked").arg(text::countText(marked)));
}

QStringList ChipBar::chips() const
{
    QStringList words;
    for (const QWidget* chip : made_)
        words << chip->accessibleName();
    if (model_.shown() == models::Shown::OnlyAbnormal)
        words << abnormal_->accessibleName();
    if (model_.isOrderPending())
        words << pending_->text();
    return words;
}

QPushButton* ChipBar::addChip(const QString& words, const QString& toolTip)
{
    auto* chip = new QPushButton(
        text::plainText(words, kChipCharacters) + QStringLiteral("  \u00d7"), this);
    chip->setAccessibleName(words);
    chip->setToolTip(toolTip);
    chips_->addWidget(chip);
    made_.push_back(chip);
    return chip;
}

void ChipBar::rebuild()
{
    const QString title = models::titleOf(model_.sortColumn()).toLower();
    order_->setText(model_.sortOrder() == Qt::AscendingOrder ? tr("order: %1").arg(title)
                                                             : tr("order: %1, down").arg(title));
    abnormal_->setChecked(model_.shown() == models::Shown::OnlyAbnormal);
    QStringList wanted;
    if (model_.groupBy() != models::GroupBy::None)
        wanted << (model_.groupBy() == models::GroupBy::Pool ? tr("group: pool")
                                                             : tr("group: zone"));
    const QStringList terms = model_.filter().terms();
    const QStringList problems = model_.filter().problems();
    if (wanted + terms + problems == property("shown").toStringList())
        return;
    setProperty("shown", wanted + terms + problems);
    for (QWidget* old : made_) {
        old->hide();
        old->deleteLater(); // it may be the one that was just clicked
    }
    made_.clear();
    for (const QString& group : wanted)
        connect(addChip(group, tr("Do not group (Shift+G goes on to the next)")),
                &QPushButton::clicked, this, &ChipBar::ungroupRequested);
    const QString filter = model_.filterText();
    for (const QString& term : terms.mid(0, kChipsAtMost))
        connect(addChip(term, tr("Take this filter away")), &QPushButton::clicked, this,
                [this, filter, term] {
                    Q_EMIT filterChanged(models::AgentFilter::without(filter, term));
                });
    const auto addNote = [this](const QString& words) {
        QLabel* note = plainLabel(words, "dim", this);
        note->setAccessibleName(words);
        chips_->addWidget(note);
        made_.push_back(note);
    };
    if (terms.size() > kChipsAtMost)
        addNote(tr("and %1 more").arg(terms.size() - kChipsAtMost));
    if (!problems.isEmpty())
        addNote(tr("not understood, hides nothing: %1")
                    .arg(text::plainText(problems.join(QLatin1Char(' ')), kChipCharacters)));
}

} // namespace signalbox::views
