// SPDX-License-Identifier: Apache-2.0
#include "agent/recorder/feed_book.h"

#include "shared/base/limits.h"

#include <utility>

namespace signalbox::recorder {

FeedBook::FeedBook(base::AgentId self, std::string bootId)
{
    const std::string id = self.str();
    auto feed = std::make_unique<AgentFeed>(
        std::move(self), std::move(bootId),
        FeedLimits{.rows = limits::kFeedRows, .events = limits::kFeedEvents});
    own_ = feed.get();
    feeds_.emplace(id, std::move(feed));
}

AgentFeed* FeedBook::addPeer(const base::AgentId& id, std::string bootId)
{
    if (AgentFeed* known = findPeer(id.str()))
        return known;
    if (id == own_->id() || feeds_.size() >= limits::kFleetAgents)
        return nullptr;
    auto feed = std::make_unique<AgentFeed>(
        id, std::move(bootId),
        FeedLimits{.rows = limits::kRelayRows, .events = limits::kRelayEvents});
    return feeds_.emplace(id.str(), std::move(feed)).first->second.get();
}

AgentFeed* FeedBook::findPeer(const std::string& id)
{
    const auto found = feeds_.find(id);
    return found == feeds_.end() || found->second.get() == own_ ? nullptr : found->second.get();
}

void FeedBook::removePeer(const std::string& id)
{
    if (findPeer(id) != nullptr)
        feeds_.erase(id);
}

} // namespace signalbox::recorder
