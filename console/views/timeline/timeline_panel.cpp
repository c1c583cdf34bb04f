// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/timeline/timeline_panel.h"

#include "console/theme/metrics.h"
#include "console/views/frame/painting.h"
#include "console/views/frame/panel.h"
#include "console/views/timeline/density_strip.h"
#include "console/views/timeline/line_delegate.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QListView>
#include <QPainter>
#include <QPushButton>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace signalbox::timeline {

namespace {

constexpr int kListShare = 2; // of 5, the strip has the rest
constexpr int kStripShare = 3;

int heightOf(TimelineSize size)
{
    switch (size) {
    case TimelineSize::Folded: return theme::kTimelineFoldedHeight;
    case TimelineSize::Open: return theme::kTimelineHeight;
    case TimelineSize::Tall: return theme::kTimelineOpenHeight;
    }
    return theme::kTimelineHeight;
}

TimelineLine lineOf(const lists::EventRow& event)
{
    using Mark = TimelineLine::Mark;
    const Mark mark = event.severity == model::Severity::Critical ? Mark::Bad
        : event.severity == model::Severity::Warning              ? Mark::Worse
                                                                  : Mark::None;
    return {event.unixMs, mark, event.text, {}};
}

TimelineLine lineOf(const lists::ChangeRow& change)
{
    const QString note = change.undoneBy == 0
        ? change.cause
        : TimelinePanel::tr("undone by %1").arg(change.undoneBy);
    return {change.atUnixMs,
            change.undoneBy == 0 ? TimelineLine::Mark::Change : TimelineLine::Mark::None,
            TimelinePanel::tr("%1, %2, %3").arg(change.revision).arg(change.who, change.what),
            note};
}

} // namespace

TimelinePanel::TimelinePanel(views::Session& session, QWidget* parent)
    : QWidget(parent), session_(session), events_(new lists::EventLogModel(session.store, this)),
      changes_(new lists::ChangeListModel(session.store, this)),
      strip_(new DensityStrip(session, *changes_, *events_, this)), body_(new QWidget(this)),
      lists_(new QStackedWidget(body_))
{
    setAccessibleName(tr("Timeline"));
    eventList_ = makeList(events_, tr("Newest events"), tr("Enter selects the agent of the event"));
    eventList_->setItemDelegate(new LineDelegate(
        session, [this](int row) { return lineOf(events_->row(row)); }, eventList_));
    undoList_ = makeList(changes_, tr("Changes that can be undone"),
                         tr("Enter opens the preview of the undo"));
    undoList_->setItemDelegate(new LineDelegate(
        session, [this](int row) { return lineOf(changes_->row(row)); }, undoList_));
    lists_->addWidget(eventList_);
    lists_->addWidget(undoList_);
    auto* across = new QHBoxLayout(body_);
    across->setContentsMargins(theme::kPadding, 0, 0, 0);
    across->setSpacing(theme::kPadding);
    across->addWidget(strip_, kStripShare);
    across->addWidget(lists_, kListShare);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, theme::kHairline, 0, 0);
    all->setSpacing(0);
    all->addWidget(makeBar());
    all->addWidget(body_, 1);
    connectAll();
    setPanelSize(TimelineSize::Open);
    setList(TimelineList::Events);
    refresh();
}

QPushButton* TimelinePanel::barButton(const QString& text, const QString& tip, QWidget* bar)
{
    auto* button = new QPushButton(text, bar);
    button->setProperty("role", QLatin1String("flat"));
    button->setAccessibleName(text);
    button->setToolTip(tip);
    return button;
}

