// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/instances/instances_screen.h"

#include "console/text/numbers.h"
#include "console/text/plain_text.h"
#include "console/theme/metrics.h"
#include "console/views/frame/panel.h"
#include "console/views/frame/state_page.h"
#include "console/views/instances/chip_bar.h"
#include "console/views/instances/counts_line.h"

#include <QButtonGroup>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace signalbox::views {

using models::Arrange;
using models::ColumnSet;
using models::GroupBy;
using models::InstanceColumn;
using models::Shown;

namespace {

constexpr std::int64_t kArrangeEveryMs = 1'000;
constexpr int kFilterWidth = 220;
constexpr const char* kGroupKeys[] = {"pool", "zone", "none"};

QFrame* hairline(QWidget* parent)
{
    auto* line = new QFrame(parent);
    line->setFrameShape(QFrame::HLine);
    line->setFixedHeight(theme::kHairline);
    line->setProperty("role", QLatin1String("hairline"));
    return line;
}

} // namespace

InstancesScreen::InstancesScreen(Session& session, QWidget* parent)
    : Screen(session, QStringLiteral("instances"), parent), model_(session.store),
      count_(plainLabel({}, "dim", this)), filter_(new QLineEdit(this)),
      sets_(new QButtonGroup(this)), group_(new QComboBox(this)),
      chips_(new ChipBar(model_, this)), view_(new InstanceView(session, model_, this)),
      page_(new StatePage(view_, this)), counts_(new CountsLine(session, model_, this))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(makeHead());
    column->addWidget(hairline(this));
    column->addWidget(chips_);
    column->addWidget(hairline(this));
    column->addWidget(page_, 1);
    column->addWidget(counts_);
    makeActions();
    makeCopyActions();
    makeActs();
    connect(chips_, &ChipBar::filterChanged, this, &InstancesScreen::setFilter);
    connect(chips_, &ChipBar::ungroupRequested, this, [this] { setGroupBy(GroupBy::None); });
    connect(chips_, &ChipBar::abnormalToggled, this, [this] {
        model_.setShown(model_.shown() == Shown::All ? Shown::OnlyAbnormal : Shown::All);
    });
    connect(chips_, &ChipBar::arrangeRequested, this, [this] { model_.arrange(Arrange::Now); });
    connect(page_, &StatePage::clearFilterRequested, this, [this] { escape(); });
    connect(view_, &InstanceView::sortRequested, this, &InstancesScreen::sortBy);
    connect(view_, &InstanceView::columnsChanged, this,
            [this] { counts_->update(view_->columnsLeftOut()); });
    connect(view_, &InstanceView::openRequested, this, [this](const std::string& agent) {
        Q_EMIT openRequested({ObjectKind::Agent, agent});
    });
    connect(view_, &InstanceView::currentAgentChanged, this, [this](const std::string& agent) {
        this->session().selection.select({ObjectKind::Agent, agent});
    });
    connect(view_, &InstanceView::markClicked, this, [this](const std::string& agent) {
        lastMarked_ = agent;
        this->session().selection.mark(agent, Selection::Mark::Toggle);
    });
    connect(&session.selection, &Selection::changed, this, [this] {
        const ObjectRef& object = this->session().selection.current();
        if (object.kind == ObjectKind::Agent)
            view_->goTo(object.id);
    });
    connect(&session.selection, &Selection::marksChanged, this, &InstancesScreen::showMarks);
    connect(&model_, &models::InstanceTableModel::countsChanged, this, &InstancesScreen::showState);
    connect(&session.store, &fleet::FleetStore::refreshed, this, &InstancesScreen::refresh);
    connect(&session.store, &fleet::FleetStore::linkChanged, this, [this] {
        showState();
        view_->viewport()->update();
    });
    showMarks();
    showState();
    setFocusProxy(view_);
}

