// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/history/series_cache.h"
#include "console/models/instances/instance_table_model.h"
#include "console/theme/tokens.h"

#include <QFont>
#include <QStyledItemDelegate>

class QTableView;

namespace signalbox::views {

// Paints every cell of the table of instances: the kind of its column says how.
// Lives on: gui thread. Owned by the view.
class InstanceDelegate final : public QStyledItemDelegate {
    Q_OBJECT
public:
    InstanceDelegate(const models::InstanceTableModel& model, const history::SeriesCache& history,
                     QTableView& view);

    void setHoveredRow(int row) { hoveredRow_ = row; } // -1 = none
    int hoveredRow() const { return hoveredRow_; }

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    void paintGroup(QPainter& painter, const QRect& cell, const QModelIndex& index,
                    const theme::Tokens& t) const;
    void paintContent(QPainter& painter, const QRect& cell, const QModelIndex& index,
                      const theme::Tokens& t) const;
    void paintText(QPainter& painter, const QRect& cell, int row, models::InstanceColumn column,
                   const theme::Tokens& t) const;
    void paintTrend(QPainter& painter, const QRect& cell, int row, const theme::Tokens& t) const;
    void paintCheck(QPainter& painter, const QRect& cell, int row, const theme::Tokens& t) const;

    const models::InstanceTableModel& model_;
    const history::SeriesCache& history_;
    QTableView& view_;
    QFont base_;
    QFont strong_;
    int hoveredRow_ = -1;
};

} // namespace signalbox::views
