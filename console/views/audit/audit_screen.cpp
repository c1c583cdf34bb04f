// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/audit/audit_screen.h"

#include "console/models/audit_export.h"
#include "console/text/numbers.h"
#include "console/theme/metrics.h"
#include "console/views/audit/audit_delegate.h"
#include "console/views/audit/record_pane.h"
#include "console/views/frame/panel.h"
#include "console/views/frame/state_page.h"
#include "shared/base/limits.h"

#include <QAction>
#include <QComboBox>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSaveFile>
#include <QTableView>
#include <QVBoxLayout>

namespace signalbox::views {

namespace {

using models::AuditModel;

constexpr int kPaneWidth = 392;
constexpr int kPaneNarrowWidth = 320;
constexpr int kNarrow = 1280; // of the work area
constexpr int kSearchWidth = 220;

struct ColumnWidth {
    AuditModel::Column column;
    int width;
};
constexpr ColumnWidth kWidths[] = {{AuditModel::Time, 152},    {AuditModel::Number, 64},
                                   {AuditModel::Who, 96},      {AuditModel::Verb, 96},
                                   {AuditModel::Objects, 176}, {AuditModel::Cause, 200},
                                   {AuditModel::Revision, 112}, {AuditModel::Undoes, 64}};

QComboBox* makeChoice(const QString& all, const QString& name, const QString& toolTip,
                      QWidget* parent)
{
    auto* box = new QComboBox(parent);
    box->addItem(all);
    box->setAccessibleName(name);
    box->setToolTip(toolTip);
    box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    return box;
}

// Fills in what there is now and keeps what is chosen.
void setChoices(QComboBox* box, const QStringList& choices)
{
    const QSignalBlocker quiet(box);
    const QString chosen = box->currentIndex() > 0 ? box->currentText() : QString();
    while (box->count() > 1)
        box->removeItem(box->count() - 1);
    box->addItems(choices);
    if (!chosen.isEmpty() && !choices.contains(chosen))
        box->addItem(chosen);
    box->setCurrentIndex(chosen.isEmpty() ? 0 : box->findText(chosen));
}

QString chosenIn(const QComboBox* box)
{
    return box->currentIndex() > 0 ? box->currentText() : QString();
}

} // namespace

AuditScreen::AuditScreen(Session& session, QWidget* parent)
    : Screen(session, QStringLiteral("audit"), parent),
      model_(new AuditModel(session.store, this)), filter_(new models::AuditFilter(this)),
      table_(new QTableView), state_(new StatePage(table_, this)),
      pane_(new RecordPane(session, this)), chain_(plainLabel({}, "dim", this)),
      counts_(plainLabel({}, "dim", this))
{
    filter_->setSourceModel(model_);
    makeTable();
    auto* foot = new QHBoxLayout;
    foot->setContentsMargins(theme::kPadding, 0, theme::kPadding, 0);
    foot->addWidget(chain_, 1);
    foot->addWidget(counts_);
    auto* footPlace = new QFrame(this);
    footPlace->setProperty("role", QLatin1String("sunken"));
    footPlace->setFixedHeight(theme::kPanelHeadHeight);
    footPlace->setLayout(foot);
    auto* left = new QVBoxLayout;
    left->setSpacing(0);
    left->addWidget(makeHead());
    left->addWidget(state_, 1);
    left->addWidget(footPlace);
    auto* all = new QHBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addLayout(left, 1);
    all->addWidget(pane_);
    makeActions();
    setFocusProxy(table_);

    connect(state_, &StatePage::clearFilterRequested, this, &AuditScreen::clearFilter);
    connect(pane_, &RecordPane::undoRequested, this, &AuditScreen::requestUndo);
    connect(&session.store, &fleet::FleetStore::auditChanged, this, [this] {
        refreshChoices();
        refreshState();
        showCurrent();
    });
    connect(&session.store, &fleet::FleetStore::linkChanged, this, &AuditScreen::refreshState);
    connect(&session.time, &TimeDisplay::changed, this, [this] {
        table_->viewport()->update();
        showCurrent();
    });
    refreshChoices();
    refreshState();
}

QWidget* AuditScreen::makeHead()
{
    auto* head = new QWidget(this);
    head->setFixedHeight(theme::kScreenHeadHeight);
    verbs_ = makeChoice(tr("all verbs"), tr("Verb"), tr("Shows records of one verb"), head);
    people_ = makeChoice(tr("all people"), tr("Who"), tr("Shows records of one person"), head);
    search_ = new QLineEdit(head);
    search_->setPlaceholderText(tr("Search cause, object, person"));
    search_->setAccessibleName(tr("Search the audit"));
    search_->setToolTip(tr("Every word must stand somewhere in the record (/)"));
    search_->setFixedWidth(kSearchWidth);
    search_->setMaxLength(static_cast<int>(limits::kCauseBytes));
    clear_ = new QPushButton(tr("Clear filter"), head);
    clear_->setProperty("role", QLatin1String("flat"));
    clear_->setAccessibleName(tr("Clear filter"));
    clear_->setToolTip(tr("Shows every record again (Esc)"));
    clear_->hide();
    export_ = new QPushButton(tr("Export"), head);
    export_->setAccessibleName(tr("Export"));
    export_->setToolTip(tr("Writes the records that are shown to a CSV or JSON file (Ctrl+E)"));
    auto* line = new QHBoxLayout(head);
    line->setContentsMargins(theme::kPadding, 0, theme::kPadding, 0);
    line->setSpacing(theme::kGap);
    line->addWidget(plainLabel(tr("Audit"), "title", head));
    line->addSpacing(theme::kGap);
    line->addWidget(verbs_);
    line->addWidget(people_);
    line->addWidget(clear_);
    line->addStretch(1);
    line->addWidget(search_);
    line->addWidget(export_);
    connect(search_, &QLineEdit::textChanged, this, &AuditScreen::filterChanged);
    connect(verbs_, qOverload<int>(&QComboBox::currentIndexChanged), this,
            &AuditScreen::filterChanged);
    connect(people_, qOverload<int>(&QComboBox::currentIndexChanged), this,
            &AuditScreen::filterChanged);
    connect(clear_, &QPushButton::clicked, this, &AuditScreen::clearFilter);
    connect(export_, &QPushButton::clicked, this, &AuditScreen::chooseExport);
    return head;
}

void AuditScreen::makeTable()
{
    table_->setModel(filter_);
    table_->setItemDelegate(new AuditDelegate(
        session().time, [this] { return session().store.nowUnixMs(); }, table_));
    table_->setAccessibleName(tr("Audit records, newest first"));
    table_->setToolTip({});
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setSelectionMode(QAbstractItemView::SingleSelection);
    table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table_->setFrameShape(QFrame::NoFrame);
    table_->setShowGrid(false);
    table_->setWordWrap(false);
    table_->setTabKeyNavigation(false);
    table_->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    table_->verticalHeader()->hide();
    table_->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    table_->verticalHeader()->setDefaultSectionSize(theme::kRowHeight);
    table_->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    table_->horizontalHeader()->setHighlightSections(false);
    for (const ColumnWidth& one : kWidths)
        table_->setColumnWidth(one.column, one.width);
    table_->horizontalHeader()->setSectionResizeMode(AuditModel::Cause, QHeaderView::Stretch);
    connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            &AuditScreen::selectionMoved);
}

