// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/overview/overview_screen.h"

#include "console/text/numbers.h"
#include "console/theme/metrics.h"
#include "console/views/frame/panel.h"
#include "console/views/frame/state_page.h"
#include "console/views/overview/control_plane.h"
#include "console/views/overview/row_delegates.h"
#include "console/views/overview/signal_strip.h"

#include <QAction>
#include <QEvent>
#include <QKeyEvent>
#include <QLabel>
#include <QListView>
#include <QVBoxLayout>

#include <algorithm>

namespace signalbox::overview {

namespace {

using fleet::Reading;

constexpr int kLeastListRows = 4;
constexpr int kLeastSignals = 168;
constexpr int kMostSignals = 320;
constexpr int kCalmIndent = 44; // under the names

int panelHeight(int body)
{
    return theme::kPanelHeadHeight + 3 * theme::kHairline + 2 * theme::kGap + body;
}

views::ObjectRef objectOf(const fleet::Alarm& alarm)
{
    const bool isPool = fleet::scopeOf(alarm.key.cause) == fleet::AlarmScope::Pool;
    return {isPool ? views::ObjectKind::Pool : views::ObjectKind::Agent, alarm.key.object};
}

} // namespace

OverviewScreen::OverviewScreen(views::Session& session, QWidget* parent)
    : Screen(session, QStringLiteral("overview"), parent),
      alarms_(new lists::AlarmListModel(session.store, this)),
      changes_(new lists::ChangeListModel(session.store, this)), content_(new QWidget(this)),
      pools_(new PoolGrid(session, content_)), plane_(new ControlPlane(session, content_))
{
    page_ = new views::StatePage(content_, this);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(page_);
    buildLists();
    setTabOrder(alarmList_, changeList_);
    setTabOrder(changeList_, pools_);
    buildSignals();
    planePanel_ = new views::Panel(tr("Control plane"), content_);
    planePanel_->body()->addWidget(plane_);
    setFocusProxy(pools_);
    buildActions();
    connectStore();
    refresh();
}

void OverviewScreen::buildLists()
{
    alarmPanel_ = new views::Panel(tr("Alarms"), content_);
    alarmPanel_->setKeyHint(QStringLiteral("g a"));
    alarmList_ = bareList(alarms_, tr("Alarms"),
                          tr("Enter opens the object, a acknowledges, Shift+A its whole group"),
                          alarmPanel_);
    alarmList_->setItemDelegate(new AlarmRowDelegate(session(), *alarms_, alarmList_));
    alarmList_->installEventFilter(this);
    calm_ = views::plainLabel({}, "dim", alarmPanel_);
    calm_->setContentsMargins(kCalmIndent, 0, theme::kPadding, 0);
    calm_->setFixedHeight(theme::kRowHeight);
    alarmPanel_->body()->setContentsMargins(0, theme::kGap, 0, theme::kGap);
    alarmPanel_->body()->addWidget(alarmList_);
    alarmPanel_->body()->addWidget(calm_);
    alarmPanel_->body()->addStretch(1);

    changePanel_ = new views::Panel(tr("Changes"), content_);
    changePanel_->setHint(tr("last 60 min"));
    changePanel_->setKeyHint(QStringLiteral("g u"));
    changeList_ = bareList(changes_, tr("Changes of the last 60 minutes"),
                           tr("Enter opens the audit"), changePanel_);
    changeList_->setItemDelegate(new ChangeRowDelegate(session(), *changes_, changeList_));
    changeList_->installEventFilter(this);
    changePanel_->body()->setContentsMargins(0, theme::kGap, 0, theme::kGap);
    changePanel_->body()->addWidget(changeList_, 1);
}

void OverviewScreen::buildSignals()
{
    struct Group {
        QString title;
        std::vector<Signal> members;
    };
    const Group groups[] = {
        {tr("Latency"),
         {{tr("TTFT p95"), Reading::TtftP95Ms, SignalUnit::Milliseconds},
          {tr("Inter-token p95"), Reading::GapP95Ms, SignalUnit::Milliseconds},
          {tr("End to end p95"), Reading::EndToEndP95Ms, SignalUnit::Milliseconds}}},
        {tr("Traffic"),
         {{tr("Requests"), Reading::RequestsPerSecond, SignalUnit::PerSecond},
          {tr("Tokens in"), Reading::PromptTokensPerSecond, SignalUnit::PerSecond},
          {tr("Tokens out"), Reading::OutputTokensPerSecond, SignalUnit::PerSecond}}},
        {tr("Errors"),
         {{tr("Errors of requests"), Reading::ErrorsPerSecond, SignalUnit::Percent, true},
          {tr("Errors"), Reading::ErrorsPerSecond, SignalUnit::PerSecond},
          {tr("Retries"), Reading::RetriesPerSecond, SignalUnit::PerSecond}}},
        {tr("Saturation"),
         {{tr("Queue wait p95"), Reading::QueueP95Ms, SignalUnit::Milliseconds},
          {tr("KV use, fullest"), Reading::KvShare, SignalUnit::Percent},
          {tr("In flight"), Reading::InFlight, SignalUnit::Count}}},
    };
    for (const Group& group : groups) {
        auto* panel = new views::Panel(group.title, content_);
        for (const Signal& signal : group.members) {
            strips_.push_back(new SignalStrip(session(), signal, panel));
            panel->body()->addWidget(strips_.back(), 1);
        }
        signalPanels_.push_back(panel);
    }
    signalPanels_.front()->setHint(tr("normal = last 15 min"));
}

void OverviewScreen::addScreenAction(const QString& text, const QKeySequence& key,
                                     const QString& tip, void (OverviewScreen::*act)())
{
    auto* action = new QAction(text, this);
    action->setShortcut(key);
    action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    action->setToolTip(tip);
    connect(action, &QAction::triggered, this, act);
    addAction(action);
}

void OverviewScreen::buildActions()
{
    addScreenAction(tr("Acknowledge"), Qt::Key_A, tr("Acknowledge the selected alarm (a)"),
                    &OverviewScreen::acknowledge);
    addScreenAction(tr("Acknowledge group"), Qt::SHIFT | Qt::Key_A,
                    tr("Acknowledge all alarms of the same group (Shift+A)"),
                    &OverviewScreen::acknowledgeGroup);
    addScreenAction(tr("Only abnormal pools"), Qt::Key_E,
                    tr("Show only pools that are not as usual, or all of them (e)"),
                    &OverviewScreen::toggleAbnormal);
}

void OverviewScreen::connectStore()
{
    fleet::FleetStore& store = session().store;
    connect(&store, &fleet::FleetStore::refreshed, this, &OverviewScreen::refresh);
    connect(&store, &fleet::FleetStore::linkChanged, this, &OverviewScreen::refresh);
    connect(&store, &fleet::FleetStore::alarmsChanged, this, &OverviewScreen::tellAlarms);
    connect(&session().time, &views::TimeDisplay::changed, this, [this] {
        tellAlarms();
        plane_->refresh();
        changeList_->viewport()->update();
    });
    connect(pools_, &PoolGrid::opened, this, &OverviewScreen::openPool);
    connect(pools_, &PoolGrid::countsChanged, this, &OverviewScreen::tellPools);
    connect(alarmList_, &QListView::doubleClicked, this, &OverviewScreen::openAlarm);
    connect(alarmList_->selectionModel(), &QItemSelectionModel::currentChanged, this,
            &OverviewScreen::selectAlarm);
    connect(changeList_->selectionModel(), &QItemSelectionModel::currentChanged, this,
            [this](const QModelIndex& index) {
                if (index.isValid())
                    session().selection.select(
                        {views::ObjectKind::Audit,
                         std::to_string(changes_->row(index.row()).number)});
            });
    connect(changeList_, &QListView::doubleClicked, this,
            [this] { Q_EMIT screenRequested(QStringLiteral("audit")); });
}

QMap<QString, QString> OverviewScreen::stateMap() const
{
    if (pools_->shown() == TilesShown::All)
        return {};
    return {{QStringLiteral("pools"), QStringLiteral("abnormal")}};
}

void OverviewScreen::restore(const QMap<QString, QString>& state)
{
    const bool isAbnormal
        = state.value(QStringLiteral("pools")) == QLatin1String("abnormal");
    pools_->setShown(isAbnormal ? TilesShown::Abnormal : TilesShown::All);
}

bool OverviewScreen::escape()
{
    if (pools_->shown() == TilesShown::All)
        return false;
    pools_->setShown(TilesShown::All);
    return true;
}

void OverviewScreen::shown()
{
    shownSecond_ = 0;
    refresh();
}

void OverviewScreen::acknowledge()
{
    // With one alarm, or none selected, `a` means the first that is new.
    int row = alarmList_->currentIndex().isValid() ? alarmList_->currentIndex().row() : -1;
    for (int i = 0; row < 0 && i < alarms_->rowCount(); ++i)
        row = alarms_->row(i).alarm.ack == model::Ack::New ? i : -1;
    if (row < 0)
        return;
    const fleet::AlarmKey key = alarms_->row(row).alarm.key;
    session().store.acknowledge(key);
}

void OverviewScreen::acknowledgeGroup()
{
    if (!alarmList_->currentIndex().isValid())
        return;
    const std::string group = alarms_->row(alarmList_->currentIndex().row()).alarm.group;
    std::vector<fleet::AlarmKey> keys;
    for (int i = 0; i < alarms_->rowCount(); ++i) {
        if (alarms_->row(i).alarm.group == group)
            keys.push_back(alarms_->row(i).alarm.key);
    }
    for (const fleet::AlarmKey& key : keys)
        session().store.acknowledge(key);
}

void OverviewScreen::toggleAbnormal()
{
    pools_->setShown(pools_->shown() == TilesShown::All ? TilesShown::Abnormal : TilesShown::All);
}

void OverviewScreen::openAlarm(const QModelIndex& index)
{
    if (index.isValid())
        Q_EMIT openRequested(objectOf(alarms_->row(index.row()).alarm));
}

void OverviewScreen::selectAlarm(const QModelIndex& index)
{
    if (index.isValid())
        session().selection.select(objectOf(alarms_->row(index.row()).alarm));
}

void OverviewScreen::openPool(const std::string& pool)
{
    if (pool.empty())
        Q_EMIT screenRequested(QStringLiteral("topology"));
    else
        Q_EMIT openRequested({views::ObjectKind::Pool, pool});
}

bool OverviewScreen::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() != QEvent::KeyPress)
        return Screen::eventFilter(watched, event);
    const int key = static_cast<QKeyEvent*>(event)->key();
    if (key != Qt::Key_Return && key != Qt::Key_Enter)
        return Screen::eventFilter(watched, event);
    if (watched == alarmList_)
        openAlarm(alarmList_->currentIndex());
    else
        Q_EMIT screenRequested(QStringLiteral("audit"));
    return true;
}

