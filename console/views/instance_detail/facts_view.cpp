// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/instance_detail/facts_view.h"

#include "console/text/plain_text.h"
#include "console/theme/icons.h"
#include "console/theme/marks.h"
#include "console/theme/metrics.h"
#include "console/theme/theme.h"
#include "console/theme/typography.h"

#include <QHeaderView>
#include <QKeyEvent>
#include <QPainter>
#include <QStyledItemDelegate>

#include <algorithm>

namespace signalbox::views {

namespace {

constexpr int kWeightRole = Qt::UserRole;
constexpr int kFirstOutRole = Qt::UserRole + 1;
constexpr int kStarColumn = 1;

// Paints a line: quiet ones step back, strong ones are what to look at.
// Lives on: gui thread. Owned by the view.
class FactsDelegate final : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override
    {
        const theme::Tokens& t = theme::tokens();
        QRect cell = option.rect;
        if (option.state.testFlag(QStyle::State_Selected))
            painter->fillRect(cell, t.sel);
        painter->fillRect(QRect(cell.left(), cell.bottom(), cell.width(), theme::kHairline),
                          t.line);
        const auto weight = static_cast<FactWeight>(index.data(kWeightRole).toInt());
        const bool isStrong = weight == FactWeight::Strong;
        painter->setFont(isStrong
                             ? theme::fontFor(theme::TextStyle::Base, theme::TextWeight::SemiBold)
                             : theme::fontFor(theme::TextStyle::Base));
        painter->setPen(weight == FactWeight::Quiet ? t.ink2 : t.ink);
        if (index.column() == kStarColumn && index.data(kFirstOutRole).toBool()) {
            const QRectF star(cell.left() + theme::kGap4,
                              cell.top() + (cell.height() - theme::kIconSize) / 2.0,
                              theme::kIconSize, theme::kIconSize);
            theme::paintIcon(*painter, star, theme::Icon::Star, t.ink);
            cell.setLeft(cell.left() + theme::kIconSize);
        }
        const QRect box = cell.adjusted(theme::kCellPadding, 0, -theme::kCellPadding, 0);
        const auto alignment = static_cast<Qt::Alignment>(
            index.data(Qt::TextAlignmentRole).toInt());
        painter->drawText(box, static_cast<int>(alignment),
                          painter->fontMetrics().elidedText(index.data().toString(),
                                                            Qt::ElideRight, box.width()));
        if (option.state.testFlag(QStyle::State_HasFocus))
            theme::paintCellFocus(*painter, option.rect, t);
    }
};

} // namespace

FactsModel::FactsModel(std::vector<FactColumn> columns, QObject* parent)
    : QAbstractTableModel(parent), columns_(std::move(columns))
{
}

int FactsModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(facts_.size());
}

int FactsModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(columns_.size());
}

void FactsModel::setFacts(std::vector<Fact> facts)
{
    const int before = rowCount();
    const int after = static_cast<int>(facts.size());
    if (after < before) {
        beginRemoveRows({}, after, before - 1);
        facts_.resize(static_cast<std::size_t>(after));
        endRemoveRows();
    }
    const int common = std::min(before, after);
    for (int row = 0; row < common; ++row) {
        const auto place = static_cast<std::size_t>(row);
        if (facts_[place] == facts[place])
            continue;
        facts_[place] = std::move(facts[place]);
        Q_EMIT dataChanged(index(row, 0), index(row, columnCount() - 1));
    }
    if (after > before) {
        beginInsertRows({}, before, after - 1);
        facts_.insert(facts_.end(), facts.begin() + before, facts.end());
        endInsertRows();
    }
}

QVariant FactsModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    const Fact& fact = facts_[static_cast<std::size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole: return fact.cells.value(index.column());
    case Qt::ToolTipRole: return text::escapedText(fact.cells.value(index.column()));
    case Qt::TextAlignmentRole:
        return static_cast<int>(columns_[static_cast<std::size_t>(index.column())].alignment
                                | Qt::AlignVCenter);
    case kWeightRole: return static_cast<int>(fact.weight);
    case kFirstOutRole: return fact.isFirstOut;
    default: return {};
    }
}

QVariant FactsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount())
        return {};
    const FactColumn& column = columns_[static_cast<std::size_t>(section)];
    if (role == Qt::DisplayRole)
        return column.title;
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>(column.alignment | Qt::AlignVCenter);
    return {};
}

FactsView::FactsView(const QString& name, std::vector<FactColumn> columns, FactsHead head,
                     QWidget* parent)
    : QTableView(parent), model_(new FactsModel(std::move(columns), this))
{
    setModel(model_);
    setItemDelegate(new FactsDelegate(this));
    setAccessibleName(name);
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    verticalHeader()->setMinimumSectionSize(theme::kRowHeight);
    verticalHeader()->setDefaultSectionSize(theme::kRowHeight);
    verticalHeader()->hide();
    horizontalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setVisible(head == FactsHead::Shown);
    setShowGrid(false);
    setFrameShape(NoFrame);
    setWordWrap(false);
    setEditTriggers(NoEditTriggers);
    setSelectionBehavior(SelectRows);
    setSelectionMode(SingleSelection);
    setTabKeyNavigation(false);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollMode(ScrollPerPixel);
}

void FactsView::resizeEvent(QResizeEvent* event)
{
    QTableView::resizeEvent(event);
    int rest = viewport()->width();
    int open = 0;
    for (const FactColumn& column : model_->columns()) {
        rest -= column.width;
        open += column.width == 0 ? 1 : 0;
    }
    for (int i = 0; i < model_->columnCount(); ++i) {
        const int width = model_->columns()[static_cast<std::size_t>(i)].width;
        setColumnWidth(i,
                       width > 0 ? width : std::max(theme::kTargetSize, rest / std::max(1, open)));
    }
}

void FactsView::keyPressEvent(QKeyEvent* event)
{
    // Letters are keys of the screen.
    if (!event->text().isEmpty() && event->text().front().isPrint())
        event->ignore();
    else
        QTableView::keyPressEvent(event);
}

} // namespace signalbox::views
