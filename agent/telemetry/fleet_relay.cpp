// SPDX-License-Identifier: Apache-2.0
#include "agent/telemetry/fleet_relay.h"

#include "agent/telemetry/sampler.h"
#include "shared/base/limits.h"

#include <algorithm>
#include <set>
#include <utility>

namespace signalbox::telemetry {

FleetRelay::FleetRelay(Parts parts)
    : parts_(std::move(parts)), self_(std::make_shared<FleetRelay*>(this))
{
}

FleetRelay::~FleetRelay()
{
    *self_ = nullptr;
}

void FleetRelay::setPeers(const std::vector<model::AgentRecord>& records)
{
    std::map<std::string, model::AgentRecord> now;
    for (const model::AgentRecord& record : records) {
        if (record.id != parts_.book.own().id())
            now[record.id.str()] = record;
    }
    records_.swap(now);
    if (!isFollowing_)
        return;
    for (const auto& [id, record] : now) {
        if (!records_.contains(id))
            unfollow(id);
    }
    for (const auto& [id, record] : records_)
        follow(record, nullptr);
    forgetLongGone();
}

void FleetRelay::follow(const model::AgentRecord& record, const model::ResumePoint* resume)
{
    const std::string& id = record.id.str();
    endedAt_.erase(id);
    const auto known = following_.find(id);
    if (known != following_.end() && known->second->address() == record.addresses.control)
        return;
    recorder::AgentFeed* feed = parts_.book.addPeer(record.id, record.bootId);
    if (feed == nullptr) {
        ++peersLeftOut_;
        return;
    }
    following_.erase(id);
    auto peer = std::make_unique<PeerFeed>(*feed, record, parts_.security,
                                           parts_.book.own().id().str(), parts_.executor,
                                           parts_.clock);
    if (record.addresses.control.empty()) {
        peer->showRecord("it offers no control address");
        return;
    }
    if (resume != nullptr)
        peer->startNoLaterThan(*resume);
    peer->start();
    following_[id] = std::move(peer);
    if (!patience_)
        patience_ = parts_.executor.after(limits::kRelayPatience, [this] { showSilent(); });
}

void FleetRelay::showSilent()
{
    patience_.reset();
    for (const auto& [id, peer] : following_)
        peer->showRecord("not reached yet");
}

void FleetRelay::unfollow(const std::string& id)
{
    recorder::AgentFeed* feed = parts_.book.findPeer(id);
    if (const auto peer = following_.find(id); peer != following_.end()) {
        peer->second->showRecord("not reached yet");
        following_.erase(peer);
    }
    if (feed == nullptr)
        return;
    feed->setGone({"its registration ended", feed->gone() ? feed->gone()->lastSeenUnixMs
                                                          : unixMs(parts_.clock)});
    endedAt_[id] = parts_.clock.monotonic();
}

void FleetRelay::forgetLongGone()
{
    const base::Monotonic now = parts_.clock.monotonic();
    std::erase_if(endedAt_, [&](const auto& ended) {
        if (now - ended.second < limits::kGoneAgentKept)
            return false;
        parts_.book.removePeer(ended.first);
        return true;
    });
}

std::shared_ptr<void> FleetRelay::watch(const std::vector<model::ResumePoint>& resume)
{
    ++watchers_;
    linger_.reset();
    if (!isFollowing_) {
        isFollowing_ = true;
        std::map<std::string, const model::ResumePoint*> points;
        for (const model::ResumePoint& point : resume)
            points[point.agent.str()] = &point;
        for (const auto& [id, record] : records_) {
            const auto point = points.find(id);
            follow(record, point == points.end() ? nullptr : point->second);
        }
    }
    return std::shared_ptr<void>(nullptr, [self = self_](void*) {
        if (*self != nullptr)
            (*self)->interestEnded();
    });
}

void FleetRelay::interestEnded()
{
    --watchers_;
    if (watchers_ > 0)
        return;
    // A reader that only lost its connection is back in a moment.
    linger_ = parts_.executor.after(limits::kRelayLinger, [this] { stopFollowing(); });
}

void FleetRelay::stopFollowing()
{
    isFollowing_ = false;
    patience_.reset();
    following_.clear();
    endedAt_.clear();
    std::vector<std::string> peers;
    for (const auto& [id, feed] : parts_.book.feeds()) {
        if (feed.get() != &parts_.book.own())
            peers.push_back(id);
    }
    for (const std::string& id : peers)
        parts_.book.removePeer(id);
}

} // namespace signalbox::telemetry
