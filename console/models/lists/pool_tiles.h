// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/fleet/fleet_store.h"
#include "console/models/lists/binned_series.h"

#include <QString>

#include <map>
#include <string>
#include <vector>

namespace signalbox::lists {

// An instance, or several where a pool has more than limits::kTileCells: then their mean load and
// the worst of their states.
struct TileCell {
    float load = 0; // 0..1
    model::Priority priority = model::Priority::None;
    model::Ack ack = model::Ack::New;
    model::Admin admin = model::Admin::Run;
    model::Freshness freshness = model::Freshness::Live;
    bool isServing = false;
    bool isLoading = false;
    bool operator==(const TileCell&) const = default;
};

// A pool, or all gateways together, as the overview shows it.
struct PoolTile {
    std::string pool; // empty: the gateways
    QString title;
    QString countText; // "21 of 24 serving"
    QString figuresText; // "21 of 24"
    QString rateText; // requests a second
    QString note; // what is not as usual; else what it runs
    QString ttftText;
    QString spoken; // all of it, for screen readers
    std::vector<TileCell> cells; // by id of the agent
    int agentsPerCell = 1;
    float load = fleet::kUnknown; // 0..1
    std::optional<UsualRange> usualLoad;
    model::Priority priority = model::Priority::None;
    model::Ack ack = model::Ack::New;
    bool isStandby = false; // all of it
    bool isAbnormal = false;
    bool operator==(const PoolTile&) const;
};

// Tiles of a fleet and what their load usually is. Order: the gateways, then pools by name,
// whatever their state is: place is identity. Lives on: gui thread. Owned by the view that shows
// it; the store outlives it.
class PoolTiles final : public QObject {
    Q_OBJECT
public:
    explicit PoolTiles(fleet::FleetStore& store, QObject* parent = nullptr);

    std::vector<PoolTile> tiles() const;

private:
    void remember();
    PoolTile gatewayTile() const;
    PoolTile poolTile(const fleet::Pool& pool) const;
    void fillCells(PoolTile& tile, const std::vector<int>& members) const;
    void finish(PoolTile& tile, const fleet::Sums& sums, const QString& usual) const;

    fleet::FleetStore& store_;
    std::map<std::string, BinnedSeries> loads_; // by pool; that of the gateways is ""
    std::int64_t rememberedSecond_ = 0;
};

} // namespace signalbox::lists
