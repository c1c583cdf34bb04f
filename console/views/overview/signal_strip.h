// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/lists/binned_series.h"
#include "console/views/frame/session.h"

#include <QWidget>

#include <vector>

namespace signalbox::overview {

enum class SignalUnit : std::uint8_t { Milliseconds, PerSecond, Percent, Count };

struct Signal {
    QString name;
    fleet::Reading reading = fleet::Reading::InFlight;
    SignalUnit unit = SignalUnit::Count;
    bool isShareOfRequests = false; // the reading divided by requests a second
};

// One golden signal of the fleet: name, figure now, and the last 15 minutes with what is usual in
// them. What leaves the usual range is drawn in ink.
// Lives on: gui thread. Owned by the overview.
class SignalStrip final : public QWidget {
    Q_OBJECT
public:
    static constexpr int kSeconds = 900;

    SignalStrip(views::Session& session, Signal signal, QWidget* parent = nullptr);

    void refresh(); // once a second, and when link or theme have changed
    QString figure() const { return figure_; }
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    history::Series read() const;
    QString figureOf(float value) const;

    views::Session& session_;
    Signal signal_;
    QString figure_;
    std::vector<float> values_; // kSeconds of them
    std::optional<lists::UsualRange> usual_;
    double dataEnds_ = 1;
};

} // namespace signalbox::overview
