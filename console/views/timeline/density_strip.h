// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/lists/binned_series.h"
#include "console/models/lists/change_list_model.h"
#include "console/models/lists/event_log_model.h"
#include "console/theme/tokens.h"
#include "console/views/frame/session.h"

#include <QWidget>

class QPainter;

namespace signalbox::timeline {

// The last 60 minutes at a glance: requests of the fleet as a field, above it the alarms that
// stand, on it what was changed, below it what became worse.
// Lives on: gui thread. Owned by the timeline, which also feeds it.
class DensityStrip final : public QWidget {
    Q_OBJECT
public:
    static constexpr std::int64_t kWindowMs = 3'600'000;

    DensityStrip(views::Session& session, const lists::ChangeListModel& changes,
                 const lists::EventLogModel& events, QWidget* parent = nullptr);

    void remember(); // a second of requests, shown or not
    void refresh();
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;

private:
    double xOf(std::int64_t unixMs) const;
    QRect field() const;
    void paintDensity(QPainter& painter, const theme::Tokens& t) const;
    void paintAxis(QPainter& painter, const theme::Tokens& t) const;
    void paintChanges(QPainter& painter, const theme::Tokens& t) const;
    void paintEvents(QPainter& painter, const theme::Tokens& t) const;
    void paintAlarms(QPainter& painter, const theme::Tokens& t) const;

    views::Session& session_;
    const lists::ChangeListModel& changes_;
    const lists::EventLogModel& events_;
    lists::BinnedSeries requests_;
    std::int64_t nowUnixMs_ = 0; // right end
};

} // namespace signalbox::timeline
