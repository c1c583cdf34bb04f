// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/views/frame/time_display.h"

#include <QStyledItemDelegate>

#include <functional>

namespace signalbox::views {

// Cells of the audit table: one line, elided, moments as the window writes them.
// Lives on: gui thread. Owned by the table.
class AuditDelegate final : public QStyledItemDelegate {
    Q_OBJECT
public:
    AuditDelegate(const TimeDisplay& time, std::function<std::int64_t()> nowUnixMs,
                  QObject* parent);

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;

private:
    QString textOf(const QModelIndex& index) const;

    const TimeDisplay& time_;
    std::function<std::int64_t()> nowUnixMs_;
};

} // namespace signalbox::views
