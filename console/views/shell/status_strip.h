// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/fleet/fleet_store.h"
#include "console/views/frame/time_display.h"

#include <QPointer>
#include <QWidget>

#include <vector>

namespace signalbox::views {

enum class Mode : std::uint8_t { Live, Paused };

// What the frozen window does not show.
struct PausedCounts {
    std::int64_t sinceMs = 0;
    int changes = 0;
    int alarms = 0;
};

// The line that is never covered: mode and link, alarms, agents by freshness, revision, the way to
// the fleet, clock skew, the time. It shows the fleet as it is now, also while the window is
// frozen. Lives on: gui thread. Painted on fixed places, so that counters do not push each other.
class StatusStrip final : public QWidget {
    Q_OBJECT
public:
    explicit StatusStrip(TimeDisplay& time, QWidget* parent = nullptr);

    void setStore(fleet::FleetStore* store); // null = no fleet
    void setMode(Mode mode, const PausedCounts& counts);
    QSize sizeHint() const override;
    // What it says, for screen readers and tests.
    QString summary() const;

Q_SIGNALS:
    void alarmsClicked();
    void modeClicked();

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    bool event(QEvent* event) override; // tool tips by place

private:
    struct Cell;
    std::vector<Cell> cells() const;
    void paintMode(QPainter& painter, const QRect& box) const;
    void paintAlarms(QPainter& painter, const QRect& box) const;
    void paintAgents(QPainter& painter, const QRect& box) const;
    void paintRevision(QPainter& painter, const QRect& box) const;
    void paintStoreAway(QPainter& painter, const QRect& box) const;
    void paintLink(QPainter& painter, const QRect& box) const;
    void paintSkew(QPainter& painter, const QRect& box) const;
    bool isWide() const;
    bool isSkewed() const;
    QString modeTip() const;
    QString linkTip() const;
    void refresh();
    QString modeWord() const;
    QString linkText() const;
    QString revisionText() const;

    TimeDisplay& time_;
    QPointer<fleet::FleetStore> store_;
    Mode mode_ = Mode::Live;
    PausedCounts paused_;
    QString summary_;
};

} // namespace signalbox::views
