// SPDX-License-Identifier: GPL-3.0-or-later
// What stands where: the other half of InstanceDetailScreen.
#include "console/theme/icons.h"
#include "console/theme/metrics.h"
#include "console/views/frame/act_words.h"
#include "console/views/frame/panel.h"
#include "console/views/frame/state_page.h"
#include "console/views/instance_detail/detail_head.h"
#include "console/views/instance_detail/instance_detail_screen.h"
#include "console/views/instance_detail/open_requests.h"
#include "console/views/instance_detail/reading_chart.h"

#include <QAction>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QStackedWidget>
#include <QTabBar>
#include <QVBoxLayout>

namespace signalbox::views {

using models::InstanceColumn;

namespace {

constexpr int kWide = 1'300; // of the work area
constexpr int kMomentWidth = 96;
constexpr int kNameWidth = 124;
constexpr int kFigureWidth = 76;
constexpr int kAgeWidth = 60;
constexpr int kSpreadWidth = 136;

FactsView* whyView(QWidget* parent)
{
    return new FactsView(InstanceDetailScreen::tr("Why"),
                         {{InstanceDetailScreen::tr("When"), kMomentWidth},
                          {InstanceDetailScreen::tr("What"), 0}},
                         FactsHead::Hidden, parent);
}

FactsView* probesView(QWidget* parent)
{
    return new FactsView(InstanceDetailScreen::tr("Probes"),
                         {{InstanceDetailScreen::tr("What"), kNameWidth},
                          {InstanceDetailScreen::tr("Value"), 0}},
                         FactsHead::Hidden, parent);
}

FactsView* gatewaysView(FactsHead head, QWidget* parent)
{
    std::vector<FactColumn> columns{{InstanceDetailScreen::tr("Gateway"), kNameWidth - 24},
                                    {InstanceDetailScreen::tr("As it sees it"), 0}};
    if (head == FactsHead::Shown) {
        for (const QString& title :
             {InstanceDetailScreen::tr("In flight"), InstanceDetailScreen::tr("Requests"),
              InstanceDetailScreen::tr("Failures"), InstanceDetailScreen::tr("Report")})
            columns.push_back({title, kFigureWidth, Qt::AlignRight});
    }
    return new FactsView(InstanceDetailScreen::tr("Gateways"), std::move(columns), head, parent);
}

FactsView* configView(FactsHead head, QWidget* parent)
{
    std::vector<FactColumn> columns{{InstanceDetailScreen::tr("Setting"), kNameWidth},
                                    {InstanceDetailScreen::tr("Value"), 0}};
    if (head == FactsHead::Shown)
        columns.push_back({InstanceDetailScreen::tr("Peers"), 0});
    return new FactsView(InstanceDetailScreen::tr("Effective config"),
                         std::move(columns), head, parent);
}

FactsView* compareView(QWidget* parent)
{
    return new FactsView(InstanceDetailScreen::tr("Compare with peers"),
                         {{InstanceDetailScreen::tr("Reading"), 0},
                          {InstanceDetailScreen::tr("This"), kFigureWidth, Qt::AlignRight},
                          {InstanceDetailScreen::tr("Median"), kFigureWidth, Qt::AlignRight},
                          {InstanceDetailScreen::tr("Spread"), kSpreadWidth, Qt::AlignRight}},
                         FactsHead::Shown, parent);
}

enum class Columns : std::uint8_t { Few, All };

FactsView* openView(Columns which, QWidget* parent)
{
    std::vector<FactColumn> columns{
        {InstanceDetailScreen::tr("Request"), 0},
        {InstanceDetailScreen::tr("Phase"), kFigureWidth},
        {InstanceDetailScreen::tr("Age"), kAgeWidth, Qt::AlignRight},
        {InstanceDetailScreen::tr("Silent"), kAgeWidth, Qt::AlignRight},
        {InstanceDetailScreen::tr("Tokens"), kAgeWidth, Qt::AlignRight}};
    if (which == Columns::All) {
        columns.push_back({InstanceDetailScreen::tr("Model"), kSpreadWidth});
        columns.push_back({InstanceDetailScreen::tr("Key"), kNameWidth});
        columns.push_back({InstanceDetailScreen::tr("Endpoint"), kSpreadWidth});
        columns.push_back({InstanceDetailScreen::tr("Prompt"), kFigureWidth, Qt::AlignRight});
        columns.push_back({InstanceDetailScreen::tr("Tries"), kFigureWidth, Qt::AlignRight});
    }
    return new FactsView(InstanceDetailScreen::tr("Requests in flight"), std::move(columns),
                         FactsHead::Shown, parent);
}

FactsView* requestsView(QWidget* parent)
{
    return new FactsView(InstanceDetailScreen::tr("Requests by phase"),
                         {{InstanceDetailScreen::tr("Phase"), kNameWidth + 24},
                          {InstanceDetailScreen::tr("Count"), kFigureWidth, Qt::AlignRight},
                          {InstanceDetailScreen::tr("What it is"), 0}},
                         FactsHead::Shown, parent);
}

} // namespace

InstanceDetailScreen::InstanceDetailScreen(Session& session, QWidget* parent)
    : Screen(session, QStringLiteral("instance"), parent), head_(new DetailHead(session, this)),
      place_(plainLabel({}, "dim", this)), tabs_(new QTabBar(this)),
      stack_(new QStackedWidget(this)), openRequests_(new OpenRequests(session.port, this))
{
    const QString names[] = {tr("Now"), tr("Requests"), tr("Config"), tr("Probes"), tr("Compare")};
    for (int tab = 0; tab < kTabs; ++tab) {
        tabs_->addTab(names[tab]);
        tabs_->setTabToolTip(tab, tr("%1 (%2)").arg(names[tab]).arg(tab + 1));
    }
    tabs_->setDrawBase(false);
    tabs_->setExpanding(false);
    tabs_->setAccessibleName(tr("Pages of this instance"));
    auto* content = new QWidget(this);
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    makeActions();
    column->addLayout(makeHeadRow());
    column->addWidget(tabs_);
    stack_->addWidget(makeNow());
    makePages();
    column->addWidget(stack_, 1);
    page_ = new StatePage(content, this);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(page_);
    connect(tabs_, &QTabBar::currentChanged, this, [this](int tab) {
        stack_->setCurrentIndex(tab);
        refreshedUnixMs_ = 0;
        refresh();
    });
    connect(openRequests_, &OpenRequests::changed, this, &InstanceDetailScreen::showOpenRequests);
    connect(&session.store, &fleet::FleetStore::refreshed, this, &InstanceDetailScreen::refresh);
    connect(&session.store, &fleet::FleetStore::linkChanged, this, &InstanceDetailScreen::refresh);
    connect(&session.time, &TimeDisplay::changed, this, [this] {
        refreshedUnixMs_ = 0;
        refresh();
    });
    // The slot is still ours while this is told, and another's afterwards.
    connect(&session.store, &fleet::FleetStore::agentVanished, this, [this](int slot) {
        if (this->session().store.agent(slot).id == agent_)
            head_->setAgent(-1);
    });
    refresh();
}

void InstanceDetailScreen::resizeEvent(QResizeEvent* event)
{
    Screen::resizeEvent(event);
    side_->setFixedWidth(width() < kWide ? theme::kInspectorNarrowWidth : theme::kInspectorWidth);
}

QHBoxLayout* InstanceDetailScreen::makeHeadRow()
{
    auto* row = new QHBoxLayout;
    row->setContentsMargins(0, 0, theme::kPadding, 0);
    row->setSpacing(theme::kGap);
    row->addWidget(head_, 1);
    row->addWidget(place_);
    struct Step {
        const char* name;
        const char* toolTip;
        theme::Icon icon;
        int by;
    };
    for (const Step& each : {Step{QT_TR_NOOP("Previous"), QT_TR_NOOP("Previous in the pool (k)"),
                                  theme::Icon::Previous, -1},
                             Step{QT_TR_NOOP("Next"), QT_TR_NOOP("Next in the pool (j)"),
                                  theme::Icon::Next, 1}}) {
        auto* button = new QPushButton(theme::iconFor(each.icon), {}, this);
        button->setAccessibleName(tr(each.name));
        button->setToolTip(tr(each.toolTip));
        connect(button, &QPushButton::clicked, this, [this, by = each.by] { step(by); });
        row->addWidget(button);
    }
    return row;
}

QWidget* InstanceDetailScreen::makeNow()
{
    auto* now = new QWidget(stack_);
    auto* row = new QHBoxLayout(now);
    row->setContentsMargins(theme::kPadding, theme::kPadding, theme::kPadding, theme::kPadding);
    row->setSpacing(theme::kPanelGap);
    auto* grid = new QGridLayout;
    grid->setSpacing(theme::kPanelGap);
    const std::pair<QString, InstanceColumn> readings[] = {
        {tr("TTFT p95, ms"), InstanceColumn::Ttft},
        {tr("Inter-token p95, ms"), InstanceColumn::Gap},
        {tr("Queue wait p95, ms"), InstanceColumn::Queue},
        {tr("KV use, %"), InstanceColumn::Kv},
        {tr("Requests in flight"), InstanceColumn::InFlight},
        {tr("Output, tok/s"), InstanceColumn::Output},
    };
    for (int i = 0; i < 6; ++i) {
        charts_.push_back(new ReadingChart(readings[i].first, readings[i].second, now));
        grid->addWidget(charts_.back(), i / 3, i % 3 * 2, 1, 2);
    }
    open_.small = openView(Columns::Few, now);
    openPanels_.push_back(page(tr("Requests in flight"), open_.small));
    compare_.small = compareView(now);
    comparePanel_ = page(tr("Compare with peers"), compare_.small);
    grid->addWidget(openPanels_.back(), 2, 0, 1, 3);
    grid->addWidget(comparePanel_, 2, 3, 1, 3);
    for (int i = 0; i < 3; ++i) {
        grid->setRowStretch(i, i < 2 ? 4 : 5);
        grid->setColumnStretch(2 * i, 1);
        grid->setColumnStretch(2 * i + 1, 1);
    }
    row->addLayout(grid, 1);
    side_ = new QWidget(now);
    side_->setLayout(makeSide());
    row->addWidget(side_);
    return now;
}

QVBoxLayout* InstanceDetailScreen::makeSide()
{
    auto* side = new QVBoxLayout;
    side->setContentsMargins(0, 0, 0, 0);
    side->setSpacing(theme::kPanelGap);
    why_ = whyView(this);
    whyPanel_ = page(tr("Why"), why_);
    probes_.small = probesView(this);
    gateways_.small = gatewaysView(FactsHead::Hidden, this);
    probesPanel_ = page(tr("Probes"), probes_.small);
    probesPanel_->setKeyHint(QStringLiteral("p"));
    probesPanel_->body()->addWidget(gateways_.small, 1);
    probesPanel_->setHint(tr("its own verdict, and the gateways'"));
    config_.small = configView(FactsHead::Hidden, this);
    configPanel_ = page(tr("Effective config"), config_.small);
    side->addWidget(whyPanel_, 3);
    side->addWidget(probesPanel_, 5);
    side->addWidget(configPanel_, 4);
    side->addLayout(makeFoot());
    return side;
}

Panel* InstanceDetailScreen::page(const QString& title, FactsView* facts)
{
    auto* panel = new Panel(title, this);
    panel->body()->setContentsMargins(0, 0, 0, 0);
    panel->body()->addWidget(facts, 1);
    return panel;
}

QWidget* InstanceDetailScreen::makePages()
{
    const auto addPage = [this](std::initializer_list<Panel*> panels) {
        auto* page = new QWidget(stack_);
        auto* column = new QVBoxLayout(page);
        column->setContentsMargins(theme::kPadding, theme::kPadding, theme::kPadding,
                                   theme::kPadding);
        column->setSpacing(theme::kPanelGap);
        for (Panel* panel : panels)
            column->addWidget(panel, 1);
        stack_->addWidget(page);
        return page;
    };
    open_.large = openView(Columns::All, this);
    openPanels_.push_back(page(tr("Requests in flight"), open_.large));
    requests_ = requestsView(this);
    addPage({openPanels_.back(), page(tr("Requests by phase"), requests_)});
    config_.large = configView(FactsHead::Shown, this);
    addPage({page(tr("Effective config"), config_.large)});
    probes_.large = probesView(this);
    gateways_.large = gatewaysView(FactsHead::Shown, this);
    addPage({page(tr("Its own verdict"), probes_.large),
             page(tr("As the gateways see it"), gateways_.large)});
    compare_.large = compareView(this);
    return addPage({page(tr("Compare with serving peers"), compare_.large)});
}

void InstanceDetailScreen::makeActions()
{
    const char* const tabs[] = {QT_TR_NOOP("Now"), QT_TR_NOOP("Requests"), QT_TR_NOOP("Config"),
                                QT_TR_NOOP("Probes"), QT_TR_NOOP("Compare")};
    for (int tab = 0; tab < kTabs; ++tab)
        connect(add(tr("Page: %1").arg(tr(tabs[tab])),
                    tr("%1 (%2)").arg(tr(tabs[tab])).arg(tab + 1), QString::number(tab + 1)),
                &QAction::triggered, this, [this, tab] { setTab(static_cast<Tab>(tab)); });
    connect(add(tr("Next"), tr("Next in the pool (j)"), QStringLiteral("J")), &QAction::triggered,
            this, [this] { step(1); });
    connect(add(tr("Previous"), tr("Previous in the pool (k)"), QStringLiteral("K")),
            &QAction::triggered, this, [this] { step(-1); });
    connect(add(tr("Probe now"), tr("Has the agent ask its engine for one token (p)"),
                QStringLiteral("P")),
            &QAction::triggered, this, [this] { probeNow(); });
}

QHBoxLayout* InstanceDetailScreen::makeFoot()
{
    auto* foot = new QHBoxLayout;
    foot->setSpacing(theme::kGap);
    for (const Act which : {Act::Drain, Act::Undrain, Act::Maintenance}) {
        const ActWords& words = wordsOf(which);
        QAction* action = add(words.name, words.toolTip, keyText(words));
        connect(action, &QAction::triggered, this, [this, which] { act(which); });
        // The side column is narrow: the key stands in the tool tip.
        auto* button = new QPushButton(action->text(), this);
        button->setAccessibleName(action->text());
        button->setToolTip(action->toolTip());
        connect(button, &QPushButton::clicked, action, &QAction::trigger);
        foot->addWidget(button, 1);
    }
    return foot;
}

} // namespace signalbox::views
