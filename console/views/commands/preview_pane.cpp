// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/commands/preview_pane.h"

#include "console/models/edit_words.h"
#include "console/text/numbers.h"
#include "console/text/plain_text.h"
#include "console/theme/metrics.h"
#include "console/views/frame/panel.h"
#include "console/views/readouts/diff_view.h"
#include "console/views/readouts/figures.h"
#include "console/views/readouts/rows_view.h"

#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>

namespace signalbox::views {

namespace {

using command::DeskState;
using Tone = RowsCell::Tone;
using Mark = RowsCell::Mark;

std::optional<double> known(double value)
{
    return value < 0 ? std::nullopt : std::optional(value);
}

// Where requests go to, or what is left of a pool: the one that the eye should meet first.
const model::SurvivorLoad* worstOf(const std::vector<model::SurvivorLoad>& loads)
{
    const auto worst = std::max_element(
        loads.begin(), loads.end(),
        [](const auto& a, const auto& b) { return a.utilisationAfter < b.utilisationAfter; });
    return worst == loads.end() ? nullptr : &*worst;
}

QString changeText(const QString& before, const QString& after)
{
    return before == after ? after : text::rangeText(before, after);
}

Figure figureOf(const QString& caption, const QString& before, const QString& after)
{
    if (before == after)
        return {caption, {}, after, {}};
    return {caption, PreviewPane::tr("%1 to").arg(before), after, {}};
}

RowsRow survivorRow(const model::SurvivorLoad& load, bool isWorst)
{
    const auto before = known(load.utilisationBefore);
    const auto after = known(load.utilisationAfter);
    RowsCell name{models::shownName(load.pool), isWorst ? Tone::Strong : Tone::Plain};
    const QString ready
        = changeText(text::countText(load.readyBefore), text::countText(load.readyAfter));
    theme::BarReading bar;
    bar.value = after;
    bar.bandLow = before ? std::optional(0.0) : std::nullopt;
    bar.bandHigh = before;
    RowsCell predicted{text::percentText(after), isWorst ? Tone::Strong : Tone::Plain};
    predicted.bar = bar;
    const QString ttft = changeText(text::millisecondsText(known(load.ttftBeforeMs)),
                                    text::millisecondsText(known(load.ttftAfterMs)));
    return {{name,
             {ready},
             {text::countText(load.inFlightMoved)},
             {text::percentText(before), Tone::Dim},
             predicted,
             {ttft}},
            RowsRow::Kind::Plain};
}

QString ageWords(std::int64_t ageMs)
{
    return ageMs < 0 ? PreviewPane::tr("none known")
                     : PreviewPane::tr("%1 ago").arg(text::ageText(ageMs));
}

Mark markOf(model::ProofVerdict verdict)
{
    switch (verdict) {
    case model::ProofVerdict::Unproven: return Mark::Cross;
    case model::ProofVerdict::NotReady:
    case model::ProofVerdict::LeftOut: return Mark::Pending;
    case model::ProofVerdict::Proven: return Mark::Check;
    }
    return Mark::None;
}

RowsRow proofRow(const model::StandbyProof& proof)
{
    const Tone tone = proof.verdict == model::ProofVerdict::Unproven ? Tone::Strong
        : proof.verdict == model::ProofVerdict::Proven               ? Tone::Plain
                                                                     : Tone::Dim;
    QString verdict = models::proofText(proof.verdict);
    if (!proof.problem.empty())
        verdict += QStringLiteral(": ")
            + text::plainText(proof.problem, text::kReasonCharacters);
    return {{{models::shownName(proof.agent), tone, markOf(proof.verdict)},
             {QString::fromStdString(std::string(nameOf(proof.health.state))), Tone::Dim},
             {proof.modelListed ? PreviewPane::tr("listed") : PreviewPane::tr("not listed"),
              proof.modelListed ? Tone::Dim : Tone::Strong},
             {ageWords(proof.lastTokenAgeMs), Tone::Dim},
             {ageWords(proof.lastProbeAgeMs), Tone::Dim},
             {verdict, tone}},
            RowsRow::Kind::Plain};
}

QString bannerWords(const command::CommandDesk& desk)
{
    const QString problem = text::plainText(desk.problem(), text::kReasonCharacters);
    switch (desk.state()) {
    case DeskState::Conflict:
        return PreviewPane::tr("Changed since you looked: somebody else was first, and nothing was "
                               "written. This is what it would do now.");
    case DeskState::Unsure:
        return PreviewPane::tr("No answer: %1. It may have been applied. Trying again sends the "
                               "very same request, which is applied once.")
            .arg(problem);
    case DeskState::Refused: return PreviewPane::tr("Not applied: %1").arg(problem);
    case DeskState::Failed:
        return PreviewPane::tr("No preview: %1. It is asked for again each 5 s.").arg(problem);
    case DeskState::Closed:
    case DeskState::Incomplete:
    case DeskState::Previewing:
    case DeskState::Previewed:
    case DeskState::Applying: break;
    }
    if (desk.isChanged())
        return PreviewPane::tr("Changed since you looked. This is what it would do now.");
    return problem.isEmpty()
        ? QString()
        : PreviewPane::tr("The preview could not be refreshed: %1").arg(problem);
}

RowsView* makeProofs(QWidget* parent)
{
    return new RowsView(PreviewPane::tr("Proof that the standby is ready"),
                        {{PreviewPane::tr("Instance"), 148, 2},
                         {PreviewPane::tr("Health"), 76, 0},
                         {PreviewPane::tr("Model"), 84, 0},
                         {PreviewPane::tr("Last token"), 96, 0},
                         {PreviewPane::tr("Last probe"), 96, 0},
                         {PreviewPane::tr("Verdict"), 160, 3}},
                        parent);
}

RowsView* makeSurvivors(QWidget* parent)
{
    using Align = RowsColumn::Align;
    return new RowsView(PreviewPane::tr("Survivors"),
                        {{PreviewPane::tr("Pool"), 120, 3},
                         {PreviewPane::tr("Ready"), 84, 0, Align::Right},
                         {PreviewPane::tr("Ends there"), 92, 0, Align::Right},
                         {PreviewPane::tr("Load now"), 84, 0, Align::Right},
                         {PreviewPane::tr("Predicted load"), 152, 0},
                         {PreviewPane::tr("TTFT, mean"), 140, 1, Align::Right}},
                        parent);
}

QFrame* addHairline(QVBoxLayout* into, QWidget* parent)
{
    auto* line = new QFrame(parent);
    line->setFrameShape(QFrame::HLine);
    line->setFixedHeight(theme::kHairline);
    line->setProperty("role", QLatin1String("hairline"));
    into->addWidget(line);
    return line;
}

} // namespace

PreviewPane::PreviewPane(QWidget* parent)
    : QWidget(parent), bannerPlace_(new QWidget(this)), banner_(new QFrame(bannerPlace_)),
      bannerText_(plainLabel({}, "strong", banner_)),
      accept_(new QPushButton(tr("I have looked"), banner_)), content_(new QWidget(this)),
      figures_(new Figures(content_)), proofs_(makeProofs(content_)),
      survivors_(makeSurvivors(content_)), diff_(new DiffView(content_)),
      altered_(plainLabel({}, "dim", content_)), refusal_(plainLabel({}, "strong", content_)),
      warnings_(new QVBoxLayout)
{
    setAccessibleName(tr("Preview"));
    makeBanner();
    makeContent();
    auto* scroll = new QScrollArea(this);
    scroll->setWidget(content_);
    scroll->setWidgetResizable(true);
    scroll->viewport()->setAutoFillBackground(false); // the sheet's own ground
    content_->setAutoFillBackground(false);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setAccessibleName(tr("Preview"));
    scroll->setToolTip(tr("What would come of it; Page Up and Page Down scroll"));
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    auto* bannerLayout = new QVBoxLayout(bannerPlace_);
    bannerLayout->setContentsMargins(theme::kSheetPadding, theme::kPadding, theme::kSheetPadding,
                                     0);
    bannerLayout->addWidget(banner_);
    all->addWidget(bannerPlace_);
    all->addWidget(scroll, 1);
}

void PreviewPane::makeBanner()
{
    banner_->setProperty("role", QLatin1String("raised"));
    bannerText_->setWordWrap(true);
    accept_->setToolTip(tr("Takes the plan that is shown now as the one to apply"));
    accept_->setAccessibleName(tr("I have looked at the new plan"));
    connect(accept_, &QPushButton::clicked, this, &PreviewPane::changeAccepted);
    auto* bannerLine = new QHBoxLayout(banner_);
    bannerLine->setContentsMargins(theme::kPadding, theme::kGap, theme::kPadding, theme::kGap);
    bannerLine->addWidget(bannerText_, 1);
    bannerLine->addWidget(accept_);
}

void PreviewPane::makeContent()
{
    auto* inner = new QVBoxLayout(content_);
    inner->setContentsMargins(theme::kSheetPadding, theme::kPadding, theme::kSheetPadding,
                              theme::kPadding);
    inner->setSpacing(theme::kPadding);
    inner->addWidget(figures_);
    proofSection_ = makeSection(inner, tr("Proof that the standby is ready"), &proofTitle_);
    proofSection_->layout()->addWidget(proofs_);
    QLabel* hint = nullptr;
    survivorSection_ = makeSection(inner, tr("Survivors"), &hint);
    hint->setText(tr("from the newest load reports; grey field: load now"));
    survivorSection_->layout()->addWidget(survivors_);
    line_ = addHairline(inner, content_);
    inner->addLayout(makeHalves());
    inner->addStretch(1);
}

// The change at the left, what to think of at its right.
QHBoxLayout* PreviewPane::makeHalves()
{
    auto* halves = new QHBoxLayout;
    halves->setSpacing(theme::kSheetPadding);
    auto* left = new QVBoxLayout;
    QWidget* change = makeSection(left, tr("Change"), &changeHint_);
    change->layout()->addWidget(diff_);
    altered_->setWordWrap(true);
    change->layout()->addWidget(altered_);
    left->addStretch(1);
    auto* right = new QVBoxLayout;
    QLabel* hint = nullptr;
    QWidget* know = makeSection(right, tr("Know before you apply"), &hint);
    refusal_->setWordWrap(true);
    know->layout()->addWidget(refusal_);
    warnings_->setSpacing(theme::kGap);
    static_cast<QVBoxLayout*>(know->layout())->addLayout(warnings_);
    right->addStretch(1);
    halves->addLayout(left, 1);
    halves->addLayout(right, 1);
    return halves;
}

QWidget* PreviewPane::makeSection(QVBoxLayout* into, const QString& title, QLabel** hint)
{
    auto* section = new QWidget(content_);
    auto* layout = new QVBoxLayout(section);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(theme::kGap4);
    auto* head = new QHBoxLayout;
    head->setSpacing(theme::kGap);
    head->addWidget(plainLabel(title, "strong", section));
    *hint = plainLabel({}, "dim", section);
    head->addWidget(*hint, 1);
    layout->addLayout(head);
    into->addWidget(section);
    return section;
}

void PreviewPane::show(const command::CommandDesk& desk)
{
    showBanner(desk);
    const bool isCurrent = desk.preview().has_value();
    content_->setEnabled(isCurrent);
    if (isCurrent)
        return showPreview(*desk.preview());
    const bool isNew = diff_->accessibleDescription().isEmpty();
    content_->setVisible(!isNew);
}

void PreviewPane::showBanner(const command::CommandDesk& desk)
{
    QString words = bannerWords(desk);
    const bool isWaiting = words.isEmpty() && !desk.preview();
    if (isWaiting)
        words = desk.state() == DeskState::Incomplete
            ? tr("Choose what is to change; what would come of it is shown here.")
            : tr("Asking the fleet what would come of it...");
    bannerPlace_->setVisible(!words.isEmpty());
    bannerText_->setText(words);
    accept_->setVisible(desk.isChanged() && desk.preview());
}

void PreviewPane::showPreview(const model::Preview& preview)
{
    content_->show();
    showFigures(preview);
    showProofs(preview);
    showSurvivors(preview);
    line_->setVisible(!preview.survivors.empty() || !preview.proofs.empty());
    changeHint_->setText(preview.plan.undoes == 0
                             ? tr("on policy revision %1").arg(preview.plan.baseRevision)
                             : tr("undoes record %1, on policy revision %2")
                                   .arg(preview.plan.undoes)
                                   .arg(preview.plan.baseRevision));
    diff_->setDiff(preview.diff);
    diff_->setVisible(!preview.diff.empty());
    altered_->setText(preview.diff.empty()
                          ? tr("It is so already.")
                          : tr("Alters %1").arg(models::listText(preview.agents, 6)));
    showWarnings(preview);
}

void PreviewPane::showFigures(const model::Preview& preview)
{
    const model::SurvivorLoad* worst = worstOf(preview.survivors);
    figures_->setVisible(worst != nullptr);
    if (worst == nullptr)
        return;
    std::int64_t moved = 0;
    for (const model::SurvivorLoad& load : preview.survivors)
        moved += load.inFlightMoved;
    figures_->setFigures(
        {figureOf(tr("Load of %1").arg(models::shownName(worst->pool)),
                  text::percentText(known(worst->utilisationBefore)),
                  text::percentText(known(worst->utilisationAfter))),
         figureOf(tr("TTFT, mean, predicted"),
                  text::millisecondsText(known(worst->ttftBeforeMs)),
                  text::millisecondsText(known(worst->ttftAfterMs))),
         figureOf(tr("Ready"), text::countText(worst->readyBefore),
                  text::countText(worst->readyAfter)),
         {tr("Requests that end there"), {}, text::countText(moved), {}}});
}

void PreviewPane::showProofs(const model::Preview& preview)
{
    proofSection_->setVisible(!preview.proofs.empty());
    std::vector<RowsRow> rows;
    std::int64_t proven = 0;
    for (const model::StandbyProof& proof : preview.proofs) {
        rows.push_back(proofRow(proof));
        proven += proof.verdict == model::ProofVerdict::Proven ? 1 : 0;
    }
    const auto total = static_cast<std::int64_t>(preview.proofs.size());
    const bool isUnproven
        = std::any_of(preview.proofs.begin(), preview.proofs.end(), [](const auto& proof) {
              return proof.verdict == model::ProofVerdict::Unproven;
          });
    proofTitle_->setText(isUnproven
                             ? tr("not given: %1 proven").arg(text::ofText(proven, total))
                             : tr("%1 proven").arg(text::ofText(proven, total)));
    proofs_->setRows(std::move(rows));
}

void PreviewPane::showSurvivors(const model::Preview& preview)
{
    survivorSection_->setVisible(!preview.survivors.empty());
    const model::SurvivorLoad* worst = worstOf(preview.survivors);
    std::vector<RowsRow> rows;
    for (const model::SurvivorLoad& load : preview.survivors)
        rows.push_back(survivorRow(load, &load == worst && preview.survivors.size() > 1));
    survivors_->setRows(std::move(rows));
}

void PreviewPane::showWarnings(const model::Preview& preview)
{
    refusal_->setVisible(!preview.refusal.empty());
    refusal_->setText(
        tr("Refused: %1").arg(text::plainText(preview.refusal, text::kReasonCharacters)));
    const int wanted = std::max(1, static_cast<int>(preview.warnings.size()));
    while (warnings_->count() > wanted) {
        QLayoutItem* item = warnings_->takeAt(warnings_->count() - 1);
        item->widget()->deleteLater();
        delete item;
    }
    while (warnings_->count() < wanted) {
        QLabel* line = plainLabel({}, nullptr, content_);
        line->setWordWrap(true);
        warnings_->addWidget(line);
    }
    for (int i = 0; i < wanted; ++i) {
        const auto at = static_cast<std::size_t>(i);
        const QString words = preview.warnings.empty()
            ? tr("Nothing stands out.")
            : QStringLiteral("\u2022 ")
                + text::plainText(preview.warnings[at], text::kReasonCharacters);
        static_cast<QLabel*>(warnings_->itemAt(i)->widget())->setText(words);
    }
}

} // namespace signalbox::views
