// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/views/frame/session.h"

#include <QWidget>

#include <optional>
#include <string>
#include <vector>

class QPainter;

namespace signalbox::views {

// Requests that move from one pool to another, and how long the first token takes at their new
// place, against what the preview said.
// Lives on: gui thread. Owned by the pane.
class TrafficStrips final : public QWidget {
    Q_OBJECT
public:
    explicit TrafficStrips(Session& session, QWidget* parent = nullptr);

    struct Traffic {
        std::string from; // a pool; empty = none loses requests
        std::string to;
        std::optional<double> predictedTtftMs;
        std::int64_t appliedUnixMs = 0;
    };
    void setTraffic(Traffic traffic);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {300, sizeHint().height()}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    struct Chart {
        QString title;
        QString hint;
        fleet::Reading reading;
    };
    void paintChart(QPainter& painter, QRect box, const Chart& chart) const;
    double cursorShare(std::int64_t lastUnixMs, std::size_t samples) const;

    Session& session_;
    Traffic traffic_;
};

} // namespace signalbox::views
