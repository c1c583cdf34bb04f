// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/inspector/inspector_panel.h"

#include "console/theme/badges.h"
#include "console/theme/marks.h"
#include "console/theme/metrics.h"
#include "console/views/frame/act_words.h"
#include "console/views/frame/painting.h"
#include "console/views/frame/panel.h"
#include "console/views/inspector/fact_table.h"

#include <QGridLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

namespace signalbox::inspector {

namespace {

constexpr int kOffersAcross = 2;

QLabel* paragraph(const char* role, QWidget* parent)
{
    QLabel* label = views::plainLabel({}, role, parent);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

QFrame* hairline(QWidget* parent)
{
    auto* line = new QFrame(parent);
    line->setFrameShape(QFrame::HLine);
    line->setFixedHeight(theme::kHairline);
    line->setProperty("role", QLatin1String("hairline"));
    return line;
}

QWidget* section(const QString& title, std::initializer_list<QLabel*> lines, QWidget* parent)
{
    auto* box = new QWidget(parent);
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::kGap4);
    auto* inner = new QVBoxLayout;
    inner->setContentsMargins(theme::kPadding, theme::kGap, theme::kPadding, theme::kGap);
    inner->setSpacing(theme::kGap4);
    inner->addWidget(views::plainLabel(title, "caption", box));
    for (QLabel* line : lines)
        inner->addWidget(line);
    column->addLayout(inner);
    column->addWidget(hairline(box));
    return box;
}

} // namespace

// Kind and badge of what is shown.
// Lives on: gui thread. Owned by the panel.
class HeadMarks final : public QWidget {
public:
    HeadMarks(views::Session& session, QWidget* parent) : QWidget(parent), session_(session)
    {
        setFixedSize(theme::kBadgeSize, 2 * theme::kRowHeight);
    }
    void show(const Inspected& shown)
    {
        kind_ = shown.kind;
        priority_ = shown.priority;
        ack_ = shown.ack;
        update();
    }

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        const theme::Tokens& t = views::tokensFor(session_.store);
        const int side = theme::kKindSize;
        theme::paintKind(painter,
                         QRect((width() - side) / 2, (theme::kRowHeight - side) / 2, side, side),
                         kind_, t);
        theme::paintBadge(painter,
                          QRect(0, theme::kRowHeight, theme::kBadgeSize, theme::kBadgeSize),
                          priority_, ack_, t);
    }

private:
    views::Session& session_;
    theme::Kind kind_ = theme::Kind::Instance;
    model::Priority priority_ = model::Priority::None;
    model::Ack ack_ = model::Ack::New;
};

InspectorPanel::InspectorPanel(views::Session& session, QWidget* parent)
    : QWidget(parent), session_(session), marks_(new HeadMarks(session, this)),
      title_(views::plainLabel({}, "name", this)), state_(views::plainLabel({}, "dim", this)),
      nothing_(paragraph("dim", this)), why_(paragraph(nullptr, this)),
      meaning_(paragraph("dim", this)), steps_(paragraph(nullptr, this)),
      groups_(new QVBoxLayout), foot_(new QWidget(this)), offers_(new QGridLayout)
{
    setAccessibleName(tr("Inspector"));
    setMinimumWidth(theme::kInspectorNarrowWidth);
    auto* content = new QWidget(this);
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    buildHead(column);
    whyBox_ = section(tr("Why"), {why_, meaning_}, content);
    stepsBox_ = section(tr("What to do"), {steps_}, content);
    column->addWidget(whyBox_);
    column->addWidget(stepsBox_);
    groups_->setSpacing(0);
    column->addLayout(groups_);
    column->addStretch(1);
    auto* area = new QScrollArea(this);
    area->setWidget(content);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setAccessibleName(tr("Details of what is selected"));
    area->setToolTip(tr("Details of what is selected"));
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addWidget(area, 1);
    buildFoot(all);
    connect(&session.store, &fleet::FleetStore::refreshed, this, &InspectorPanel::refresh);
    connect(&session.store, &fleet::FleetStore::policyChanged, this, &InspectorPanel::refresh);
    connect(&session.store, &fleet::FleetStore::auditChanged, this, &InspectorPanel::refresh);
    connect(&session.selection, &views::Selection::changed, this, &InspectorPanel::refresh);
    connect(&session.time, &views::TimeDisplay::changed, this, &InspectorPanel::refresh);
    refresh();
}

void InspectorPanel::buildHead(QVBoxLayout* column)
{
    auto* head = new QHBoxLayout;
    head->setContentsMargins(theme::kGap, theme::kGap, theme::kPadding, theme::kGap);
    head->setSpacing(theme::kGap4);
    auto* words = new QVBoxLayout;
    words->setSpacing(0);
    for (QLabel* label : {title_, state_}) {
        label->setFixedHeight(theme::kRowHeight);
        label->setMinimumWidth(1);
        words->addWidget(label);
    }
    head->addWidget(marks_, 0, Qt::AlignTop);
    head->addLayout(words, 1);
    column->addLayout(head);
    nothing_->setContentsMargins(theme::kPadding, 0, theme::kPadding, theme::kGap);
    column->addWidget(nothing_);
    column->addWidget(hairline(this));
}

