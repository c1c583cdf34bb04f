// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/instances/instance_view.h"

#include "console/theme/metrics.h"
#include "console/views/instances/instance_delegate.h"
#include "console/views/instances/instance_header.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QScrollBar>

#include <algorithm>

namespace signalbox::views {

using models::InstanceColumn;

namespace {

constexpr std::int64_t kAfterKeyMs = 2'000;
constexpr int kStretchLeast = 200;

// Takes what room is left.
InstanceColumn stretchOf(models::ColumnSet set)
{
    return set == models::ColumnSet::Inventory ? InstanceColumn::Model : InstanceColumn::Reason;
}

} // namespace

InstanceView::InstanceView(Session& session, models::InstanceTableModel& model, QWidget* parent)
    : QTableView(parent), session_(session), model_(model), header_(new InstanceHeader(this)),
      delegate_(new InstanceDelegate(model, session.history, *this))
{
    setHorizontalHeader(header_);
    setModel(&model_);
    setItemDelegate(delegate_);
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    verticalHeader()->setMinimumSectionSize(theme::kRowHeight);
    verticalHeader()->setDefaultSectionSize(theme::kRowHeight);
    verticalHeader()->hide();
    setShowGrid(false);
    setFrameShape(QFrame::NoFrame);
    setWordWrap(false);
    setCornerButtonEnabled(false);
    setEditTriggers(NoEditTriggers);
    setSelectionBehavior(SelectRows);
    setSelectionMode(SingleSelection);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollMode(ScrollPerPixel);
    setTabKeyNavigation(false);
    setMouseTracking(true);
    setContextMenuPolicy(Qt::ActionsContextMenu);
    setAccessibleName(tr("Instances"));
    setAccessibleDescription(tr("Table of instances; Enter opens one, x marks it"));
    connect(header_, &QHeaderView::sectionClicked, this, &InstanceView::sortRequested);
    connect(header_, &QHeaderView::sectionResized, this, [this](int section, int, int width) {
        if (!isFitting_ && width > 0)
            widths_[static_cast<InstanceColumn>(section)] = width;
    });
    connect(&model_, &models::InstanceTableModel::aboutToArrange, this, &InstanceView::keepPlace);
    connect(&model_, &models::InstanceTableModel::arranged, this, &InstanceView::restorePlace);
    fitColumns();
}

void InstanceView::setColumnSet(models::ColumnSet set)
{
    set_ = set;
    fitColumns();
}

int InstanceView::widthOf(InstanceColumn column) const
{
    const auto found = widths_.find(column);
    if (found != widths_.end())
        return found->second;
    return column == stretchOf(set_) ? kStretchLeast : models::factsOf(column).width;
}

std::vector<InstanceColumn> InstanceView::columnsShown() const
{
    std::vector<InstanceColumn> columns;
    for (const InstanceColumn column : models::columnsOf(set_)) {
        if (shown_.contains(column))
            columns.push_back(column);
    }
    return columns;
}

void InstanceView::fitColumns()
{
    isFitting_ = true;
    const auto wanted = models::columnsOf(set_);
    shown_ = {wanted.begin(), wanted.end()};
    int total = 0;
    for (const InstanceColumn column : wanted)
        total += widthOf(column);
    const int room = viewport()->width();
    for (const InstanceColumn column : models::foldOrder()) {
        if (total > room && shown_.erase(column) > 0)
            total -= widthOf(column);
    }
    leftOut_ = static_cast<int>(wanted.size() - shown_.size());
    for (int section = 0; section < models::kInstanceColumns; ++section) {
        const auto column = static_cast<InstanceColumn>(section);
        const bool isShown = shown_.contains(column);
        if (isShown == isColumnHidden(section))
            setColumnHidden(section, !isShown);
        if (!isShown)
            continue;
        const int extra = column == stretchOf(set_) ? std::max(0, room - total) : 0;
        if (columnWidth(section) != widthOf(column) + extra)
            setColumnWidth(section, widthOf(column) + extra);
    }
    // In the order of the set; a set may order its columns in another way than the enum does.
    for (int place = 0; place < static_cast<int>(wanted.size()); ++place)
        header_->moveSection(
            header_->visualIndex(static_cast<int>(wanted[static_cast<std::size_t>(place)])), place);
    header_->setSorted(static_cast<int>(model_.sortColumn()), model_.sortOrder());
    isFitting_ = false;
    Q_EMIT columnsChanged();
}

bool InstanceView::isHeld() const
{
    return isPointerOver_ || session_.store.nowUnixMs() - lastKeyUnixMs_ < kAfterKeyMs;
}

std::string InstanceView::currentAgent() const
{
    const QModelIndex current = currentIndex();
    return !current.isValid() || model_.isGroup(current.row()) ? std::string()
                                                               : model_.agentAt(current.row()).id;
}

void InstanceView::goTo(const std::string& agent)
{
    const int row = model_.rowOf(agent);
    if (row < 0 || agent == currentAgent())
        return;
    const int column
        = std::max(currentIndex().column(), static_cast<int>(InstanceColumn::Name));
    setCurrentIndex(model_.index(row, column));
}

void InstanceView::currentChanged(const QModelIndex& current, const QModelIndex& previous)
{
    QTableView::currentChanged(current, previous);
    if (!isArranging_ && current.isValid() && !model_.isGroup(current.row()))
        Q_EMIT currentAgentChanged(model_.agentAt(current.row()).id);
}

void InstanceView::keepPlace()
{
    const auto placeOf = [this](int row, int column) {
        if (row < 0)
            return Place{};
        const bool isGroup = model_.isGroup(row);
        return Place{isGroup ? Anchor::Group : Anchor::Agent,
                     isGroup ? model_.groupNameAt(row) : model_.agentAt(row).id, column,
                     rowViewportPosition(row)};
    };
    isArranging_ = true;
    const QModelIndex current = currentIndex();
    current_ = placeOf(current.isValid() ? current.row() : -1, current.column());
    top_ = placeOf(rowAt(0), 0);
}

void InstanceView::restorePlace()
{
    const auto rowOf = [this](const Place& place) {
        switch (place.kind) {
        case Anchor::Agent: return model_.rowOf(place.name);
        case Anchor::Group: return model_.rowOfGroup(place.name);
        case Anchor::None: break;
        }
        return -1;
    };
    header_->setSorted(static_cast<int>(model_.sortColumn()), model_.sortOrder());
    const int currentRow = rowOf(current_);
    if (currentRow >= 0 && currentIndex() != model_.index(currentRow, current_.column))
        selectionModel()->setCurrentIndex(model_.index(currentRow, current_.column),
                                          QItemSelectionModel::ClearAndSelect
                                              | QItemSelectionModel::Rows);
    isArranging_ = false;
    // What the reader looks at stays where it is: the current row, or else the first one.
    const bool isSeen = currentRow >= 0 && current_.y >= 0 && current_.y < viewport()->height();
    const Place& anchor = isSeen ? current_ : top_;
    const int row = isSeen ? currentRow : rowOf(top_);
    if (row >= 0)
        verticalScrollBar()->setValue(verticalScrollBar()->value() + rowViewportPosition(row)
                                      - anchor.y);
}

void InstanceView::toggleFold(int row)
{
    model_.setFold(row, model_.isFolded(row) ? models::Fold::Open : models::Fold::Folded);
}

void InstanceView::hover(int row)
{
    const int before = delegate_->hoveredRow();
    if (row == before)
        return;
    delegate_->setHoveredRow(row);
    for (const int changed : {before, row}) {
        if (changed >= 0 && changed < model_.rowCount())
            viewport()->update(0, rowViewportPosition(changed), viewport()->width(),
                               theme::kRowHeight);
    }
}

bool InstanceView::event(QEvent* event)
{
    // Keys that are actions arrive only as this.
    if (event->type() == QEvent::ShortcutOverride)
        lastKeyUnixMs_ = session_.store.nowUnixMs();
    return QTableView::event(event);
}

bool InstanceView::viewportEvent(QEvent* event)
{
    if (event->type() == QEvent::Enter)
        isPointerOver_ = true;
    if (event->type() == QEvent::Leave || event->type() == QEvent::Hide) {
        isPointerOver_ = false;
        hover(-1);
    }
    return QTableView::viewportEvent(event);
}

void InstanceView::keyPressEvent(QKeyEvent* event)
{
    lastKeyUnixMs_ = session_.store.nowUnixMs();
    const int row = currentIndex().isValid() ? currentIndex().row() : -1;
    const bool isFold = event->key() == Qt::Key_Left || event->key() == Qt::Key_Right;
    if (row >= 0 && model_.isGroup(row) && isFold) {
        model_.setFold(row,
                       event->key() == Qt::Key_Left ? models::Fold::Folded : models::Fold::Open);
        return;
    }
    // Letters are keys of the screen, never a search by typing.
    if (!event->text().isEmpty() && event->text().front().isPrint()) {
        event->ignore();
        return;
    }
    QTableView::keyPressEvent(event);
}

void InstanceView::mousePressEvent(QMouseEvent* event)
{
    const QModelIndex index = indexAt(event->position().toPoint());
    const bool isLeft = event->button() == Qt::LeftButton;
    if (isLeft && index.isValid() && model_.isGroup(index.row())) {
        setCurrentIndex(index);
        toggleFold(index.row());
        return;
    }
    if (isLeft && index.isValid() && index.column() == static_cast<int>(InstanceColumn::Mark))
        Q_EMIT markClicked(model_.agentAt(index.row()).id);
    QTableView::mousePressEvent(event);
}

void InstanceView::mouseDoubleClickEvent(QMouseEvent* event)
{
    const QModelIndex index = indexAt(event->position().toPoint());
    const bool isMark = index.column() == static_cast<int>(InstanceColumn::Mark);
    if (isMark || (index.isValid() && model_.isGroup(index.row()))) {
        mousePressEvent(event);
        return;
    }
    if (index.isValid())
        Q_EMIT openRequested(model_.agentAt(index.row()).id);
}

void InstanceView::mouseMoveEvent(QMouseEvent* event)
{
    hover(rowAt(static_cast<int>(event->position().y())));
    QTableView::mouseMoveEvent(event);
}

void InstanceView::resizeEvent(QResizeEvent* event)
{
    QTableView::resizeEvent(event);
    fitColumns();
}

} // namespace signalbox::views
