// SPDX-License-Identifier: GPL-3.0-or-later
// Keys, marks, copies and exports: the other half of InstancesScreen.
#include "console/text/numbers.h"
#include "console/text/plain_text.h"
#include "console/views/frame/act_words.h"
#include "console/views/instances/chip_bar.h"
#include "console/views/instances/counts_line.h"
#include "console/views/instances/instances_screen.h"

#include <QAction>
#include <QClipboard>
#include <QFileDialog>
#include <QGuiApplication>
#include <QLineEdit>
#include <QPushButton>
#include <QSaveFile>

#include <algorithm>

namespace signalbox::views {

using models::Arrange;
using models::ColumnSet;
using models::GroupBy;
using models::InstanceColumn;
using models::Shown;
using models::TableFormat;

QAction* InstancesScreen::add(const QString& text, const QString& toolTip,
                              const QKeySequence& keys)
{
    auto* action = new QAction(text, this);
    action->setToolTip(toolTip);
    action->setShortcut(keys);
    action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    addAction(action);
    return action;
}

void InstancesScreen::makeActions()
{
    const auto on = [this](const QString& text, const QString& toolTip, const QString& keys,
                           auto done) {
        QAction* action = add(text, toolTip, QKeySequence(keys));
        connect(action, &QAction::triggered, this, done);
        return action;
    };
    QAction* open = on(tr("Open"), tr("Open the instance, or a group (Enter)"),
                       QStringLiteral("Return"), [this] { openCurrent(); });
    open->setShortcuts({QKeySequence(Qt::Key_Return), QKeySequence(Qt::Key_Enter)});
    on(tr("Down"), tr("Next row (j)"), QStringLiteral("J"), [this] { step(1); });
    on(tr("Up"), tr("Previous row (k)"), QStringLiteral("K"), [this] { step(-1); });
    QAction* mark = on(tr("Mark"), tr("Mark or unmark (x)"), QStringLiteral("X"),
                       [this] { toggleMark(); });
    on(tr("Mark up to here"), tr("Mark all from the last marked to this one (Shift+X)"),
       QStringLiteral("Shift+X"), [this] { markRange(); });
    on(tr("Mark all shown"), tr("Mark all that the filter shows (Ctrl+A)"),
       QStringLiteral("Ctrl+A"), [this] { markAll(); });
    on(tr("Only abnormal"), tr("Show only what is not as on a quiet day (e)"), QStringLiteral("E"),
       [this] {
           model_.setShown(model_.shown() == Shown::All ? Shown::OnlyAbnormal : Shown::All);
       });
    on(tr("Put in order"), tr("Put rows where they belong now (s)"), QStringLiteral("S"),
       [this] { model_.arrange(Arrange::Now); });
    on(tr("Sort by this column"), tr("Sort by the column of the focused cell; again: down (o)"),
       QStringLiteral("O"), [this] { sortBy(std::max(0, view_->currentIndex().column())); });
    on(tr("Group otherwise"), tr("By pool, by zone, not at all (Shift+G)"),
       QStringLiteral("Shift+G"), [this] {
           setGroupBy(static_cast<GroupBy>((static_cast<int>(model_.groupBy()) + 1) % 3));
       });
    on(tr("Show as graph"), tr("The same fleet as a topology (v)"), QStringLiteral("V"),
       [this] { Q_EMIT screenRequested(QStringLiteral("topology")); });
    on(tr("Export"), tr("Write what the filter shows to a file (Ctrl+E)"),
       QStringLiteral("Ctrl+E"), [this] { askExport(); });
    const char* const sets[] = {QT_TR_NOOP("Columns: triage"), QT_TR_NOOP("Columns: capacity"),
                                QT_TR_NOOP("Columns: latency"), QT_TR_NOOP("Columns: inventory")};
    for (int set = 0; set < models::kColumnSets; ++set)
        on(tr(sets[set]), tr("%1 (%2)").arg(tr(sets[set])).arg(set + 1), QString::number(set + 1),
           [this, set] { setColumnSet(static_cast<ColumnSet>(set)); });
    view_->addActions({open, mark});
}

void InstancesScreen::makeCopyActions()
{
    struct Copy {
        const char* text;
        const char* keys;
        TableFormat format;
    };
    QAction* cell = add(tr("Copy cell"), tr("Copy the focused cell (Ctrl+C)"), QKeySequence::Copy);
    connect(cell, &QAction::triggered, this, [this] { copyCell(); });
    view_->addAction(cell);
    const Copy copies[] = {
        {QT_TR_NOOP("Copy rows as CSV"), "Ctrl+Shift+C", TableFormat::Csv},
        {QT_TR_NOOP("Copy rows as TSV"), "", TableFormat::Tsv},
        {QT_TR_NOOP("Copy rows as JSON"), "", TableFormat::Json},
        {QT_TR_NOOP("Copy rows as Markdown"), "", TableFormat::Markdown},
    };
    for (const Copy& copy : copies) {
        QAction* action = add(tr(copy.text), tr("Marked rows, or this one"),
                              QKeySequence(QLatin1String(copy.keys)));
        connect(action, &QAction::triggered, this,
                [this, format = copy.format] { copyRows(format); });
        view_->addAction(action);
    }
}

void InstancesScreen::makeActs()
{
    for (const Act which : {Act::Drain, Act::Undrain, Act::Maintenance}) {
        const ActWords& words = wordsOf(which);
        QAction* action = add(words.name, words.toolTip, words.key);
        connect(action, &QAction::triggered, this, [this, which] { act(which); });
        view_->addAction(action);
        chips_->addAct(makeActButton(action, keyText(words)));
    }
    QAction* clear = add(tr("Clear marks"), tr("Unmark all (Esc)"), {});
    connect(clear, &QAction::triggered, this, [this] { session().selection.clearMarks(); });
    chips_->addAct(makeActButton(clear, {}));
}

QPushButton* InstancesScreen::makeActButton(QAction* action, const QString& key)
{
    auto* button = new QPushButton(
        key.isEmpty() ? action->text() : action->text() + QLatin1String("  ") + key, chips_);
    if (key.isEmpty())
        button->setProperty("role", QLatin1String("flat"));
    button->setAccessibleName(action->text());
    button->setToolTip(action->toolTip());
    connect(button, &QPushButton::clicked, action, &QAction::trigger);
    actButtons_.push_back(button);
    return button;
}

void InstancesScreen::sortBy(int column)
{
    const bool isSame = static_cast<int>(model_.sortColumn()) == column;
    const bool isUp = isSame && model_.sortOrder() == Qt::AscendingOrder;
    model_.sort(column, isUp ? Qt::DescendingOrder : Qt::AscendingOrder);
    view_->setColumnSet(view_->columnSet()); // the head's arrow
}

void InstancesScreen::step(int rows)
{
    const QModelIndex current = view_->currentIndex();
    const int row = std::clamp(current.isValid() ? current.row() + rows : 0, 0,
                               std::max(0, model_.rowCount() - 1));
    const int column
        = current.isValid() ? current.column() : static_cast<int>(InstanceColumn::Name);
    view_->setCurrentIndex(model_.index(row, column));
}

void InstancesScreen::openCurrent()
{
    if (filter_->hasFocus()) {
        view_->setFocus(); // Enter in the field ends the typing
        return;
    }
    const QModelIndex current = view_->currentIndex();
    if (!current.isValid())
        return;
    if (model_.isGroup(current.row()))
        view_->toggleFold(current.row());
    else
        Q_EMIT openRequested({ObjectKind::Agent, view_->currentAgent()});
}

void InstancesScreen::toggleMark()
{
    const std::string agent = view_->currentAgent();
    if (!agent.empty()) {
        lastMarked_ = agent;
        session().selection.mark(agent, Selection::Mark::Toggle);
        return;
    }
    const QModelIndex current = view_->currentIndex();
    if (!current.isValid())
        return;
    std::set<std::string> members;
    for (int row = current.row() + 1; row < model_.rowCount() && !model_.isGroup(row); ++row)
        members.insert(model_.agentAt(row).id);
    session().selection.mark(members);
}

void InstancesScreen::markRange()
{
    const int from = model_.rowOf(lastMarked_);
    const int to = view_->currentIndex().isValid() ? view_->currentIndex().row() : -1;
    if (from < 0 || to < 0) {
        toggleMark();
        return;
    }
    std::set<std::string> range;
    for (int row = std::min(from, to); row <= std::max(from, to); ++row) {
        if (!model_.isGroup(row))
            range.insert(model_.agentAt(row).id);
    }
    lastMarked_ = view_->currentAgent().empty() ? lastMarked_ : view_->currentAgent();
    session().selection.mark(range);
}

void InstancesScreen::markAll()
{
    std::set<std::string> all;
    for (const int slot : model_.matchingSlots())
        all.insert(session().store.agent(slot).id);
    session().selection.mark(all);
}

std::vector<int> InstancesScreen::targetSlots() const
{
    std::vector<int> targets;
    for (const std::string& agent : session().selection.marked()) {
        if (const int slot = session().store.slotOf(agent); slot >= 0)
            targets.push_back(slot);
    }
    const std::string current = view_->currentAgent();
    if (targets.empty() && !current.empty())
        targets.push_back(session().store.slotOf(current));
    return targets;
}

void InstancesScreen::act(Act verb)
{
    std::vector<ObjectRef> objects;
    for (const int slot : targetSlots())
        objects.push_back({ObjectKind::Agent, session().store.agent(slot).id});
    if (!objects.empty())
        Q_EMIT actRequested(verb, objects);
}

void InstancesScreen::copyCell()
{
    const QModelIndex current = view_->currentIndex();
    if (current.isValid())
        QGuiApplication::clipboard()->setText(current.data().toString());
}

void InstancesScreen::copyRows(TableFormat format)
{
    const std::vector<int> targets = targetSlots();
    if (targets.empty())
        return;
    QGuiApplication::clipboard()->setText(
        exportTable(model_, targets, view_->columnsShown(), format));
    counts_->setNotice(tr("%1 rows copied").arg(text::countText(std::ssize(targets))));
}

void InstancesScreen::askExport()
{
    // Not modal and not native: nothing waits for it.
    if (!dialog_) {
        dialog_ = new QFileDialog(this, tr("Export instances"));
        dialog_->setOption(QFileDialog::DontUseNativeDialog);
        dialog_->setAcceptMode(QFileDialog::AcceptSave);
        dialog_->setNameFilters({tr("CSV (*.csv)"), tr("JSON (*.json)")});
        dialog_->setDefaultSuffix(QStringLiteral("csv"));
        connect(dialog_, &QFileDialog::filterSelected, this, [this](const QString& filter) {
            dialog_->setDefaultSuffix(filter.contains(QLatin1String("json"))
                                          ? QStringLiteral("json")
                                          : QStringLiteral("csv"));
        });
        connect(dialog_, &QFileDialog::fileSelected, this, &InstancesScreen::exportTo);
    }
    dialog_->open();
}

bool InstancesScreen::exportTo(const QString& path)
{
    const bool isJson = path.endsWith(QLatin1String(".json"), Qt::CaseInsensitive);
    const std::vector<int> all = model_.matchingSlots();
    const auto columns = models::columnsOf(view_->columnSet());
    QSaveFile file(path);
    const bool isWritten = file.open(QIODevice::WriteOnly)
        && file.write(
               exportTable(model_, all, columns, isJson ? TableFormat::Json : TableFormat::Csv)
                   .toUtf8())
            >= 0
        && file.commit();
    counts_->setNotice(isWritten
                           ? tr("%1 rows written to %2").arg(text::countText(std::ssize(all)), path)
                           : tr("Not written: %1").arg(file.errorString()));
    return isWritten;
}

} // namespace signalbox::views
