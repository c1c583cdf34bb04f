// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/history/series_cache.h"

#include "shared/base/limits.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace signalbox::history {

namespace {

using fleet::Reading;
using fleet::Readings;

constexpr std::int64_t kSecondMs = 1'000;

int columnOf(Reading reading)
{
    const auto found = std::find(kKept.begin(), kKept.end(), reading);
    return found == kKept.end() ? -1 : static_cast<int>(found - kKept.begin());
}

} // namespace

// Rows of one width, a second apart, the newest over the oldest.
class SeriesCache::Ring {
public:
    Ring(int rows, int columns) : rows_(rows), columns_(columns)
    {
        values_.assign(static_cast<std::size_t>(rows_ * columns_), fleet::kUnknown);
    }

    // What lies between the last row and this one is a gap; an older row is left out.
    void add(std::int64_t unixMs, const float* row)
    {
        const std::int64_t second = unixMs / kSecondMs;
        if (lastSecond_ != 0 && second < lastSecond_)
            return;
        const std::int64_t gap
            = lastSecond_ == 0 ? 0 : std::min<std::int64_t>(second - lastSecond_ - 1, rows_);
        for (std::int64_t i = 0; i < gap; ++i)
            push(nullptr);
        if (second == lastSecond_)
            count_ -= count_ > 0 ? 1 : 0;
        push(row);
        lastSecond_ = second;
    }

    Series read(int column, int seconds) const
    {
        Series series;
        const int count = std::min(seconds, count_);
        series.lastUnixMs = lastSecond_ * kSecondMs;
        series.values.reserve(static_cast<std::size_t>(count));
        for (int i = count_ - count; i < count_; ++i)
            series.values.push_back(at(i)[column]);
        return series;
    }

    std::unique_ptr<Ring> resized(int rows) const
    {
        auto ring = std::make_unique<Ring>(rows, columns_);
        for (int i = std::max(0, count_ - rows); i < count_; ++i)
            ring->push(at(i));
        ring->lastSecond_ = lastSecond_;
        return ring;
    }

    std::size_t bytes() const { return values_.size() * sizeof(float); }

private:
    const float* at(int index) const
    {
        return &values_[static_cast<std::size_t>((start_ + index) % rows_ * columns_)];
    }
    void push(const float* row)
    {
        if (count_ == rows_) {
            start_ = (start_ + 1) % rows_;
            --count_;
        }
        float* place = &values_[static_cast<std::size_t>((start_ + count_) % rows_ * columns_)];
        if (row)
            std::copy_n(row, columns_, place);
        else
            std::fill_n(place, columns_, fleet::kUnknown);
        ++count_;
    }

    int rows_;
    int columns_;
    int start_ = 0;
    int count_ = 0;
    std::int64_t lastSecond_ = 0;
    std::vector<float> values_;
};

SeriesCache::SeriesCache(fleet::FleetStore& store, QObject* parent)
    : QObject(parent), store_(store), rowsKept_(static_cast<int>(limits::kHistoryRows)),
      fleet_(std::make_unique<Ring>(rowsKept_, static_cast<int>(fleet::kReadings)))
{
    connect(&store, &fleet::FleetStore::sampled, this, &SeriesCache::take);
    connect(&store, &fleet::FleetStore::refreshed, this, &SeriesCache::takeSums);
    connect(&store, &fleet::FleetStore::agentVanished, this, [this](int slot) {
        if (static_cast<std::size_t>(slot) < agents_.size())
            agents_[static_cast<std::size_t>(slot)].reset();
    });
}

SeriesCache::~SeriesCache() = default;

void SeriesCache::fitInto(std::size_t agents)
{
    const std::size_t rowBytes = kKept.size() * sizeof(float);
    const std::size_t rows = std::clamp(limits::kHistoryBytes / (rowBytes * std::max<std::size_t>(
                                                                     agents, 1)),
                                        limits::kHistoryRowsLeast, limits::kHistoryRows);
    if (static_cast<int>(rows) >= rowsKept_)
        return;
    rowsKept_ = static_cast<int>(rows);
    for (auto& ring : agents_) {
        if (ring)
            ring = ring->resized(rowsKept_);
    }
}

void SeriesCache::take(int slot, const fleet::ReadingsRow& row)
{
    const auto index = static_cast<std::size_t>(slot);
    if (index >= agents_.size()) {
        // In steps, so that a fleet that is just being told does not shrink its rings each time.
        agents_.resize(std::max<std::size_t>(index + 1, agents_.size() * 3 / 2));
        fitInto(agents_.size());
    }
    auto& ring = agents_[index];
    if (!ring)
        ring = std::make_unique<Ring>(rowsKept_, static_cast<int>(kKept.size()));
    std::array<float, kKept.size()> values{};
    std::transform(kKept.begin(), kKept.end(), values.begin(),
                   [&](Reading reading) { return row.readings[reading]; });
    ring->add(row.unixMs, values.data());
}

void SeriesCache::takeSums()
{
    const std::int64_t now = store_.nowUnixMs();
    const bool isTold = now / kSecondMs == sumsAtUnixMs_ / kSecondMs;
    if (isTold || store_.link().state != fleet::LinkState::Connected)
        return;
    sumsAtUnixMs_ = now;
    fleet_->add(now, store_.sums().readings.values.data());
    std::erase_if(pools_, [this](const auto& entry) { return !store_.pool(entry.first); });
    for (const fleet::Pool& pool : store_.pools()) {
        auto& ring = pools_[pool.name];
        if (!ring)
            ring = std::make_unique<Ring>(static_cast<int>(limits::kHistoryRows),
                                          static_cast<int>(fleet::kReadings));
        ring->add(now, pool.sums.readings.values.data());
    }
}

Series SeriesCache::ofAgent(int slot, Reading reading, int seconds) const
{
    const int column = columnOf(reading);
    const auto index = static_cast<std::size_t>(slot);
    if (column < 0 || slot < 0 || index >= agents_.size() || !agents_[index])
        return {};
    return agents_[index]->read(column, seconds);
}

Series SeriesCache::ofPool(const std::string& pool, Reading reading, int seconds) const
{
    const auto found = pools_.find(pool);
    return found == pools_.end() ? Series{}
                                 : found->second->read(static_cast<int>(reading), seconds);
}

Series SeriesCache::ofFleet(Reading reading, int seconds) const
{
    return fleet_->read(static_cast<int>(reading), seconds);
}

std::size_t SeriesCache::bytes() const
{
    std::size_t total = 0;
    for (const auto& ring : agents_)
        total += ring ? ring->bytes() : 0;
    return total;
}

} // namespace signalbox::history