void AuditScreen::addKey(const QString& text, const QKeySequence& key,
                         void (AuditScreen::*act)())
{
    auto* action = new QAction(text, this);
    action->setShortcut(key);
    action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    action->setToolTip(text);
    connect(action, &QAction::triggered, this, act);
    addAction(action);
}

void AuditScreen::makeActions()
{
    addKey(tr("Undo the selected record, with a preview"), QKeySequence(Qt::Key_U),
           &AuditScreen::requestUndo);
    addKey(tr("Export the records that are shown"), QKeySequence(Qt::CTRL | Qt::Key_E),
           &AuditScreen::chooseExport);
}

QMap<QString, QString> AuditScreen::stateMap() const
{
    QMap<QString, QString> state;
    const auto keep = [&state](const QString& key, const QString& value) {
        if (!value.isEmpty())
            state.insert(key, value);
    };
    keep(QStringLiteral("filter"), filter_->text());
    keep(QStringLiteral("who"), filter_->who());
    keep(QStringLiteral("verb"), filter_->verb());
    if (pickedNumber_ != 0)
        keep(QStringLiteral("sel"), QString::number(pickedNumber_));
    return state;
}

void AuditScreen::restore(const QMap<QString, QString>& state)
{
    const auto choose = [](QComboBox* box, const QString& value) {
        if (!value.isEmpty() && box->findText(value) < 0)
            box->addItem(value); // its records may come later
        box->setCurrentIndex(value.isEmpty() ? 0 : box->findText(value));
    };
    search_->setText(state.value(QStringLiteral("filter")));
    choose(people_, state.value(QStringLiteral("who")));
    choose(verbs_, state.value(QStringLiteral("verb")));
    pickedNumber_ = state.value(QStringLiteral("sel")).toULongLong();
    filterChanged();
}

void AuditScreen::focusFilter()
{
    search_->setFocus(Qt::ShortcutFocusReason);
    search_->selectAll();
}

bool AuditScreen::escape()
{
    if (!filter_->isActive())
        return false;
    clearFilter();
    table_->setFocus(Qt::OtherFocusReason);
    return true;
}

void AuditScreen::shown()
{
    const ObjectRef& picked = session().selection.current();
    if (picked.kind == ObjectKind::Audit)
        pickedNumber_ = QString::fromStdString(picked.id).toULongLong();
    session().port.refreshPolicy();
    showCurrent();
}

// The record pane has the revisions too; the cause is what the eye needs in the list.
void AuditScreen::resizeEvent(QResizeEvent* event)
{
    const bool isNarrow = width() < kNarrow;
    pane_->setFixedWidth(isNarrow ? kPaneNarrowWidth : kPaneWidth);
    table_->setColumnHidden(AuditModel::Revision, isNarrow);
    table_->setColumnHidden(AuditModel::Undoes, isNarrow);
    Screen::resizeEvent(event);
}