void InspectorPanel::buildFoot(QVBoxLayout* column)
{
    auto* inner = new QVBoxLayout(foot_);
    inner->setContentsMargins(theme::kPadding, theme::kGap, theme::kPadding, theme::kPadding);
    inner->setSpacing(theme::kGap);
    inner->addWidget(views::plainLabel(tr("Act (opens a preview)"), "caption", foot_));
    offers_->setSpacing(theme::kGap);
    inner->addLayout(offers_);
    column->addWidget(hairline(this));
    column->addWidget(foot_);
}

void InspectorPanel::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    refresh();
}

void InspectorPanel::refresh()
{
    if (isTold_ && !isVisible())
        return;
    Inspected now = inspect(session_, session_.selection.current());
    if (isTold_ && now == shown_)
        return;
    isTold_ = true;
    shown_ = std::move(now);
    tellHead();
    tellWhy();
    tellGroups();
    tellOffers();
}

void InspectorPanel::tellHead()
{
    const bool isNone = session_.selection.current().isNone();
    marks_->setVisible(!isNone);
    marks_->show(shown_);
    title_->setVisible(!isNone);
    title_->setText(shown_.title);
    title_->setToolTip(shown_.title.toHtmlEscaped());
    state_->setVisible(!isNone);
    state_->setText(shown_.state);
    state_->setToolTip(shown_.state.toHtmlEscaped());
    nothing_->setVisible(!shown_.isKnown);
    nothing_->setText(isNone ? tr("Nothing is selected. Select an instance, a pool, a route or a "
                                  "change, and it is explained here.")
                             : tr("It is not in the fleet, or no longer."));
}

void InspectorPanel::tellWhy()
{
    whyBox_->setVisible(!shown_.why.isEmpty());
    why_->setText(shown_.why.join(u'\n'));
    meaning_->setVisible(!shown_.meaning.isEmpty());
    meaning_->setText(shown_.meaning);
    stepsBox_->setVisible(!shown_.steps.isEmpty());
    QStringList lines;
    for (const QString& step : shown_.steps)
        lines << QStringLiteral("%1. %2").arg(lines.size() + 1).arg(step);
    steps_->setText(lines.join(u'\n'));
}

void InspectorPanel::tellGroups()
{
    while (groupBoxes_.size() < shown_.groups.size()) {
        groupBoxes_.push_back(new FactTable(this));
        groups_->addWidget(groupBoxes_.back());
    }
    for (std::size_t i = 0; i < groupBoxes_.size(); ++i) {
        groupBoxes_[i]->setVisible(i < shown_.groups.size());
        if (i < shown_.groups.size())
            groupBoxes_[i]->setGroup(shown_.groups[i]);
    }
}

// Buttons are kept, so that the one with the focus does not lose it to a refresh.
void InspectorPanel::tellOffers()
{
    while (buttons_.size() < shown_.offers.size()) {
        const auto place = static_cast<int>(buttons_.size());
        auto* button = new QPushButton(foot_);
        offers_->addWidget(button, place / kOffersAcross, place % kOffersAcross);
        connect(button, &QPushButton::clicked, this, [this, place] {
            const auto index = static_cast<std::size_t>(place);
            if (index < shown_.offers.size())
                Q_EMIT actRequested(shown_.offers[index].act, {session_.selection.current()});
        });
        buttons_.push_back(button);
    }
    foot_->setVisible(!shown_.offers.empty());
    for (std::size_t i = 0; i < buttons_.size(); ++i) {
        buttons_[i]->setVisible(i < shown_.offers.size());
        if (i >= shown_.offers.size())
            continue;
        const Offer& offer = shown_.offers[i];
        const QString& word = views::wordsOf(offer.act).name;
        const QString key = views::keyText(views::wordsOf(offer.act));
        buttons_[i]->setText(key.isEmpty() ? word : QStringLiteral("%1   %2").arg(word, key));
        buttons_[i]->setEnabled(offer.refusal.isEmpty());
        buttons_[i]->setAccessibleName(tr("%1 %2, opens a preview").arg(word, shown_.title));
        const QString tip = offer.refusal.isEmpty()
            ? tr("Opens a preview of %1; changes nothing yet").arg(word)
            : tr("%1 is off: %2").arg(word, offer.refusal);
        buttons_[i]->setAccessibleDescription(tip);
        buttons_[i]->setToolTip(
            (key.isEmpty() ? tip : QStringLiteral("%1 (%2)").arg(tip, key)).toHtmlEscaped());
    }
}

} // namespace signalbox::inspector
