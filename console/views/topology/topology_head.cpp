// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/topology/topology_head.h"

#include "console/text/numbers.h"
#include "console/text/plain_text.h"
#include "console/theme/icons.h"
#include "console/theme/metrics.h"
#include "console/views/frame/panel.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QToolButton>
#include <QVBoxLayout>

namespace signalbox::topology {

namespace {

constexpr int kFieldLeast = 132;
constexpr int kFieldMost = 272;
constexpr int kPlaceCharacters = 18; // of a pool or an instance; the whole stands in the picture

QLabel* chip(QWidget* parent, const QString& name)
{
    QLabel* label = views::plainLabel({}, "chip", parent);
    label->setAccessibleName(name);
    label->setFixedHeight(theme::kChipHeight);
    label->hide();
    return label;
}

void say(QLabel* label, const QString& words)
{
    if (label->text() != words)
        label->setText(words);
    label->setVisible(!words.isEmpty());
}

} // namespace

QToolButton* TopologyHead::addChoice(const QString& text, const QString& toolTip,
                                     const QString& key)
{
    auto* button = new QToolButton(this);
    button->setText(text);
    button->setCheckable(true);
    button->setAccessibleName(text);
    button->setToolTip(tr("%1 (%2)").arg(toolTip, key));
    return button;
}

TopologyHead::TopologyHead(QWidget* parent)
    : QWidget(parent), place_(views::plainLabel({}, "dim", this)),
      counts_(chip(this, tr("Drawn and hidden"))), detail_(chip(this, tr("Left out"))),
      source_(chip(this, tr("Sources"))), mistake_(views::plainLabel({}, "strong", this)),
      field_(new QLineEdit(this)),
      graph_(addChoice(tr("Graph"), tr("Nodes with what connects them"), tr("v"))),
      grid_(addChoice(tr("Grid"), tr("Each instance a cell, grey by load"), tr("v"))),
      table_(addChoice(tr("Table"), tr("The same as rows: Instances"), tr("v"))),
      fleet_(addChoice(tr("Fleet"), tr("Gateways, routes, pools"), tr("Backspace"))),
      pool_(addChoice(tr("Pool"), tr("Instances of one pool"), tr("Enter"))),
      instance_(addChoice(tr("Instance"), tr("One instance and who sends to it"), tr("Enter"))),
      fit_(new QToolButton(this))
{
    field_->setPlaceholderText(tr("Find or hide: kv>0.9, state=stale"));
    field_->setAccessibleName(tr("Find or hide"));
    field_->setToolTip(tr("Find: state=stale kv>0.9 model~llama* (/)\n"
                          "Hide: !pool=chat, or state=stale -hide\nClear: Esc"));
    field_->setClearButtonEnabled(true);
    field_->setMinimumWidth(kFieldLeast);
    field_->setMaximumWidth(kFieldMost);
    fit_->setIcon(theme::iconFor(theme::Icon::Fit));
    fit_->setAccessibleName(tr("Fit"));
    fit_->setToolTip(tr("Show all of it (0)"));
    mistake_->setAccessibleName(tr("What is wrong with the expression"));
    mistake_->hide();

    auto* line = new QHBoxLayout;
    line->setContentsMargins(theme::kPadding, 0, theme::kPadding, 0);
    line->setSpacing(theme::kGap);
    line->addWidget(views::plainLabel(tr("Topology"), "title", this));
    line->addWidget(place_);
    line->addWidget(counts_);
    line->addStretch(1);
    line->addWidget(field_, 100);
    const auto addGroup = [&](std::initializer_list<QToolButton*> buttons) {
        auto* group = new QHBoxLayout;
        group->setSpacing(1);
        for (QToolButton* button : buttons)
            group->addWidget(button);
        line->addLayout(group);
    };
    addGroup({graph_, grid_, table_});
    addGroup({fleet_, pool_, instance_});
    line->addWidget(fit_);
    auto* first = new QWidget(this);
    first->setFixedHeight(theme::kScreenHeadHeight);
    first->setLayout(line);
    auto* wrong = new QHBoxLayout;
    wrong->setContentsMargins(theme::kPadding, 0, theme::kPadding, theme::kGap4);
    wrong->setSpacing(theme::kGap);
    wrong->addWidget(source_);
    wrong->addWidget(detail_);
    wrong->addStretch(1);
    wrong->addWidget(mistake_);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addWidget(first);
    all->addLayout(wrong);
    connectAll();
}

void TopologyHead::connectAll()
{
    connect(graph_, &QToolButton::clicked, this, [this] { Q_EMIT mannerChosen(Manner::Graph); });
    connect(grid_, &QToolButton::clicked, this, [this] { Q_EMIT mannerChosen(Manner::Grid); });
    connect(table_, &QToolButton::clicked, this, [this] {
        table_->setChecked(false);
        Q_EMIT tableChosen();
    });
    connect(fleet_, &QToolButton::clicked, this, [this] { Q_EMIT levelChosen(Level::Fleet); });
    connect(pool_, &QToolButton::clicked, this, [this] { Q_EMIT levelChosen(Level::Pool); });
    connect(instance_, &QToolButton::clicked, this,
            [this] { Q_EMIT levelChosen(Level::Instance); });
    connect(fit_, &QToolButton::clicked, this, &TopologyHead::fitChosen);
}

void TopologyHead::tell(const Sight& sight, const QString& fleet)
{
    QStringList place{text::plainText(fleet)};
    if (sight.level != Level::Fleet)
        place << text::cutMiddle(text::plainText(sight.pool), kPlaceCharacters);
    if (sight.level == Level::Instance)
        place << text::cutMiddle(text::plainText(sight.agent), kPlaceCharacters);
    place_->setText(place.join(QStringLiteral("  ›  ")));
    graph_->setChecked(sight.manner == Manner::Graph);
    grid_->setChecked(sight.manner == Manner::Grid);
    fleet_->setChecked(sight.level == Level::Fleet);
    pool_->setChecked(sight.level == Level::Pool);
    instance_->setChecked(sight.level == Level::Instance);
}

void TopologyHead::tellCounts(int drawn, int hidden, int found)
{
    QString words = tr("%1 drawn, %2 hidden")
                        .arg(text::countText(drawn), text::countText(hidden));
    if (found >= 0)
        words = tr("%1 found, %2").arg(text::countText(found), words);
    say(counts_, words);
}

void TopologyHead::tellDetail(const QString& words)
{
    say(detail_, words);
}

void TopologyHead::tellSource(const QString& words)
{
    say(source_, words);
}

void TopologyHead::tellMistake(const QString& sentence)
{
    say(mistake_, sentence);
    field_->setAccessibleDescription(sentence);
}

} // namespace signalbox::topology
