// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/instances/instance_columns.h"
#include "console/models/instances/peer_track.h"

#include <QAreaSeries>
#include <QChartView>
#include <QLineSeries>
#include <QValueAxis>
#include <QWidget>

#include <vector>

class QLabel;

namespace signalbox::views {

class Panel;

// One number of one agent over 15 min: grey where its peers are too, ink where it left them, their
// median as a thin line, a hatch where nothing was told.
// Lives on: gui thread. Owned by the screen.
class ReadingChart final : public QWidget {
    Q_OBJECT
public:
    ReadingChart(const QString& title, models::InstanceColumn column, QWidget* parent = nullptr);

    fleet::Reading reading() const { return models::factsOf(column_).reading; }
    // What is told now; NaN = nothing. Moments are words under the axis, the oldest first.
    void show(const models::PeerTrack& track, float now, const QStringList& moments);
    QString words() const; // what it shows, for those who cannot see it
    int points() const; // drawn

protected:
    void changeEvent(QEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    using Lines = std::vector<QLineSeries*>;
    void dress();
    void place();
    float topOf(const models::PeerTrack& track);
    QLineSeries* newLine();
    void drawBand(const models::PeerTrack& track);
    void drawGap(const models::PeerTrack& track);
    // Unbroken runs become one line each; what is left over is emptied.
    void drawRuns(Lines& lines, const std::vector<float>& values, const QPen& pen);
    void setHead(const models::PeerTrack& track, float now);

    models::InstanceColumn column_;
    float scale_; // of what is told to what is shown
    Panel* panel_;
    QLabel* now_;
    QLabel* peers_;
    QChartView* view_;
    QWidget* moments_;
    std::vector<QLabel*> momentLabels_;
    QValueAxis* x_;
    QValueAxis* y_;
    QLineSeries* bandLow_;
    QLineSeries* bandHigh_;
    QAreaSeries* band_;
    QLineSeries* gapFloor_;
    QLineSeries* gapTop_;
    QAreaSeries* gap_;
    Lines medians_;
    Lines traces_;
    Lines abnormal_;
    float top_ = 0;
};

} // namespace signalbox::views
