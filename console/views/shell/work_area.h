// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/fleet/fleet_store.h"

#include <QPointer>
#include <QWidget>

class QLabel;
class QStackedWidget;

namespace signalbox::views {

// The screens, one at a time. While the link is lost it says so over them, once, and frames them:
// what stands there is as of then.
// Lives on: gui thread.
class WorkArea final : public QWidget {
    Q_OBJECT
public:
    explicit WorkArea(QWidget* parent = nullptr);

    QStackedWidget* stack() const { return stack_; }
    void setStore(fleet::FleetStore* store); // null = no fleet

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void refresh();
    QString bannerText() const;

    QPointer<fleet::FleetStore> store_;
    QWidget* banner_;
    QLabel* words_;
    QStackedWidget* stack_;
    bool isFramed_ = false;
};

} // namespace signalbox::views