void OverviewScreen::refresh()
{
    refreshState();
    if (!isVisible() && shownSecond_ != 0)
        return;
    pools_->refresh();
    const std::int64_t second = session().store.nowUnixMs() / 1'000;
    if (second != shownSecond_) {
        shownSecond_ = second;
        refreshSecond();
    }
}

void OverviewScreen::refreshSecond()
{
    for (SignalStrip* strip : strips_)
        strip->refresh();
    plane_->refresh();
    tellAlarms();
}

void OverviewScreen::refreshState()
{
    const fleet::FleetStore& store = session().store;
    const fleet::LinkFacts& link = store.link();
    if (store.size() > 0)
        return page_->showContent();
    if (link.state == fleet::LinkState::Connected && link.isComplete)
        return page_->showEmpty(
            tr("Here you see whether anything needs you, once the fleet has an agent."),
            QStringLiteral("signalboxd --config agent.yaml"));
    page_->showLoading(link.agentsTotal == 0
                           ? tr("Asking the fleet for its agents")
                           : tr("%1 agents").arg(text::ofText(store.size(), link.agentsTotal)));
}

void OverviewScreen::tellAlarms()
{
    const fleet::AlarmBook& book = session().store.alarms();
    const int active = static_cast<int>(book.alarms().size() + book.leftOut());
    alarmPanel_->setHint(active == 0 ? tr("none active")
                                     : tr("%1 active, %2 new")
                                           .arg(active)
                                           .arg(alarms_->newCount()));
    const QString calm = active == 0 ? tr("Nothing needs you.") : tr("Nothing else.");
    const std::int64_t cleared = book.clearedUnixMs();
    if (cleared == 0) {
        calm_->setText(calm);
    } else {
        const std::int64_t ago = session().store.nowUnixMs() - cleared;
        calm_->setText(tr("%1 Last cleared %2, %3 ago")
                           .arg(calm, session().time.since(cleared, session().store.nowUnixMs()),
                                text::durationText(ago / 1'000 * 1'000)));
    }
    alarmList_->setVisible(active > 0);
    layOut();
}

