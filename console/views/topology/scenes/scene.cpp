// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/topology/scenes/scene.h"

#include <algorithm>
#include <utility>

namespace signalbox::topology {

void Scene::setNodes(std::vector<Node> nodes, QSizeF size)
{
    nodes_ = std::move(nodes);
    size_ = size;
    bySlot_.clear();
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
        if (nodes_[i].slot < 0)
            continue;
        const auto slot = static_cast<std::size_t>(nodes_[i].slot);
        if (slot >= bySlot_.size())
            bySlot_.resize(slot + 1, -1);
        bySlot_[slot] = static_cast<int>(i);
    }
}

int Scene::nodeOf(const views::ObjectRef& object) const
{
    if (object.isNone())
        return -1;
    const auto found = std::find_if(nodes_.begin(), nodes_.end(),
                                    [&](const Node& node) { return node.object == object; });
    return found == nodes_.end() ? -1 : static_cast<int>(found - nodes_.begin());
}

int Scene::nodeOfSlot(int slot) const
{
    const auto at = static_cast<std::size_t>(slot);
    return slot >= 0 && at < bySlot_.size() ? bySlot_[at] : -1;
}

} // namespace signalbox::topology