QWidget* TimelinePanel::makeBar()
{
    auto* bar = new QWidget(this);
    bar->setFixedHeight(theme::kTimelineBarHeight - theme::kHairline);
    counts_ = views::plainLabel({}, "dim", bar);
    eventsButton_ = barButton(tr("Events"), tr("List the newest events"), bar);
    undoListButton_ = barButton(tr("Undo list"), tr("List the changes that can be undone"), bar);
    for (QPushButton* button : {eventsButton_, undoListButton_})
        button->setCheckable(true);
    undo_ = barButton(tr("Undo"), {}, bar);
    open_ = barButton(tr("Look"),
                      tr("How far the selected change has come, or its record (Space in the list)"),
                      bar);
    fold_ = barButton(tr("Fold"), {}, bar);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(theme::kPadding, 0, theme::kGap, 0);
    row->setSpacing(theme::kGap);
    row->addWidget(views::plainLabel(tr("Timeline"), "strong", bar));
    row->addWidget(views::plainLabel(tr("last 60 min"), "dim", bar));
    row->addStretch(1);
    row->addWidget(counts_);
    row->addSpacing(theme::kPadding);
    for (QPushButton* button : {open_, undo_, eventsButton_, undoListButton_, fold_})
        row->addWidget(button);
    row->addWidget(views::plainLabel(QStringLiteral("F8"), "captionFaint", bar));
    return bar;
}

QListView* TimelinePanel::makeList(QAbstractItemModel* model, const QString& name,
                                   const QString& tip)
{
    auto* list = new QListView(lists_);
    list->setModel(model);
    list->setFrameShape(QFrame::NoFrame);
    list->setUniformItemSizes(true);
    list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    list->viewport()->setAutoFillBackground(false);
    list->setAccessibleName(name);
    list->setToolTip(tip);
    list->installEventFilter(this);
    return list;
}

void TimelinePanel::connectAll()
{
    fleet::FleetStore& store = session_.store;
    connect(&store, &fleet::FleetStore::refreshed, this, &TimelinePanel::refresh);
    connect(&store, &fleet::FleetStore::alarmsChanged, this, &TimelinePanel::tellCounts);
    connect(&store, &fleet::FleetStore::linkChanged, this, [this] { update(); });
    connect(changes_, &QAbstractItemModel::rowsInserted, this, &TimelinePanel::tellUndo);
    connect(changes_, &QAbstractItemModel::rowsRemoved, this, &TimelinePanel::tellUndo);
    connect(changes_, &QAbstractItemModel::dataChanged, this, &TimelinePanel::tellUndo);
    connect(&session_.time, &views::TimeDisplay::changed, this, [this] {
        strip_->update();
        eventList_->viewport()->update();
        undoList_->viewport()->update();
    });
    connect(eventList_->selectionModel(), &QItemSelectionModel::currentChanged, this,
            &TimelinePanel::selectEvent);
    connect(undoList_->selectionModel(), &QItemSelectionModel::currentChanged, this,
            &TimelinePanel::selectChange);
    connect(undoList_, &QListView::doubleClicked, this, &TimelinePanel::undoCurrent);
    connect(undo_, &QPushButton::clicked, this, &TimelinePanel::undoCurrent);
    connect(open_, &QPushButton::clicked, this, &TimelinePanel::openCurrent);
    connect(eventsButton_, &QPushButton::clicked, this,
            [this] { setList(TimelineList::Events); });
    connect(undoListButton_, &QPushButton::clicked, this, [this] { setList(TimelineList::Undo); });
    connect(fold_, &QPushButton::clicked, this, [this] {
        setPanelSize(size_ == TimelineSize::Folded ? TimelineSize::Open : TimelineSize::Folded);
    });
}

void TimelinePanel::setPanelSize(TimelineSize size)
{
    const bool isChanged = size != size_;
    size_ = size;
    setFixedHeight(heightOf(size));
    const bool isFolded = size == TimelineSize::Folded;
    body_->setVisible(!isFolded);
    fold_->setText(isFolded ? tr("Open") : tr("Fold"));
    fold_->setAccessibleName(fold_->text());
    fold_->setToolTip(isFolded ? tr("Open the timeline (F8)") : tr("Fold the timeline (F8)"));
    for (QPushButton* button : {eventsButton_, undoListButton_})
        button->setVisible(!isFolded);
    tellUndo();
    if (isChanged)
        Q_EMIT panelSizeChanged(size);
}

void TimelinePanel::setList(TimelineList list)
{
    list_ = list;
    const bool isUndo = list == TimelineList::Undo;
    lists_->setCurrentWidget(isUndo ? undoList_ : eventList_);
    eventsButton_->setChecked(!isUndo);
    undoListButton_->setChecked(isUndo);
    if (isUndo && !undoList_->currentIndex().isValid() && changes_->rowCount() > 0)
        undoList_->selectionModel()->setCurrentIndex(changes_->index(0),
                                                     QItemSelectionModel::ClearAndSelect);
    tellUndo();
}

