// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/lists/alarm_list_model.h"
#include "console/models/lists/change_list_model.h"
#include "console/views/frame/screen.h"
#include "console/views/overview/pool_grid.h"

#include <vector>

class QLabel;
class QListView;

namespace signalbox::views {
class Panel;
class StatePage;
}

namespace signalbox::overview {

class ControlPlane;
class SignalStrip;

// Is anything wrong, for whom, since when, and what changed? Alarms and changes, pools, golden
// signals, control plane, each at its place; nothing scrolls but a long list.
// Lives on: gui thread. Owned by the window.
class OverviewScreen final : public views::Screen {
    Q_OBJECT
public:
    OverviewScreen(views::Session& session, QWidget* parent);

    QString title() const override { return tr("Overview"); }
    QMap<QString, QString> stateMap() const override;
    void restore(const QMap<QString, QString>& state) override;
    bool escape() override; // shows all pools again
    void shown() override;

protected:
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void buildLists();
    void buildSignals();
    void buildActions();
    void connectStore();
    void addScreenAction(const QString& text, const QKeySequence& key, const QString& tip,
                         void (OverviewScreen::*act)());
    void acknowledge();
    void acknowledgeGroup();
    void toggleAbnormal();
    void openAlarm(const QModelIndex& index);
    void openPool(const std::string& pool);
    void selectAlarm(const QModelIndex& index);
    void refresh();
    void refreshSecond();
    void refreshState();
    void tellAlarms();
    void tellPools();
    void layOut();

    lists::AlarmListModel* alarms_;
    lists::ChangeListModel* changes_;
    views::StatePage* page_;
    QWidget* content_;
    views::Panel* alarmPanel_ = nullptr;
    views::Panel* changePanel_ = nullptr;
    views::Panel* planePanel_ = nullptr;
    QListView* alarmList_ = nullptr;
    QListView* changeList_ = nullptr;
    QLabel* calm_ = nullptr;
    PoolGrid* pools_;
    ControlPlane* plane_;
    std::vector<views::Panel*> signalPanels_;
    std::vector<SignalStrip*> strips_;
    std::int64_t shownSecond_ = 0;
};

} // namespace signalbox::overview