QHBoxLayout* InstancesScreen::makeHead()
{
    auto* head = new QHBoxLayout;
    head->setContentsMargins(theme::kPadding, theme::kGap, theme::kPadding, theme::kGap);
    head->setSpacing(theme::kGap);
    head->addWidget(plainLabel(title(), "title", this));
    head->addWidget(count_);
    head->addStretch(1);
    filter_->setPlaceholderText(tr("Filter"));
    filter_->setAccessibleName(tr("Filter"));
    filter_->setToolTip(tr("Words, or state=failed pool=chat zone!=eu-1a engine~vllm kv>90 (/)"));
    filter_->setMaxLength(models::AgentFilter::kCharactersAtMost);
    filter_->setClearButtonEnabled(true);
    filter_->setMaximumWidth(kFilterWidth);
    connect(filter_, &QLineEdit::textChanged, this, &InstancesScreen::setFilter);
    head->addWidget(filter_);
    head->addWidget(plainLabel(QStringLiteral("/"), "key", this));
    const QString names[] = {tr("Triage"), tr("Capacity"), tr("Latency"), tr("Inventory")};
    for (int set = 0; set < models::kColumnSets; ++set) {
        auto* button = new QToolButton(this);
        button->setText(names[set]);
        button->setCheckable(true);
        button->setChecked(set == 0);
        button->setAccessibleName(tr("Columns: %1").arg(names[set]));
        button->setToolTip(tr("Columns for %1 (%2)").arg(names[set].toLower()).arg(set + 1));
        sets_->addButton(button, set);
        head->addWidget(button);
    }
    connect(sets_, &QButtonGroup::idClicked, this,
            [this](int set) { setColumnSet(static_cast<ColumnSet>(set)); });
    group_->addItems({tr("By pool"), tr("By zone"), tr("No groups")});
    group_->setAccessibleName(tr("Group by"));
    group_->setToolTip(tr("Group rows (Shift+G)"));
    connect(group_, &QComboBox::activated, this,
            [this](int by) { setGroupBy(static_cast<GroupBy>(by)); });
    head->addWidget(group_);
    auto* save = new QPushButton(tr("Export"), this);
    save->setAccessibleName(tr("Export"));
    save->setToolTip(tr("Write what the filter shows to a CSV or JSON file (Ctrl+E)"));
    connect(save, &QPushButton::clicked, this, &InstancesScreen::askExport);
    head->addWidget(save);
    return head;
}

QMap<QString, QString> InstancesScreen::stateMap() const
{
    QMap<QString, QString> state;
    if (!model_.filterText().isEmpty())
        state[QStringLiteral("filter")] = model_.filterText();
    if (model_.shown() == Shown::OnlyAbnormal)
        state[QStringLiteral("abnormal")] = QStringLiteral("1");
    state[QStringLiteral("cols")] = QLatin1String(models::keyOf(view_->columnSet()));
    state[QStringLiteral("group")]
        = QLatin1String(kGroupKeys[static_cast<std::size_t>(model_.groupBy())]);
    const QString key = QLatin1String(models::factsOf(model_.sortColumn()).key);
    state[QStringLiteral("sort")]
        = model_.sortOrder() == Qt::DescendingOrder ? QLatin1Char('-') + key : key;
    return state;
}

void InstancesScreen::restore(const QMap<QString, QString>& state)
{
    for (int set = 0; set < models::kColumnSets; ++set) {
        const auto each = static_cast<ColumnSet>(set);
        if (state.value(QStringLiteral("cols")) == QLatin1String(models::keyOf(each)))
            setColumnSet(each);
    }
    for (int by = 0; by < static_cast<int>(std::size(kGroupKeys)); ++by) {
        if (state.value(QStringLiteral("group")) == QLatin1String(kGroupKeys[by]))
            setGroupBy(static_cast<GroupBy>(by));
    }
    QString sort = state.value(QStringLiteral("sort"));
    const bool isDown = sort.startsWith(QLatin1Char('-'));
    sort = isDown ? sort.mid(1) : sort;
    for (int column = 0; column < models::kInstanceColumns; ++column) {
        if (sort == QLatin1String(models::factsOf(static_cast<InstanceColumn>(column)).key))
            model_.sort(column, isDown ? Qt::DescendingOrder : Qt::AscendingOrder);
    }
    model_.setShown(state.value(QStringLiteral("abnormal")) == QLatin1String("1")
                        ? Shown::OnlyAbnormal
                        : Shown::All);
    setFilter(state.value(QStringLiteral("filter")).left(models::AgentFilter::kCharactersAtMost));
}

