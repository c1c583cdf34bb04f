// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/lists/alarm_list_model.h"
#include "console/models/lists/change_list_model.h"
#include "console/views/frame/session.h"

#include <QStyledItemDelegate>

class QListView;

namespace signalbox::overview {

// A row of the alarm list: badge, star of the first-out, object, words, since, new or acknowledged.
// Lives on: gui thread. Owned by its list.
class AlarmRowDelegate final : public QStyledItemDelegate {
    Q_OBJECT
public:
    AlarmRowDelegate(views::Session& session, const lists::AlarmListModel& model, QObject* parent);
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    views::Session& session_;
    const lists::AlarmListModel& model_;
};

// A row of the changes: when, revision, who, what and why.
// Lives on: gui thread. Owned by its list.
class ChangeRowDelegate final : public QStyledItemDelegate {
    Q_OBJECT
public:
    ChangeRowDelegate(views::Session& session, const lists::ChangeListModel& model,
                      QObject* parent);
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    views::Session& session_;
    const lists::ChangeListModel& model_;
};

// A list without frame and ground of its own, for the body of a panel.
QListView* bareList(QAbstractItemModel* model, const QString& name, const QString& tip,
                    QWidget* parent);

} // namespace signalbox::overview
