// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/ctl/commands/scaling_text.h"

#include "console/ctl/safe_text.h"

#include <fmt/format.h>

#include <algorithm>

namespace signalbox::ctl {

namespace {

using model::PairState;

constexpr PairState kStates[] = {PairState::Ready,      PairState::Starting, PairState::Loading,
                                 PairState::BackingOff, PairState::Draining, PairState::Stopping};

} // namespace

std::optional<model::ScaleProgress> scalingOf(const Picture& picture, const std::string& pool)
{
    for (const AgentFacts& agent : picture.agents) {
        if (!agent.goneReason.empty())
            continue;
        for (const model::ScaleProgress& progress : agent.state.scaling) {
            if (progress.pool == pool)
                return progress;
        }
    }
    return std::nullopt;
}

bool isReached(const model::ScaleProgress& progress, std::uint32_t desired)
{
    const std::uint32_t pairs = desired > progress.others ? desired - progress.others : 0;
    return progress.desired == desired && progress.pairs.size() == pairs
        && progress.count(PairState::Ready) == pairs;
}

std::string scalingText(const model::ScaleProgress& progress)
{
    std::string text = fmt::format("{} wanted:", progress.desired);
    if (progress.others > 0)
        text += fmt::format(" {} by others,", progress.others);
    for (const PairState state : kStates) {
        const std::uint32_t count = progress.count(state);
        if (count > 0 || state == PairState::Ready)
            text += fmt::format(" {} {},", count, nameOf(state));
    }
    text.pop_back();
    if (!progress.problem.empty())
        text += "; " + safeText(progress.problem);
    return text;
}

std::vector<std::string> scalingLines(const model::ScaleProgress& progress)
{
    std::vector<std::string> lines{"pool " + safeText(progress.pool) + ": "
                                   + scalingText(progress)};
    for (const model::PairProgress& pair : progress.pairs) {
        if (pair.state == PairState::Ready && pair.restarts == 0)
            continue;
        std::string line = fmt::format("  {} {}", safeText(pair.id), nameOf(pair.state));
        if (!pair.reason.empty())
            line += ": " + safeText(pair.reason);
        if (pair.restarts > 0)
            line += fmt::format("; started again {}", pair.restarts == 1
                                    ? std::string("once")
                                    : fmt::format("{} times", pair.restarts));
        if (!pair.logPath.empty())
            line += "; logs in " + safeText(pair.logPath);
        lines.push_back(std::move(line));
    }
    return lines;
}

} // namespace signalbox::ctl
