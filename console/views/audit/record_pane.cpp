// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/audit/record_pane.h"

#include "console/models/edit_words.h"
#include "console/text/numbers.h"
#include "console/text/plain_text.h"
#include "console/theme/metrics.h"
#include "console/views/frame/panel.h"
#include "console/views/readouts/diff_view.h"
#include "console/views/readouts/rows_view.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

namespace signalbox::views {

namespace {

constexpr int kHashCharacters = 24;

RowsRow pair(const QString& name, const QString& value)
{
    return {{{name, RowsCell::Tone::Dim}, {value}}, RowsRow::Kind::Plain};
}

QString shareRange(double before, double after)
{
    const auto known = [](double value) {
        return value < 0 ? std::nullopt : std::optional(value);
    };
    return text::rangeText(text::percentText(known(before)), text::percentText(known(after)));
}

RowsRow survivorRow(const model::SurvivorLoad& load)
{
    return {{{models::shownName(load.pool)},
             {text::rangeText(text::countText(load.readyBefore), text::countText(load.readyAfter))},
             {shareRange(load.utilisationBefore, load.utilisationAfter)}},
            RowsRow::Kind::Plain};
}

QString hashText(const std::string& hash)
{
    return hash.empty() ? RecordPane::tr("not known here")
                        : text::cutMiddle(text::plainText(hash), kHashCharacters);
}

} // namespace

RecordPane::RecordPane(Session& session, QWidget* parent)
    : QFrame(parent), session_(session), title_(plainLabel({}, "strong", this)),
      revision_(plainLabel({}, "dim", this)), content_(new QWidget(this)),
      what_(plainLabel({}, "name", content_)),
      who_(new RowsView(tr("Who and why"), {{{}, 72, 0}, {{}, 160, 1}}, content_)),
      diff_(new DiffView(content_)),
      survivors_(new RowsView(tr("What the preview said"),
                              {{tr("Pool"), 100, 1},
                               {tr("Ready"), 80, 0, RowsColumn::Align::Right},
                               {tr("Load"), 110, 0, RowsColumn::Align::Right}},
                              content_)),
      hashes_(plainLabel({}, "mono", content_)),
      undo_(new QPushButton(tr("Undo, preview"), this))
{
    setProperty("role", QLatin1String("panel"));
    setAttribute(Qt::WA_StyledBackground);
    setAccessibleName(tr("Selected record"));
    who_->setHead(RowsView::Head::Hidden);
    auto* head = new QHBoxLayout;
    head->setContentsMargins(theme::kPadding, 0, theme::kPadding, 0);
    head->addWidget(title_);
    head->addWidget(revision_, 1);
    auto* headPlace = new QWidget(this);
    headPlace->setFixedHeight(theme::kScreenHeadHeight);
    headPlace->setLayout(head);

    makeContent();
    auto* scroll = new QScrollArea(this);
    scroll->setWidget(content_);
    scroll->setWidgetResizable(true);
    scroll->viewport()->setAutoFillBackground(false);
    content_->setAutoFillBackground(false);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setAccessibleName(tr("Selected record"));
    scroll->setToolTip(tr("All that is kept of the selected record"));
    undo_->setAccessibleName(tr("Undo this record, with a preview"));
    undo_->setToolTip(tr("Opens the preview of its undo (U)"));
    connect(undo_, &QPushButton::clicked, this, &RecordPane::undoRequested);
    auto* foot = new QHBoxLayout;
    foot->setContentsMargins(theme::kPadding, theme::kGap, theme::kPadding, theme::kGap);
    foot->addWidget(undo_);
    foot->addStretch(1);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(theme::kHairline, theme::kHairline, theme::kHairline, theme::kHairline);
    all->setSpacing(0);
    all->addWidget(headPlace);
    all->addWidget(scroll, 1);
    all->addLayout(foot);
    showNothing();
}

void RecordPane::makeContent()
{
    auto* inner = new QVBoxLayout(content_);
    inner->setContentsMargins(theme::kPadding, theme::kGap, theme::kPadding, theme::kPadding);
    inner->setSpacing(theme::kPadding);
    what_->setWordWrap(true);
    inner->addWidget(what_);
    addSection(inner, tr("Who and why"))->addWidget(who_);
    addSection(inner, tr("Change"))->addWidget(diff_);
    QVBoxLayout* said = addSection(inner, tr("What the preview said"));
    previewed_ = said->parentWidget();
    said->addWidget(survivors_);
    addSection(inner, tr("Chain"))->addWidget(hashes_);
    inner->addStretch(1);
    hashes_->setTextInteractionFlags(Qt::TextSelectableByMouse);
}

QVBoxLayout* RecordPane::addSection(QVBoxLayout* into, const QString& title)
{
    auto* section = new QWidget(content_);
    auto* layout = new QVBoxLayout(section);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(theme::kGap4);
    layout->addWidget(plainLabel(title, "strong", section));
    into->addWidget(section);
    return layout;
}

void RecordPane::showNothing()
{
    title_->setText(tr("No record selected"));
    revision_->clear();
    content_->hide();
    undo_->setEnabled(false);
}

void RecordPane::show(const model::AuditRecord& record, const std::string& nextHash)
{
    content_->show();
    undo_->setEnabled(true);
    title_->setText(tr("Record %1").arg(text::countText(static_cast<std::int64_t>(record.number))));
    revision_->setText(tr("revision %1 to %2").arg(record.baseRevision).arg(record.revision));
    what_->setText(models::editTitle(record.edit));
    showWho(record);
    diff_->setDiff(record.diff);
    diff_->setVisible(!record.diff.empty());
    std::vector<RowsRow> said;
    for (const model::SurvivorLoad& load : record.previewed)
        said.push_back(survivorRow(load));
    previewed_->setVisible(!said.empty());
    survivors_->setRows(std::move(said));
    hashes_->setText(tr("this    %1\nbefore  %2").arg(hashText(nextHash),
                                                      hashText(record.previousHash)));
}

void RecordPane::showWho(const model::AuditRecord& record)
{
    std::vector<RowsRow> rows{
        pair(tr("Operator"), text::plainText(record.operatorName)),
        pair(tr("Applied"), session_.time.exact(record.atUnixMs)),
        pair(tr("By agent"), text::plainText(record.agent)),
        pair(tr("Cause"), text::plainText(record.cause, text::kReasonCharacters)),
        pair(tr("Request"), text::plainText(record.requestId)),
    };
    if (!record.overrideName.empty())
        rows.push_back(pair(tr("Overridden"),
                            tr("it was refused; %1 was typed")
                                .arg(text::plainText(record.overrideName))));
    if (record.undoes != 0)
        rows.push_back(pair(tr("Undoes"), tr("record %1").arg(record.undoes)));
    who_->setRows(std::move(rows));
}

} // namespace signalbox::views
