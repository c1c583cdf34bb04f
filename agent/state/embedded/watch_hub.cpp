// SPDX-License-Identifier: Apache-2.0
#include "agent/state/embedded/watch_hub.h"

#include "agent/state/store_rules.h"
#include "shared/base/limits.h"
#include "shared/base/log.h"

#include <algorithm>
#include <utility>

namespace signalbox::state {

namespace {

// The id of answers that belong to no watch of the stream.
constexpr std::int64_t kNoWatch = -1;

} // namespace

WatchHub::StreamId WatchHub::open(std::shared_ptr<WatchSink> sink)
{
    Stream stream;
    stream.sink = std::move(sink);
    streams_.emplace(++lastStream_, std::move(stream));
    return lastStream_;
}

void WatchHub::close(StreamId stream)
{
    const auto found = streams_.find(stream);
    if (found == streams_.end())
        return;
    watchers_ -= found->second.watchers.size();
    streams_.erase(found);
}

void WatchHub::closeAll(const base::Error& why)
{
    for (auto& [id, stream] : streams_)
        stream.sink->close(why);
    streams_.clear();
    watchers_ = 0;
}

std::string_view WatchHub::reasonToRefuse(const Stream& stream, const WatchSpec& spec)
{
    if (!spec.keys.isOneKey() && !spec.keys.reachesLast() && spec.keys.key >= spec.keys.end)
        return fault::kEmptyWatchRange;
    if (spec.id != 0 && stream.watchers.contains(spec.id))
        return fault::kDuplicateWatchId;
    if (stream.watchers.size() >= limits::kStoreWatchesPerStream)
        return "etcdserver: too many watches on one stream";
    return {};
}

void WatchHub::create(StreamId id, const WatchSpec& spec, const Header& header)
{
    const auto found = streams_.find(id);
    if (found == streams_.end())
        return;
    Stream& stream = found->second;
    WatchAnswer answer;
    answer.header = header;
    std::string_view refusal = reasonToRefuse(stream, spec);
    if (refusal.empty() && watchers_ >= limits::kStoreWatches)
        refusal = "etcdserver: too many watches in this store";
    if (!refusal.empty()) {
        ++totals_.refusedTotal;
        answer.kind = WatchAnswer::Kind::Refused;
        answer.watchId = kNoWatch;
        answer.reason = refusal;
        stream.sink->send(std::move(answer));
        return;
    }
    Watcher watcher;
    watcher.spec = spec;
    if (watcher.spec.id == 0) {
        while (stream.watchers.contains(stream.nextId))
            ++stream.nextId;
        watcher.spec.id = stream.nextId++;
    }
    watcher.next = spec.start == 0 ? header.revision + 1 : spec.start;
    watcher.isSynced = watcher.next > header.revision;
    answer.kind = WatchAnswer::Kind::Created;
    answer.watchId = watcher.spec.id;
    stream.watchers.emplace(watcher.spec.id, std::move(watcher));
    ++watchers_;
    stream.sink->send(std::move(answer));
}

void WatchHub::cancel(StreamId id, std::int64_t watchId, const Header& header)
{
    const auto found = streams_.find(id);
    if (found == streams_.end() || found->second.watchers.erase(watchId) == 0)
        return;
    --watchers_;
    WatchAnswer answer;
    answer.kind = WatchAnswer::Kind::Canceled;
    answer.watchId = watchId;
    answer.header = header;
    found->second.sink->send(std::move(answer));
}

void WatchHub::requestProgress(StreamId id, const Header& header)
{
    const auto found = streams_.find(id);
    if (found == streams_.end())
        return;
    found->second.wantsProgress = true;
    answerProgress(found->second, header);
}

void WatchHub::answerProgress(Stream& stream, const Header& header)
{
    const bool isSynced = std::all_of(stream.watchers.begin(), stream.watchers.end(),
                                      [](const auto& entry) { return entry.second.isSynced; });
    if (!stream.wantsProgress || !isSynced)
        return;
    stream.wantsProgress = false;
    WatchAnswer answer;
    answer.kind = WatchAnswer::Kind::Progress;
    answer.watchId = kNoWatch;
    answer.header = header;
    stream.sink->send(std::move(answer));
}

bool WatchHub::wants(const Watcher& watcher, const Event& event)
{
    if (event.now.modRevision < watcher.next || !watcher.spec.keys.contains(event.now.key))
        return false;
    return event.kind == Event::Kind::Delete ? !watcher.spec.withoutDeletes
                                             : !watcher.spec.withoutPuts;
}

WatchAnswer WatchHub::select(const Watcher& watcher, const std::vector<Event>& events,
                             const Header& header)
{
    WatchAnswer answer;
    answer.kind = WatchAnswer::Kind::Events;
    answer.watchId = watcher.spec.id;
    answer.header = header;
    answer.mayBeFragmented = watcher.spec.mayBeFragmented;
    for (const Event& event : events) {
        if (!wants(watcher, event))
            continue;
        answer.events.push_back(event);
        if (!watcher.spec.wantsPrevious)
            answer.events.back().previous.reset();
    }
    return answer;
}

void WatchHub::publish(const std::vector<Event>& events, const Header& header)
{
    for (auto& [id, stream] : streams_) {
        for (auto& [watchId, watcher] : stream.watchers) {
            if (!watcher.isSynced)
                continue;
            WatchAnswer answer = select(watcher, events, header);
            if (answer.events.empty())
                continue;
            if (!stream.sink->hasRoom()) {
                // Nothing is lost: history has it, from the first revision that was not told.
                watcher.isSynced = false;
                watcher.next = answer.events.front().now.modRevision;
                ++totals_.fellBehindTotal;
                log::debug("store", "watcher_behind", "stream", id, "watch", watchId);
                continue;
            }
            watcher.next = answer.events.back().now.modRevision + 1;
            watcher.wasToldEvents = true;
            totals_.eventsTotal += answer.events.size();
            stream.sink->send(std::move(answer));
        }
    }
}

bool WatchHub::replayOne(Stream& stream, Watcher& watcher, const History& history,
                         const Header& header)
{
    base::Result<std::vector<Event>> events = history(watcher.next, watcher.spec);
    if (!events) {
        log::warn("store", "history_unreadable", "revision", watcher.next, "why",
                  events.error().text());
        return false;
    }
    if (events->empty()) {
        watcher.isSynced = true;
        return false;
    }
    const Revision last = events->back().now.modRevision;
    WatchAnswer answer = select(watcher, *events, header);
    if (!answer.events.empty()) {
        watcher.wasToldEvents = true;
        totals_.eventsTotal += answer.events.size();
        stream.sink->send(std::move(answer));
    }
    watcher.next = std::max(watcher.next, last + 1);
    watcher.isSynced = watcher.next > header.revision;
    return !watcher.isSynced && stream.sink->hasRoom();
}

void WatchHub::forgetGone()
{
    for (auto entry = streams_.begin(); entry != streams_.end();) {
        const auto stream = entry++;
        if (stream->second.sink->isGone())
            close(stream->first);
    }
}

bool WatchHub::replay(const History& history, const Header& header, Revision compacted)
{
    forgetGone();
    bool hasMore = false;
    for (auto& [id, stream] : streams_) {
        for (auto entry = stream.watchers.begin(); entry != stream.watchers.end();) {
            Watcher& watcher = entry->second;
            if (watcher.isSynced || !stream.sink->hasRoom()) {
                ++entry;
                continue;
            }
            if (watcher.next < compacted) {
                WatchAnswer answer;
                answer.kind = WatchAnswer::Kind::Compacted;
                answer.watchId = watcher.spec.id;
                answer.compactRevision = compacted;
                stream.sink->send(std::move(answer));
                entry = stream.watchers.erase(entry);
                --watchers_;
                continue;
            }
            hasMore = replayOne(stream, watcher, history, header) || hasMore;
            ++entry;
        }
        answerProgress(stream, header);
    }
    return hasMore;
}

void WatchHub::tellProgress(const Header& header)
{
    for (auto& [id, stream] : streams_) {
        for (auto& [watchId, watcher] : stream.watchers) {
            const bool isIdle = !std::exchange(watcher.wasToldEvents, false);
            if (!watcher.spec.wantsProgress || !watcher.isSynced || !isIdle
                || watcher.next > header.revision + 1 || !stream.sink->hasRoom())
                continue;
            WatchAnswer answer;
            answer.kind = WatchAnswer::Kind::Progress;
            answer.watchId = watchId;
            answer.header = header;
            stream.sink->send(std::move(answer));
        }
    }
}

WatchCounters WatchHub::counters() const
{
    WatchCounters counters = totals_;
    counters.streams = streams_.size();
    counters.watchers = watchers_;
    for (const auto& [id, stream] : streams_) {
        for (const auto& [watchId, watcher] : stream.watchers)
            counters.unsynced += watcher.isSynced ? 0 : 1;
    }
    return counters;
}

} // namespace signalbox::state
