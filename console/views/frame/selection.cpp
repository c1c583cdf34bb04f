// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/frame/selection.h"

namespace signalbox::views {

void Selection::select(const ObjectRef& object)
{
    if (object == current_)
        return;
    current_ = object;
    Q_EMIT changed();
}

void Selection::mark(const std::string& agent, Mark how)
{
    const bool isSet = how == Mark::Set || (how == Mark::Toggle && !marked_.contains(agent));
    const bool isChanged = isSet ? marked_.insert(agent).second : marked_.erase(agent) > 0;
    if (isChanged)
        Q_EMIT marksChanged();
}

void Selection::mark(const std::set<std::string>& agents)
{
    const std::size_t before = marked_.size();
    marked_.insert(agents.begin(), agents.end());
    if (marked_.size() != before)
        Q_EMIT marksChanged();
}

void Selection::clearMarks()
{
    if (marked_.empty())
        return;
    marked_.clear();
    Q_EMIT marksChanged();
}

} // namespace signalbox::views
