// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/found_agents.h"

#include <utility>

namespace signalbox::models {

base::Status FoundAgents::look(const QString& text)
{
    SB_TRY(FindExpression expression, FindExpression::parse(text));
    expression_ = std::move(expression);
    text_ = text;
    update();
    return {};
}

bool FoundAgents::update()
{
    std::vector<FindVerdict> verdicts;
    if (!expression_.isEmpty()) {
        verdicts.resize(static_cast<std::size_t>(store_.slotCount()), FindVerdict::Found);
        for (int slot = 0; slot < store_.slotCount(); ++slot) {
            if (store_.isTaken(slot))
                verdicts[static_cast<std::size_t>(slot)] = expression_.judge(store_.agent(slot));
        }
    }
    const bool isOther = verdicts != verdicts_;
    verdicts_ = std::move(verdicts);
    return isOther;
}

FindVerdict FoundAgents::verdictOf(int slot) const
{
    const auto at = static_cast<std::size_t>(slot);
    return slot >= 0 && at < verdicts_.size() ? verdicts_[at] : FindVerdict::Found;
}

} // namespace signalbox::models
