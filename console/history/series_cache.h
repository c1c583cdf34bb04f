// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/fleet/fleet_store.h"

#include <QObject>

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace signalbox::history {

// What is kept of each agent's readings.
inline constexpr std::array kKept{
    fleet::Reading::InFlight, fleet::Reading::QueueP95Ms, fleet::Reading::TtftP95Ms,
    fleet::Reading::GapP95Ms, fleet::Reading::RequestsPerSecond,
    fleet::Reading::OutputTokensPerSecond, fleet::Reading::KvShare};

// Values one second apart, oldest first; NaN is a gap.
struct Series {
    std::int64_t lastUnixMs = 0; // of the last value; 0 = empty
    std::vector<float> values;
};

// The last minutes of every agent, of every pool and of the fleet, in memory of a fixed size: the
// more agents, the shorter. Seconds that were not told are gaps.
// Lives on: gui thread. Owned by the session of one fleet.
class SeriesCache final : public QObject {
    Q_OBJECT
public:
    explicit SeriesCache(fleet::FleetStore& store, QObject* parent = nullptr);
    ~SeriesCache() override;

    // The newest `seconds` of an agent; of a reading that is not kept, empty.
    Series ofAgent(int slot, fleet::Reading reading, int seconds) const;
    // Every reading is kept of these.
    Series ofPool(const std::string& pool, fleet::Reading reading, int seconds) const;
    Series ofFleet(fleet::Reading reading, int seconds) const;
    int secondsKept() const { return rowsKept_; } // of an agent
    std::size_t bytes() const; // of agents' series

private:
    class Ring;
    void take(int slot, const fleet::ReadingsRow& row);
    void takeSums();
    void fitInto(std::size_t agents);

    fleet::FleetStore& store_;
    int rowsKept_;
    std::vector<std::unique_ptr<Ring>> agents_; // by slot
    std::map<std::string, std::unique_ptr<Ring>> pools_;
    std::unique_ptr<Ring> fleet_;
    std::int64_t sumsAtUnixMs_ = 0;
};

} // namespace signalbox::history
