// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

#include <vector>

namespace signalbox::console {

// How much CPU time the gui thread took in each turn of its event loop: as long as a turn lasts,
// nothing that a person does is answered. Waiting and other programs are not counted.
// Lives on: gui thread, of which it must be the only one.
class StallMeter final : public QObject {
    Q_OBJECT
public:
    explicit StallMeter(QObject* parent = nullptr);

    void restart() { turns_.clear(); }
    const std::vector<double>& turns() const { return turns_; } // in ms

private:
    void blocks();
    std::vector<double> turns_;
    double blockedAt_ = 0;
};

// CPU time in ms: of the thread that asks, of the whole process.
double threadCpuMs();
double processCpuMs();

} // namespace signalbox::console