void TimelinePanel::refresh()
{
    const std::int64_t second = session_.store.nowUnixMs() / 1'000;
    if (second == shownSecond_)
        return;
    shownSecond_ = second;
    strip_->remember();
    if (!isVisible())
        return;
    tellCounts();
    strip_->refresh();
    if (session_.time.style() == views::TimeStyle::Relative)
        lists_->currentWidget()->update();
}

void TimelinePanel::tellCounts()
{
    const std::size_t alarms
        = session_.store.alarms().alarms().size() + session_.store.alarms().leftOut();
    const QString text = tr("%1 changes, %2 alarms, %3 events")
                             .arg(changes_->rowCount())
                             .arg(alarms)
                             .arg(events_->rowCount());
    if (text != counts_->text())
        counts_->setText(text);
    strip_->setAccessibleDescription(text);
}

void TimelinePanel::tellUndo()
{
    const QModelIndex current = undoList_->currentIndex();
    undo_->setVisible(list_ == TimelineList::Undo && size_ != TimelineSize::Folded);
    const bool isOne = current.isValid() && current.row() < changes_->rowCount();
    const std::uint64_t undoneBy = isOne ? changes_->row(current.row()).undoneBy : 0;
    undo_->setEnabled(isOne && undoneBy == 0);
    open_->setVisible(undo_->isVisibleTo(this));
    open_->setEnabled(isOne);
    const QString tip = !isOne ? tr("Undo is off: no change is selected")
        : undoneBy != 0        ? tr("Undo is off: it was undone by %1").arg(undoneBy)
                               : tr("Opens a preview of the undo (Enter in the list)");
    undo_->setToolTip(tip);
    undo_->setAccessibleDescription(tip);
    undo_->setText(isOne ? tr("Undo %1").arg(changes_->row(current.row()).revision) : tr("Undo"));
    undo_->setAccessibleName(undo_->text());
}

void TimelinePanel::undoCurrent()
{
    const QModelIndex current = undoList_->currentIndex();
    if (!current.isValid() || changes_->row(current.row()).undoneBy != 0)
        return;
    Q_EMIT actRequested(views::Act::Undo,
                        {{views::ObjectKind::Audit,
                          std::to_string(changes_->row(current.row()).number)}});
}

void TimelinePanel::openCurrent()
{
    const QModelIndex current = undoList_->currentIndex();
    if (current.isValid())
        Q_EMIT openRequested({views::ObjectKind::Audit,
                              std::to_string(changes_->row(current.row()).number)});
}

void TimelinePanel::selectEvent(const QModelIndex& index)
{
    if (index.isValid() && eventList_->hasFocus())
        session_.selection.select(
            {views::ObjectKind::Agent, events_->row(index.row()).agent});
}

void TimelinePanel::selectChange(const QModelIndex& index)
{
    tellUndo();
    if (index.isValid() && undoList_->hasFocus())
        session_.selection.select({views::ObjectKind::Audit,
                                   std::to_string(changes_->row(index.row()).number)});
}

bool TimelinePanel::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() != QEvent::KeyPress)
        return QWidget::eventFilter(watched, event);
    const int key = static_cast<QKeyEvent*>(event)->key();
    if (key == Qt::Key_Space && watched == undoList_) {
        openCurrent();
        return true;
    }
    if (key != Qt::Key_Return && key != Qt::Key_Enter)
        return QWidget::eventFilter(watched, event);
    if (watched == undoList_)
        undoCurrent();
    else
        selectEvent(eventList_->currentIndex());
    return true;
}

void TimelinePanel::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const theme::Tokens& t = views::tokensFor(session_.store);
    painter.fillRect(rect(), t.surface);
    painter.fillRect(QRect(0, 0, width(), theme::kHairline), t.line2);
}

void TimelinePanel::mouseDoubleClickEvent(QMouseEvent*)
{
    fold_->click();
}

} // namespace signalbox::timeline