void OverviewScreen::tellPools()
{
    layOut();
}

void OverviewScreen::resizeEvent(QResizeEvent* event)
{
    Screen::resizeEvent(event);
    layOut();
}

// The heights are shared out by need: control plane and pools take what they take, lists and
// signals the rest, within what makes them readable.
void OverviewScreen::layOut()
{
    const QRect room = rect().adjusted(theme::kPanelGap, theme::kPanelGap, -theme::kPanelGap,
                                       -theme::kPanelGap);
    const int gap = theme::kPanelGap;
    const int leastLists = panelHeight(kLeastListRows * theme::kRowHeight);
    const int plane = panelHeight(plane_->heightFor(room.width() - 2 * theme::kPadding));
    const int free = room.height() - plane - 3 * gap;
    const int pools = pools_->heightFor(
        room.width(), std::max(theme::kRowHeight, free - leastLists - kLeastSignals));
    const int shared = free - pools;
    const int signalRow = std::clamp(shared / 2, kLeastSignals, kMostSignals);
    const int lists = std::max(shared - signalRow, theme::kRowHeight);

    // Whole rows only: half a row looks like the end of the list.
    const int rows = std::max(1, (lists - panelHeight(theme::kRowHeight)) / theme::kRowHeight);
    alarmList_->setFixedHeight(std::min(rows, std::max(1, alarms_->rowCount()))
                               * theme::kRowHeight);

    int y = room.top();
    const int alarmWidth = (room.width() - gap) / 2;
    alarmPanel_->setGeometry(room.left(), y, alarmWidth, lists);
    changePanel_->setGeometry(room.left() + alarmWidth + gap, y,
                              room.width() - alarmWidth - gap, lists);
    y += lists + gap;
    pools_->setGeometry(room.left(), y, room.width(), pools);
    y += pools + gap;
    const int count = static_cast<int>(signalPanels_.size());
    const int wide = (room.width() - (count - 1) * gap) / count;
    for (int i = 0; i < count; ++i)
        signalPanels_[static_cast<std::size_t>(i)]->setGeometry(
            room.left() + i * (wide + gap), y,
            i == count - 1 ? room.width() - i * (wide + gap) : wide, signalRow);
    y += signalRow + gap;
    planePanel_->setGeometry(room.left(), y, room.width(), plane);
}

} // namespace signalbox::overview