void InstancesScreen::focusFilter()
{
    filter_->setFocus(Qt::ShortcutFocusReason);
    filter_->selectAll();
}

bool InstancesScreen::escape()
{
    if (!model_.filterText().isEmpty()) {
        setFilter({});
        view_->setFocus();
        return true;
    }
    if (filter_->hasFocus()) {
        view_->setFocus();
        return true;
    }
    if (model_.shown() == Shown::OnlyAbnormal) {
        model_.setShown(Shown::All);
        return true;
    }
    if (session().selection.marked().empty())
        return false;
    session().selection.clearMarks();
    return true;
}

void InstancesScreen::shown()
{
    model_.arrange(Arrange::Now);
    refresh();
    view_->setFocus();
    const ObjectRef& object = session().selection.current();
    if (object.kind == ObjectKind::Agent)
        view_->goTo(object.id);
}

void InstancesScreen::setFilter(const QString& text)
{
    if (filter_->text() != text)
        filter_->setText(text); // comes back here
    else
        model_.setFilter(text);
}

void InstancesScreen::setColumnSet(ColumnSet set)
{
    view_->setColumnSet(set);
    sets_->button(static_cast<int>(set))->setChecked(true);
}

void InstancesScreen::setGroupBy(GroupBy by)
{
    model_.setGroupBy(by);
    group_->setCurrentIndex(static_cast<int>(by));
}

void InstancesScreen::refresh()
{
    const std::int64_t now = session().store.nowUnixMs();
    if (now - arrangedUnixMs_ >= kArrangeEveryMs || now < arrangedUnixMs_) {
        arrangedUnixMs_ = now;
        const bool isFirst = model_.rowCount() == 0;
        model_.arrange(view_->isHeld() && !isFirst ? Arrange::Announce : Arrange::Now);
    }
    if (!isVisible())
        return;
    showState();
}

void InstancesScreen::showState()
{
    const fleet::FleetStore& store = session().store;
    const QString count = text::countText(model_.instances());
    count_->setText(model_.isFiltered()
                        ? tr("%1 of %2").arg(text::countText(model_.matching()), count)
                        : tr("%1 in %2 pools")
                              .arg(count, text::countText(static_cast<std::int64_t>(
                                              store.pools().size()))));
    const bool isConnecting = store.link().state == fleet::LinkState::Connecting
        || (store.link().state == fleet::LinkState::Connected && !store.link().isComplete);
    if (model_.instances() == 0 && isConnecting)
        page_->showLoading(store.link().agentsTotal > 0
                               ? tr("%1 of %2 agents")
                                     .arg(store.size())
                                     .arg(store.link().agentsTotal)
                               : tr("asking %1").arg(text::plainText(store.link().address)));
    else if (model_.instances() == 0)
        page_->showEmpty(tr("Each model server appears here as soon as an agent runs beside it."),
                         QStringLiteral("signalbox-agent --config agent.yaml"));
    else if (model_.matching() == 0 && model_.isFiltered())
        page_->showFilteredEmpty(
            tr("0 of %1, filter: %2")
                .arg(count,
                     model_.filterText().isEmpty() ? tr("only abnormal") : model_.filterText()));
    else
        page_->showContent();
    counts_->update(view_->columnsLeftOut());
}

void InstancesScreen::showMarks()
{
    const std::set<std::string>& marked = session().selection.marked();
    model_.setMarks(marked);
    chips_->setMarked(static_cast<int>(marked.size()));
    for (QPushButton* button : actButtons_)
        button->setVisible(!marked.empty());
    counts_->update(view_->columnsLeftOut());
}

} // namespace signalbox::views
