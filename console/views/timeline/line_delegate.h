// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/views/frame/session.h"

#include <QStyledItemDelegate>

#include <functional>

namespace signalbox::timeline {

// What a row of one of the timeline's lists shows.
struct TimelineLine {
    enum class Mark : std::uint8_t { None, Change, Worse, Bad };
    std::int64_t unixMs = 0;
    Mark mark = Mark::None;
    QString text;
    QString note; // dim, behind it
};

// Rows of 24 px: time, mark, words.
// Lives on: gui thread. Owned by its list.
class LineDelegate final : public QStyledItemDelegate {
    Q_OBJECT
public:
    using LineOf = std::function<TimelineLine(int row)>;
    LineDelegate(views::Session& session, LineOf lineOf, QObject* parent);
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    views::Session& session_;
    LineOf lineOf_;
};

} // namespace signalbox::timeline