void AuditScreen::clearFilter()
{
    {
        const QSignalBlocker quietSearch(search_);
        const QSignalBlocker quietVerbs(verbs_);
        const QSignalBlocker quietPeople(people_);
        search_->clear();
        verbs_->setCurrentIndex(0);
        people_->setCurrentIndex(0);
    }
    filterChanged();
}

void AuditScreen::filterChanged()
{
    filter_->setText(search_->text());
    filter_->setVerb(chosenIn(verbs_));
    filter_->setWho(chosenIn(people_));
    refreshState();
    showCurrent();
}

void AuditScreen::refreshChoices()
{
    setChoices(verbs_, model_->verbs());
    setChoices(people_, model_->people());
}

void AuditScreen::refreshState()
{
    const auto total = static_cast<std::int64_t>(model_->rowCount());
    const auto shown = static_cast<std::int64_t>(filter_->rowCount());
    clear_->setVisible(filter_->isActive());
    export_->setEnabled(shown > 0);
    counts_->setText(tr("%1 records, %2 hidden by filter")
                         .arg(text::countText(total), text::countText(total - shown)));
    chain_->setText(total == 0 ? QString()
                        : model_->isWithoutGaps()
                        ? tr("Numbers without a gap; hashes of the chain are not checked here")
                        : tr("Records are missing between those shown; the chain is not checked "
                             "here"));
    if (!session().store.hasAudit())
        return state_->showLoading(tr("The audit has not been told yet."));
    if (total == 0)
        return state_->showEmpty(
            tr("Every change of this fleet is recorded here, with who, why and the way back."),
            QStringLiteral("signalboxctl drain AGENT --cause WHY"));
    if (shown == 0)
        return state_->showFilteredEmpty(
            tr("0 of %1, filter: %2").arg(text::countText(total), filter_->sentence()));
    state_->showContent();
}

std::uint64_t AuditScreen::currentNumber() const
{
    const QModelIndex current = filter_->mapToSource(table_->currentIndex());
    return current.isValid() ? model_->record(current.row()).number : 0;
}

// The record that was picked, or the newest one.
void AuditScreen::showCurrent()
{
    int row = pickedNumber_ != 0 ? model_->rowOf(pickedNumber_) : -1;
    QModelIndex place = row >= 0 ? filter_->mapFromSource(model_->index(row, 0)) : QModelIndex();
    if (!place.isValid() && filter_->rowCount() > 0) {
        place = filter_->index(0, 0);
        row = filter_->mapToSource(place).row();
    }
    if (!place.isValid())
        return pane_->showNothing();
    if (table_->currentIndex().row() != place.row()) {
        isPlacing_ = true;
        table_->setCurrentIndex(place);
        isPlacing_ = false;
    }
    // The record after it tells its hash.
    const std::uint64_t number = model_->record(row).number;
    const bool hasNext = row > 0 && model_->record(row - 1).number == number + 1;
    pane_->show(model_->record(row), hasNext ? model_->record(row - 1).previousHash : "");
}

void AuditScreen::selectionMoved()
{
    const std::uint64_t number = currentNumber();
    if (number == 0 || isPlacing_)
        return;
    pickedNumber_ = number;
    session().selection.select({ObjectKind::Audit, std::to_string(number)});
    showCurrent();
}

void AuditScreen::requestUndo()
{
    if (const std::uint64_t number = currentNumber(); number != 0)
        Q_EMIT actRequested(Act::Undo, {{ObjectKind::Audit, std::to_string(number)}});
}

void AuditScreen::chooseExport()
{
    auto* dialog = new QFileDialog(this, tr("Export the audit"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilters({tr("CSV (*.csv)"), tr("JSON (*.json)")});
    dialog->setDefaultSuffix(QStringLiteral("csv"));
    connect(dialog, &QFileDialog::filterSelected, dialog, [dialog](const QString& filter) {
        dialog->setDefaultSuffix(filter.contains(QStringLiteral("json")) ? QStringLiteral("json")
                                                                         : QStringLiteral("csv"));
    });
    connect(dialog, &QFileDialog::fileSelected, this, &AuditScreen::exportTo);
    dialog->open();
}

bool AuditScreen::exportTo(const QString& path)
{
    std::vector<model::AuditRecord> records;
    for (int row = 0; row < filter_->rowCount(); ++row)
        records.push_back(model_->record(filter_->mapToSource(filter_->index(row, 0)).row()));
    const bool isJson = path.endsWith(QStringLiteral(".json"), Qt::CaseInsensitive);
    const QByteArray bytes = isJson ? models::auditJson(records) : models::auditCsv(records);
    QSaveFile file(path);
    const bool isWritten = file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size()
        && file.commit();
    counts_->setText(isWritten
                         ? tr("%1 records written").arg(text::countText(filter_->rowCount()))
                         : tr("Not written: %1").arg(file.errorString()));
    return isWritten;
}

} // namespace signalbox::views
