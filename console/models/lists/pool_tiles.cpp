// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/lists/pool_tiles.h"

#include "console/models/words.h"
#include "console/text/numbers.h"
#include "console/text/plain_text.h"
#include "shared/base/limits.h"

#include <QStringList>

#include <algorithm>
#include <bit>
#include <cmath>

namespace signalbox::lists {

namespace {

using fleet::Reading;

constexpr std::int64_t kSpanMs = 5'000;
constexpr std::size_t kSpans = 180; // 15 min

std::optional<double> known(float value)
{
    return std::isnan(value) ? std::nullopt : std::optional<double>(static_cast<double>(value));
}

bool isWorse(model::Priority a, model::Priority b)
{
    return a != model::Priority::None && (b == model::Priority::None || a < b);
}

// What is said first when a cell stands for several.
int weight(const TileCell& cell)
{
    const int alarm
        = cell.priority == model::Priority::None ? 0 : 10 - static_cast<int>(cell.priority);
    return alarm * 4 + (cell.isServing ? 0 : 2)
        + (cell.freshness != model::Freshness::Live ? 1 : 0);
}

TileCell cellOf(const fleet::Agent& agent)
{
    const model::Health health = agent.health();
    return {.load = std::isnan(agent.load()) ? 0 : agent.load(),
            .priority = agent.priority,
            .ack = agent.ack,
            .admin = agent.admin(),
            .freshness = agent.isGone() ? model::Freshness::Disconnected : agent.freshness,
            .isServing = agent.isServing(),
            .isLoading = health == model::Health::Starting || health == model::Health::Loading};
}

QString abnormalText(const fleet::Sums& sums)
{
    QStringList parts;
    const auto add = [&parts](int count, const QString& word) {
        if (count > 0)
            parts << QStringLiteral("%1 %2").arg(count).arg(word);
    };
    add(sums.failed, PoolTiles::tr("failed"));
    add(sums.draining, PoolTiles::tr("draining"));
    add(sums.loading, PoolTiles::tr("loading"));
    add(sums.late + sums.stale, PoolTiles::tr("late"));
    add(sums.disconnected, PoolTiles::tr("gone"));
    return parts.join(QStringLiteral(", "));
}

// NaN is not equal to itself, but one unknown load is as good as another.
bool sameLoad(float a, float b)
{
    return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b);
}

} // namespace

bool PoolTile::operator==(const PoolTile& o) const
{
    return pool == o.pool && title == o.title && countText == o.countText
        && rateText == o.rateText && note == o.note && ttftText == o.ttftText && cells == o.cells
        && sameLoad(load, o.load) && usualLoad == o.usualLoad && priority == o.priority
        && ack == o.ack && isAbnormal == o.isAbnormal;
}

PoolTiles::PoolTiles(fleet::FleetStore& store, QObject* parent) : QObject(parent), store_(store)
{
    connect(&store, &fleet::FleetStore::refreshed, this, &PoolTiles::remember);
}

void PoolTiles::remember()
{
    const std::int64_t now = store_.nowUnixMs();
    if (now / 1'000 == rememberedSecond_ || store_.link().state != fleet::LinkState::Connected)
        return;
    rememberedSecond_ = now / 1'000;
    std::erase_if(loads_, [this](const auto& entry) { return !store_.pool(entry.first); });
    for (const fleet::Pool& pool : store_.pools())
        loads_.try_emplace(pool.name, kSpanMs, kSpans).first->second.add(now, pool.sums.load);
}

std::vector<PoolTile> PoolTiles::tiles() const
{
    std::vector<PoolTile> all;
    if (!store_.gateways().empty())
        all.push_back(gatewayTile());
    for (const fleet::Pool& pool : store_.pools())
        all.push_back(poolTile(pool));
    return all;
}

PoolTile PoolTiles::gatewayTile() const
{
    PoolTile tile;
    tile.title = tr("gateways");
    const fleet::Sums& sums = store_.gatewaySums();
    fillCells(tile, store_.gateways());
    for (const TileCell& cell : tile.cells) {
        if (!isWorse(cell.priority, tile.priority))
            continue;
        tile.priority = cell.priority;
        tile.ack = cell.ack;
    }
    tile.figuresText = text::ofText(sums.serving, sums.total);
    tile.countText = tr("%1 serving").arg(tile.figuresText);
    finish(tile, sums,
           tr("%1 in flight").arg(text::wholeText(known(sums.readings[Reading::InFlight]))));
    return tile;
}

PoolTile PoolTiles::poolTile(const fleet::Pool& pool) const
{
    PoolTile tile;
    tile.pool = pool.name;
    tile.title = text::plainText(pool.name);
    tile.priority = pool.priority;
    tile.ack = pool.ack;
    tile.load = pool.sums.load;
    tile.isStandby = pool.sums.total > 0 && pool.sums.standby == pool.sums.total;
    if (const auto loads = loads_.find(pool.name); loads != loads_.end())
        tile.usualLoad = usualRange(loads->second.values(store_.nowUnixMs()), 12);
    fillCells(tile, pool.members);
    tile.figuresText
        = text::ofText(tile.isStandby ? pool.sums.ready : pool.sums.serving, pool.sums.total);
    tile.countText = tile.isStandby ? tr("%1 ready").arg(tile.figuresText)
                                    : tr("%1 serving").arg(tile.figuresText);
    if (pool.members.empty())
        tile.countText = tr("no agent yet");
    finish(tile, pool.sums, text::plainText(pool.policy.model));
    return tile;
}

void PoolTiles::fillCells(PoolTile& tile, const std::vector<int>& members) const
{
    const std::size_t most = limits::kTileCells;
    const std::size_t step = (members.size() + most - 1) / most;
    tile.agentsPerCell = static_cast<int>(std::max<std::size_t>(step, 1));
    tile.cells.reserve(std::min(members.size(), most));
    for (std::size_t i = 0; i < members.size(); i += step) {
        TileCell shown = cellOf(store_.agent(members[i]));
        float total = shown.load;
        const std::size_t end = std::min(i + step, members.size());
        for (std::size_t k = i + 1; k < end; ++k) {
            const TileCell other = cellOf(store_.agent(members[k]));
            total += other.load;
            if (weight(other) > weight(shown))
                shown = other;
        }
        // In steps of a hundredth: what nobody can see is no change.
        shown.load = std::round(total / static_cast<float>(end - i) * 100) / 100;
        tile.cells.push_back(shown);
    }
}

void PoolTiles::finish(PoolTile& tile, const fleet::Sums& sums, const QString& usual) const
{
    const QString abnormal = abnormalText(sums);
    tile.isAbnormal = tile.priority != model::Priority::None || !abnormal.isEmpty();
    tile.note = abnormal.isEmpty() ? usual : abnormal;
    tile.rateText = text::rateText(known(sums.readings[Reading::RequestsPerSecond]));
    tile.ttftText = text::millisecondsText(known(sums.readings[Reading::TtftP95Ms]));
    tile.spoken = tr("%1, %2, %3 requests per second, TTFT p95 %4")
                      .arg(tile.title, tile.countText, tile.rateText, tile.ttftText);
    if (!abnormal.isEmpty())
        tile.spoken += QStringLiteral(", ") + abnormal;
    if (tile.priority != model::Priority::None)
        tile.spoken += tr(", %1, %2").arg(models::priorityWord(tile.priority),
                                          models::ackWord(tile.ack));
}

} // namespace signalbox::lists
