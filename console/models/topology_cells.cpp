// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/topology_cells.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

namespace signalbox::models {

namespace {

// The picture that a plan is made for. Constant, so that a plan does not depend on a window.
constexpr double kWantedWidth = 1100;
constexpr double kWantedHeight = 640;
constexpr double kScaleMost = 2; // larger than this is no gain
constexpr int kNumberDigits = 15;
constexpr int kColumnsLeast = 4;

// A host with its members in their slots.
struct Block {
    const std::string* name = nullptr;
    std::vector<int> members; // by slot
    std::vector<int> slots;
    int slotCount = 0;
    int columns = 1;
    QSizeF size;
};

struct Row {
    const std::string* group = nullptr;
    const std::string* zone = nullptr;
    std::vector<Block> blocks;
};

bool naturallyBefore(const IdParts& a, const IdParts& b)
{
    return std::tie(a.stem, a.number) < std::tie(b.stem, b.number);
}

int alignedDown(long long number)
{
    return static_cast<int>(number - number % kColumnsLeast);
}

// Numbers are slots where they are dense enough; else the members stand in a row.
void giveSlots(Block& block, const std::vector<IdParts>& parts)
{
    const auto part = [&](int member) -> const IdParts& {
        return parts[static_cast<std::size_t>(member)];
    };
    std::sort(block.members.begin(), block.members.end(),
              [&](int a, int b) { return naturallyBefore(part(a), part(b)); });
    const IdParts& first = part(block.members.front());
    const IdParts& last = part(block.members.back());
    const auto count = static_cast<long long>(block.members.size());
    bool isNumbered = first.stem == last.stem && first.number >= 0
        && last.number - alignedDown(first.number) < 2 * count + kColumnsLeast;
    for (std::size_t i = 1; i < block.members.size(); ++i)
        isNumbered
            = isNumbered && part(block.members[i]).number != part(block.members[i - 1]).number;
    for (std::size_t i = 0; i < block.members.size(); ++i) {
        const long long number = part(block.members[i]).number;
        block.slots.push_back(isNumbered ? static_cast<int>(number - alignedDown(first.number))
                                         : static_cast<int>(i));
    }
    block.slotCount = block.slots.back() + 1;
}

void shape(Block& block, const CellMetrics& metrics)
{
    const double wide = std::sqrt(block.slotCount * 2.0 * metrics.height / metrics.width);
    block.columns = block.slotCount <= 2 * kColumnsLeast
        ? std::min(block.slotCount, kColumnsLeast)
        : std::max(kColumnsLeast, static_cast<int>(std::ceil(wide)));
    const int rows = (block.slotCount + block.columns - 1) / block.columns;
    block.size = {2 * metrics.hostPadding + block.columns * (metrics.width + metrics.gap)
                      - metrics.gap,
                  2 * metrics.hostPadding + metrics.hostHead
                      + rows * (metrics.height + metrics.gap) - metrics.gap};
}

// Members into rows of hosts, everything by name.
std::vector<Row> group(const std::vector<CellMember>& members, const CellMetrics& metrics)
{
    std::vector<IdParts> parts;
    parts.reserve(members.size());
    for (const CellMember& member : members)
        parts.push_back(idParts(member.id));
    std::vector<int> order(members.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        order[i] = static_cast<int>(i);
    const auto at = [&](int index) -> const CellMember& {
        return members[static_cast<std::size_t>(index)];
    };
    std::sort(order.begin(), order.end(), [&](int a, int b) {
        return std::tie(at(a).group, at(a).zone, at(a).host, at(a).id)
            < std::tie(at(b).group, at(b).zone, at(b).host, at(b).id);
    });
    std::vector<Row> rows;
    for (const int index : order) {
        const CellMember& member = at(index);
        if (rows.empty() || *rows.back().group != member.group || *rows.back().zone != member.zone)
            rows.push_back({&member.group, &member.zone, {}});
        std::vector<Block>& blocks = rows.back().blocks;
        if (blocks.empty() || *blocks.back().name != member.host)
            blocks.push_back({&member.host, {}, {}, 0, 1, {}});
        blocks.back().members.push_back(index);
    }
    for (Row& row : rows) {
        for (Block& block : row.blocks) {
            giveSlots(block, parts);
            shape(block, metrics);
        }
    }
    return rows;
}

// Frames flow in lines of at most `width`; calls place(block, top left) for each, gives the height.
template <typename Place>
double flow(const Row& row, double width, const CellMetrics& metrics, Place place)
{
    double x = 0;
    double y = 0;
    double line = 0;
    for (const Block& block : row.blocks) {
        if (x > 0 && x + block.size.width() > width + 0.5) {
            x = 0;
            y += line + metrics.hostGap;
            line = 0;
        }
        place(block, QPointF(x, y));
        x += block.size.width() + metrics.hostGap;
        line = std::max(line, block.size.height());
    }
    return y + line;
}

double heightAt(const std::vector<Row>& rows, double width, const CellMetrics& metrics)
{
    double height = 0;
    const std::string* group = nullptr;
    for (const Row& row : rows) {
        if (!group || *group != *row.group)
            height += metrics.groupHead;
        group = row.group;
        height += flow(row, width, metrics, [](const Block&, QPointF) {}) + metrics.zoneGap;
    }
    return height;
}

// The width at which the whole is seen largest.
double bestWidth(const std::vector<Row>& rows, const CellMetrics& metrics)
{
    double widest = 0;
    std::size_t most = 1;
    for (const Row& row : rows) {
        most = std::max(most, row.blocks.size());
        for (const Block& block : row.blocks)
            widest = std::max(widest, block.size.width());
    }
    double best = widest;
    double bestScale = 0;
    for (std::size_t count = 1; count <= std::min<std::size_t>(most, 96); ++count) {
        const double frames = static_cast<double>(count);
        const double width = frames * (widest + metrics.hostGap) - metrics.hostGap;
        const double scale = std::min(
            {kScaleMost, kWantedWidth / width, kWantedHeight / heightAt(rows, width, metrics)});
        if (scale > bestScale + 1e-9) {
            bestScale = scale;
            best = width;
        }
    }
    return best;
}

class Planner {
public:
    Planner(CellPlan& plan, const CellMetrics& metrics, double width)
        : plan_(plan), metrics_(metrics), width_(width)
    {
    }

    void add(const Row& row)
    {
        if (plan_.groups.empty() || plan_.groups.back().name != *row.group) {
            plan_.groups.push_back({*row.group, QRectF(0, y_, width_, metrics_.groupHead)});
            y_ += metrics_.groupHead;
        }
        CellZone zone{*row.zone, static_cast<int>(plan_.groups.size()) - 1, {}, {}};
        const double height = flow(row, width_, metrics_, [&](const Block& block, QPointF at) {
            zone.hosts.push_back(place(block, at + QPointF(0, y_)));
        });
        zone.box = QRectF(0, y_, width_, height);
        plan_.zones.push_back(std::move(zone));
        y_ += height + metrics_.zoneGap;
        plan_.size = {width_, y_ - metrics_.zoneGap};
    }

private:
    CellHost place(const Block& block, QPointF at)
    {
        for (std::size_t i = 0; i < block.members.size(); ++i) {
            const int column = block.slots[i] % block.columns;
            const int line = block.slots[i] / block.columns;
            plan_.cells[static_cast<std::size_t>(block.members[i])]
                = QRectF(at.x() + metrics_.hostPadding + column * (metrics_.width + metrics_.gap),
                         at.y() + metrics_.hostPadding + metrics_.hostHead
                             + line * (metrics_.height + metrics_.gap),
                         metrics_.width, metrics_.height);
        }
        return {*block.name, QRectF(at, block.size), block.members};
    }

    CellPlan& plan_;
    const CellMetrics& metrics_;
    double width_;
    double y_ = 0;
};

} // namespace

IdParts idParts(const std::string& id)
{
    std::size_t digits = id.size();
    while (digits > 0 && id[digits - 1] >= '0' && id[digits - 1] <= '9')
        --digits;
    if (digits == id.size() || id.size() - digits > kNumberDigits)
        return {id, -1};
    return {id.substr(0, digits), std::stoll(id.substr(digits))};
}

CellPlan planCells(const std::vector<CellMember>& members, const CellMetrics& metrics)
{
    CellPlan plan;
    if (members.empty())
        return plan;
    plan.cells.resize(members.size());
    const std::vector<Row> rows = group(members, metrics);
    Planner planner(plan, metrics, bestWidth(rows, metrics));
    for (const Row& row : rows)
        planner.add(row);
    return plan;
}

} // namespace signalbox::models
