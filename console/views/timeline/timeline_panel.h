// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/lists/change_list_model.h"
#include "console/models/lists/event_log_model.h"
#include "console/views/frame/session.h"
#include "console/views/frame/verbs.h"

#include <QWidget>

#include <vector>

class QLabel;
class QListView;
class QPushButton;
class QStackedWidget;

namespace signalbox::timeline {

class DensityStrip;

enum class TimelineSize : std::uint8_t { Folded, Open, Tall }; // 24, 121, 300 px
enum class TimelineList : std::uint8_t { Events, Undo };

// What happened in the last 60 minutes, under every screen: a strip of requests with its marks, the
// newest events, and what can be undone. Undo asks for a preview, as every other act.
// Lives on: gui thread. Owned by the window.
class TimelinePanel final : public QWidget {
    Q_OBJECT
public:
    TimelinePanel(views::Session& session, QWidget* parent = nullptr);

    TimelineSize panelSize() const { return size_; }
    void setPanelSize(TimelineSize size);
    TimelineList list() const { return list_; }
    void setList(TimelineList list);

Q_SIGNALS:
    void openRequested(const signalbox::views::ObjectRef& object); // a change, to look at it
    void panelSizeChanged(signalbox::timeline::TimelineSize size);
    void actRequested(signalbox::views::Act act,
                      const std::vector<signalbox::views::ObjectRef>& objects);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override; // on the bar
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QWidget* makeBar();
    QPushButton* barButton(const QString& text, const QString& tip, QWidget* bar);
    QListView* makeList(QAbstractItemModel* model, const QString& name, const QString& tip);
    void connectAll();
    void refresh();
    void tellCounts();
    void tellUndo();
    void undoCurrent();
    void openCurrent();
    void selectEvent(const QModelIndex& index);
    void selectChange(const QModelIndex& index);

    views::Session& session_;
    lists::EventLogModel* events_;
    lists::ChangeListModel* changes_;
    TimelineSize size_ = TimelineSize::Open;
    TimelineList list_ = TimelineList::Events;
    DensityStrip* strip_;
    QWidget* body_;
    QStackedWidget* lists_;
    QListView* eventList_ = nullptr;
    QListView* undoList_ = nullptr;
    QLabel* counts_ = nullptr;
    QPushButton* eventsButton_ = nullptr;
    QPushButton* undoListButton_ = nullptr;
    QPushButton* undo_ = nullptr;
    QPushButton* open_ = nullptr;
    QPushButton* fold_ = nullptr;
    std::int64_t shownSecond_ = 0;
};

} // namespace signalbox::timeline
