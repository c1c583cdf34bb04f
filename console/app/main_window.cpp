// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/app/main_window.h"

#include "console/app/lesson.h"
#include "console/app/screens.h"
#include "console/text/numbers.h"
#include "console/text/plain_text.h"
#include "console/theme/apply_theme.h"
#include "console/theme/metrics.h"
#include "console/theme/theme.h"
#include "console/views/commands/command_sheet.h"
#include "console/views/connect/connect_page.h"
#include "console/views/inspector/inspector_panel.h"
#include "console/views/shell/command_palette.h"
#include "console/views/shell/keys_page.h"
#include "console/views/shell/manual_page.h"
#include "console/views/shell/navigation.h"
#include "console/views/shell/status_strip.h"
#include "console/views/shell/title_bar.h"
#include "console/views/shell/work_area.h"
#include "console/views/timeline/timeline_panel.h"
#include "shared/base/limits.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QCloseEvent>
#include <QDockWidget>
#include <QHBoxLayout>
#include <QResizeEvent>
#include <QScreen>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <chrono>
#include <utility>

namespace signalbox::app {

namespace {

using namespace std::chrono_literals;
using views::Act;
using views::ObjectKind;
using views::ObjectRef;

// Of the pages and verbs that have a page of their own.
QString manualPageOf(const QString& screen)
{
    if (screen.isEmpty())
        return QStringLiteral("first-ten-minutes");
    if (screen == QStringLiteral("instance"))
        return QStringLiteral("console-instances");
    return QStringLiteral("console-") + screen;
}

} // namespace

MainWindow::MainWindow(const base::Clock& clock, Settings& settings, ConsoleOptions options)
    : clock_(clock), settings_(settings), options_(std::move(options))
{
    setWindowTitle(QStringLiteral("Signalbox"));
    setMinimumSize(1024, 640);
    resize(QSize(1440, 900).boundedTo(QWidget::screen()->availableSize()));
    time_.setStyle(settings_.timeStyle());
    connect(&time_, &views::TimeDisplay::changed, this,
            [this] { settings_.setTimeStyle(time_.style()); });
    makeFrame();
    makeActions();
    restoreGeometry(settings_.layout(QStringLiteral("window")));
    connect(&modeTick_, &QTimer::timeout, this, &MainWindow::modeChanged);
    fleetsChanged();
}

MainWindow::~MainWindow()
{
    endSession();
}

void MainWindow::makeFrame()
{
    auto* top = new QWidget(this);
    auto* lines = new QVBoxLayout(top);
    lines->setContentsMargins(0, 0, 0, 0);
    lines->setSpacing(0);
    title_ = new views::TitleBar(time_, top);
    title_->setOperator(QString::fromStdString(options_.link.operatorName));
    strip_ = new views::StatusStrip(time_, top);
    lines->addWidget(title_);
    lines->addWidget(strip_);
    setMenuWidget(top);

    auto* middle = new QWidget(this);
    auto* row = new QHBoxLayout(middle);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    navigation_ = new views::Navigation(navigationEntries(), middle);
    work_ = new views::WorkArea(middle);
    row->addWidget(navigation_);
    row->addWidget(work_, 1);
    setCentralWidget(middle);
    connectPage_ = new views::ConnectPage(work_);
    work_->stack()->addWidget(connectPage_);
    palette_ = new views::CommandPalette(this);
    keys_ = new views::KeysPage(this);
    manual_ = new views::ManualPage(this);

    connect(title_, &views::TitleBar::fleetRequested, this, &MainWindow::showConnectPage);
    connect(title_, &views::TitleBar::paletteRequested, this, &MainWindow::openPalette);
    connect(title_, &views::TitleBar::keysRequested, this, &MainWindow::openKeys);
    connect(strip_, &views::StatusStrip::alarmsClicked, this,
            [this] { openScreen(QStringLiteral("overview")); });
    connect(strip_, &views::StatusStrip::modeClicked, this, &MainWindow::toggleFreeze);
    connect(navigation_, &views::Navigation::screenRequested, this, &MainWindow::openScreen);
    connect(connectPage_, &views::ConnectPage::connectRequested, this,
            [this](const QString& address, const QString& label) {
                link::LinkOptions link = options_.link;
                link.addresses = {address.toStdString()};
                (void)connectTo(link, label); // the page says what is wrong
            });
    connect(connectPage_, &views::ConnectPage::forgetRequested, this,
            [this](const QString& address) {
                settings_.forget(address);
                fleetsChanged();
            });
}

base::Status MainWindow::connectTo(const link::LinkOptions& link, const QString& label)
{
    auto session = std::make_unique<FleetSession>(clock_, time_);
    const base::Status opened = session->open(link);
    connectPage_->setProblem(
        opened ? QString() : text::plainText(opened.error().text(), text::kReasonCharacters));
    if (!opened) {
        showConnectPage();
        return opened;
    }
    endSession();
    lesson_.reset();
    session_ = std::move(session);
    label_ = label;
    options_.link.addresses = link.addresses;
    showSession();
    return {};
}

void MainWindow::showSession()
{
    screens_ = makeScreens(session_->views(), work_);
    for (views::Screen* screen : screens_)
        connectScreen(screen);
    fleet::FleetStore& store = session_->shown();
    work_->setStore(&store);
    sheet_ = new views::CommandSheet(session_->views(), session_->desk(), work_);
    docks_ = makeDocks(*this, session_->views());
    connect(docks_.inspector, &inspector::InspectorPanel::actRequested, this,
            &MainWindow::request);
    connect(docks_.timeline, &timeline::TimelinePanel::actRequested, this, &MainWindow::request);
    connect(docks_.timeline, &timeline::TimelinePanel::openRequested, this,
            &MainWindow::openObject);
    restoreState(settings_.layout(QStringLiteral("docks")));
    connect(session_.get(), &FleetSession::modeChanged, this, &MainWindow::modeChanged);
    connect(&store, &fleet::FleetStore::linkChanged, this, &MainWindow::rememberFleet);
    title_->setFleet(QString::fromStdString(options_.link.addresses.front()), label_);
    strip_->setStore(&store);
    strip_->show();
    navigation_->show();
    places_.clear();
    isRestored_ = false;
    agentsRemembered_ = -1;
    openScreen(QStringLiteral("overview"));
    modeChanged();
}

void MainWindow::connectScreen(views::Screen* screen)
{
    work_->stack()->addWidget(screen);
    connect(screen, &views::Screen::openRequested, this, &MainWindow::openObject);
    connect(screen, &views::Screen::screenRequested, this, &MainWindow::openScreen);
    connect(screen, &views::Screen::actRequested, this, &MainWindow::request);
}

void MainWindow::endSession()
{
    if (docks_.inspectorDock)
        settings_.setLayout(QStringLiteral("docks"), saveState());
    delete sheet_;
    sheet_ = nullptr;
    delete docks_.inspectorDock;
    delete docks_.timelineDock;
    docks_ = {};
    docksAside_.clear();
    for (views::Screen* screen : screens_) {
        saveScreen(screen);
        delete screen;
    }
    screens_.clear();
    strip_->setStore(nullptr);
    work_->setStore(nullptr);
    session_.reset();
}

void MainWindow::showConnectPage()
{
    work_->stack()->setCurrentWidget(connectPage_);
    navigation_->setVisible(session_ != nullptr);
    strip_->setVisible(session_ != nullptr);
    for (QDockWidget* dock : {docks_.inspectorDock, docks_.timelineDock}) {
        if (dock && !dock->isHidden()) {
            dock->hide();
            docksAside_.push_back(dock);
        }
    }
    fleetsChanged();
    if (!lesson_)
        lesson_ = std::make_unique<Lesson>(clock_, time_, options_.link.operatorName,
                                           *connectPage_);
    connectPage_->focusFirst();
}

void MainWindow::fleetsChanged()
{
    std::vector<views::FleetCard> cards;
    for (const KnownFleet& fleet : settings_.fleets())
        cards.push_back({fleet.name, fleet.label, fleet.address, tr("%1 agents").arg(fleet.agents),
                         tr("seen %1").arg(text::dateTimeText(fleet.seenUnixMs))});
    connectPage_->setFleets(cards);
}

void MainWindow::rememberFleet()
{
    const fleet::FleetStore& store = session_->shown();
    const fleet::LinkFacts& link = store.link();
    if (link.state != fleet::LinkState::Connected || link.fleet.empty())
        return;
    const QString name = text::plainText(link.fleet);
    title_->setFleet(name, label_);
    setWindowTitle(tr("%1 · Signalbox").arg(name));
    restoreScreens();
    // The link tells of itself every few seconds; the disk is for what is new.
    const int agents = static_cast<int>(link.agentsTotal);
    if (!link.isComplete || agents == agentsRemembered_)
        return;
    agentsRemembered_ = agents;
    settings_.remember({name, QString::fromStdString(options_.link.addresses.front()), label_,
                        agents, store.nowUnixMs()});
}

// As the operator left them, once it is known which fleet this is.
void MainWindow::restoreScreens()
{
    if (isRestored_)
        return;
    isRestored_ = true;
    const QString fleet = QString::fromStdString(session_->shown().link().fleet);
    for (views::Screen* screen : screens_)
        screen->restore(settings_.screenState(fleet, screen->name()));
    const auto wanted = parseDeepLink(QString::fromStdString(options_.deepLink));
    options_.deepLink.clear(); // of the start, not of the next fleet
    const QString last = settings_.lastScreen(fleet);
    if (wanted)
        openLink(*wanted);
    else if (last != QStringLiteral("instance")) // which one, nobody remembers
        openScreen(last);
}

views::Screen* MainWindow::screen(const QString& name) const
{
    for (views::Screen* screen : screens_) {
        if (screen->name() == name)
            return screen;
    }
    return nullptr;
}

views::Screen* MainWindow::currentScreen() const
{
    return qobject_cast<views::Screen*>(work_->stack()->currentWidget());
}

void MainWindow::openScreen(const QString& name)
{
    views::Screen* wanted = screen(name);
    if (!wanted)
        return;
    lesson_.reset();
    for (QDockWidget* dock : std::exchange(docksAside_, {}))
        dock->show();
    if (views::Screen* before = currentScreen(); before && before != wanted) {
        saveScreen(before);
        places_.push_back({before->name(), session_->views().selection.current()});
        if (places_.size() > limits::kPlacesRemembered)
            places_.erase(places_.begin());
    }
    work_->stack()->setCurrentWidget(wanted);
    if (isRestored_)
        settings_.setLastScreen(QString::fromStdString(session_->shown().link().fleet), name);
    navigation_->setCurrent(name == QStringLiteral("instance") ? QStringLiteral("instances")
                                                               : name);
    yieldKeysTo(*wanted);
    wanted->shown();
    wanted->setFocus(Qt::OtherFocusReason);
}

void MainWindow::openObject(const ObjectRef& object)
{
    session_->views().selection.select(object);
    if (object.kind == ObjectKind::Audit) {
        // A command that is still followed has more to tell than its record.
        if (!sheet_->openFollowed(QString::fromStdString(object.id).toULongLong()))
            openScreen(QStringLiteral("audit"));
        return;
    }
    if (object.kind != ObjectKind::Agent)
        return openScreen(QStringLiteral("topology"));
    views::Screen* detail = screen(QStringLiteral("instance"));
    if (detail && showDetail(*detail, object))
        openScreen(QStringLiteral("instance"));
}

// A screen that has a key of its own for a verb is asked itself.
void MainWindow::yieldKeysTo(const views::Screen& screen)
{
    for (QAction* act : acts_) {
        const QList<QAction*> own = screen.actions();
        const bool isTaken = std::any_of(own.begin(), own.end(), [act](const QAction* action) {
            return action->shortcuts().contains(act->shortcut());
        });
        act->setEnabled(!isTaken);
    }
}

void MainWindow::goBack()
{
    if (places_.empty() || !session_)
        return;
    const Place place = places_.back();
    places_.pop_back();
    session_->views().selection.select(place.object);
    openScreen(place.screen);
    if (!places_.empty())
        places_.pop_back(); // going back is no new place
}

void MainWindow::escape()
{
    if (palette_->isVisible())
        return palette_->dismiss();
    if (manual_->isVisible())
        return manual_->dismiss();
    if (sheet_ && sheet_->isOpen()) {
        (void)sheet_->leave(); // false while it is applied: then the sheet says so
        return;
    }
    views::Screen* screen = currentScreen();
    if (screen && !screen->escape())
        session_->views().selection.select({});
}

void MainWindow::request(Act act, const std::vector<ObjectRef>& objects)
{
    if (sheet_)
        (void)sheet_->open(act, objects); // what makes no sense for them opens nothing
}

void MainWindow::requestForSelection(Act act)
{
    if (!session_)
        return;
    const views::Selection& selection = session_->views().selection;
    std::vector<ObjectRef> objects;
    for (const std::string& agent : selection.marked())
        objects.push_back({ObjectKind::Agent, agent});
    if (objects.empty() && !selection.current().isNone())
        objects.push_back(selection.current());
    request(act, objects);
}

DeepLink MainWindow::link() const
{
    DeepLink link;
    if (!session_)
        return link;
    link.fleet = QString::fromStdString(session_->shown().link().fleet);
    link.object = session_->views().selection.current();
    if (const views::Screen* screen = currentScreen()) {
        link.screen = screen->name();
        link.state = screen->stateMap();
    }
    return link;
}

void MainWindow::openLink(const DeepLink& link)
{
    if (!session_ || !screen(link.screen))
        return;
    session_->views().selection.select(link.object);
    screen(link.screen)->restore(link.state);
    openScreen(link.screen);
}

void MainWindow::openPalette()
{
    palette_->open(paletteEntries());
}

std::vector<views::PaletteEntry> MainWindow::paletteEntries()
{
    using Group = views::PaletteEntry::Group;
    std::vector<views::PaletteEntry> entries;
    for (const QAction* action : actions()) {
        if (action->text().isEmpty() || !action->isEnabled())
            continue;
        entries.push_back({Group::Action, action->text(), tr("action"),
                           action->shortcut().toString(QKeySequence::NativeText),
                           [action] { const_cast<QAction*>(action)->trigger(); }});
    }
    if (!session_)
        return entries;
    const fleet::FleetStore& store = session_->shown();
    const auto add = [&](const ObjectRef& object, const QString& kind, const QString& state) {
        entries.push_back({Group::Object, text::plainText(object.id), kind, state,
                           [this, object] { openObject(object); }});
    };
    for (const fleet::Pool& pool : store.pools())
        add({ObjectKind::Pool, pool.name}, tr("pool"),
            text::ofText(pool.sums.serving, pool.sums.total));
    for (const auto& [name, route] : store.policy().policy.routes)
        add({ObjectKind::Route, name}, tr("route"), {});
    for (int slot = 0; slot < store.slotCount(); ++slot) {
        if (!store.isTaken(slot))
            continue;
        const fleet::Agent& agent = store.agent(slot);
        add({ObjectKind::Agent, agent.id}, agent.isGateway() ? tr("gateway") : tr("instance"),
            QString::fromLatin1(model::nameOf(agent.health()).data()));
    }
    return entries;
}

void MainWindow::openKeys()
{
    const views::Screen* screen = currentScreen();
    keys_->open(screen ? screen->title() : tr("Connect"),
                screen ? screen->actions() : QList<QAction*>(), actions());
}

void MainWindow::openManual()
{
    const views::Screen* screen = currentScreen();
    manual_->open(manualPageOf(screen ? screen->name() : QString()));
}

void MainWindow::switchScheme()
{
    const auto next
        = static_cast<theme::Scheme>((static_cast<int>(theme::Theme::current().scheme()) + 1) % 3);
    theme::applyTheme(*qApp, next);
    settings_.setScheme(next);
}

void MainWindow::toggleFreeze()
{
    if (!session_)
        return;
    if (session_->isFrozen())
        session_->goLive();
    else
        session_->freeze();
}

void MainWindow::modeChanged()
{
    if (!session_)
        return;
    const bool isFrozen = session_->isFrozen();
    strip_->setStore(&session_->now());
    strip_->setMode(isFrozen ? views::Mode::Paused : views::Mode::Live, session_->pausedCounts());
    if (isFrozen)
        modeTick_.start(1s);
    else
        modeTick_.stop();
}

void MainWindow::toggleTimeline()
{
    using timeline::TimelineSize;
    if (!docks_.timeline)
        return;
    const TimelineSize size = docks_.timeline->panelSize();
    docks_.timeline->setPanelSize(size == TimelineSize::Folded ? TimelineSize::Open
                                      : size == TimelineSize::Open ? TimelineSize::Tall
                                                                   : TimelineSize::Folded);
}

void MainWindow::toggleInspector()
{
    if (docks_.inspectorDock)
        docks_.inspectorDock->setVisible(docks_.inspectorDock->isHidden());
}

void MainWindow::focusPane(int step)
{
    std::vector<QWidget*> panes;
    for (QWidget* pane : {static_cast<QWidget*>(navigation_), work_->stack()->currentWidget(),
                          static_cast<QWidget*>(docks_.inspector),
                          static_cast<QWidget*>(docks_.timeline)}) {
        if (pane && pane->isVisible())
            panes.push_back(pane);
    }
    QWidget* focused = QApplication::focusWidget();
    std::size_t at = 0;
    for (std::size_t i = 0; i < panes.size(); ++i) {
        if (focused && (panes[i] == focused || panes[i]->isAncestorOf(focused)))
            at = i;
    }
    const auto count = static_cast<int>(panes.size());
    if (count == 0)
        return;
    QWidget* next = panes[static_cast<std::size_t>((static_cast<int>(at) + step + count) % count)];
    if (next->focusPolicy() == Qt::NoFocus && next->nextInFocusChain())
        next = next->nextInFocusChain();
    next->setFocus(Qt::TabFocusReason);
}

void MainWindow::saveScreen(views::Screen* screen)
{
    if (!session_)
        return;
    const QString fleet = QString::fromStdString(session_->shown().link().fleet);
    if (fleet.isEmpty())
        return;
    settings_.setScreenState(fleet, screen->name(), screen->stateMap());
}

void MainWindow::resizeEvent(QResizeEvent* event)
{
    QMainWindow::resizeEvent(event);
    navigation_->setWidth(width() < theme::kWideWindow ? views::Navigation::Width::Narrow
                                                       : views::Navigation::Width::Wide);
    fitInspector(docks_, width());
}

void MainWindow::changeEvent(QEvent* event)
{
    QMainWindow::changeEvent(event);
    if (event->type() == QEvent::WindowStateChange)
        paceChanged();
}

// Nobody looks at a minimised window; it still learns of alarms within a second.
void MainWindow::paceChanged()
{
    if (session_)
        session_->setPace(isMinimized() ? link::Pace::Hidden : link::Pace::Visible);
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    settings_.setLayout(QStringLiteral("window"), saveGeometry());
    if (views::Screen* screen = currentScreen())
        saveScreen(screen);
    QMainWindow::closeEvent(event);
}

} // namespace signalbox::app
