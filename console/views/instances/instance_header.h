// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHeaderView>

namespace signalbox::views {

// Heads of up to three lines, at the foot of their field; the sorted one is ink and has an arrow.
// Lives on: gui thread. Owned by the table.
class InstanceHeader final : public QHeaderView {
    Q_OBJECT
public:
    explicit InstanceHeader(QWidget* parent);

    void setSorted(int section, Qt::SortOrder order);
    QSize sizeHint() const override;

protected:
    void paintSection(QPainter* painter, const QRect& box, int section) const override;

private:
    int sorted_ = -1;
    Qt::SortOrder order_ = Qt::AscendingOrder;
};

} // namespace signalbox::views
