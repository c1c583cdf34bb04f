// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/state/store_values.h"
#include "shared/base/result.h"

#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace signalbox::state {

struct WatchSpec {
    KeyRange keys;
    Revision start = 0;    // 0 = from now on
    std::int64_t id = 0;   // 0 = the hub picks one
    bool wantsPrevious = false;
    bool wantsProgress = false;
    bool mayBeFragmented = false;
    bool withoutPuts = false;
    bool withoutDeletes = false;
};

// One message to one watcher, in etcd's shapes.
struct WatchAnswer {
    enum class Kind : std::uint8_t {
        Created,
        Refused, // created and cancelled in one, id -1, with a reason
        Events,
        Progress,
        Canceled,  // asked for
        Compacted, // history before compactRevision is gone
    };
    Kind kind = Kind::Events;
    std::int64_t watchId = 0;
    Header header;
    std::vector<Event> events;
    Revision compactRevision = 0;
    std::string reason;
    bool mayBeFragmented = false;
};

// Where a stream's answers go. hasRoom() bounds it: events are only given to a sink that has room,
// the answers to a client's own requests always.
class WatchSink {
public:
    virtual ~WatchSink() = default;
    virtual bool hasRoom() const = 0;
    // The client has left; nothing that is sent arrives.
    virtual bool isGone() const = 0;
    virtual void send(WatchAnswer answer) = 0;
    // Nothing more will come; the store stops.
    virtual void close(base::Error why) = 0;
};

struct WatchCounters {
    std::uint64_t streams = 0;
    std::uint64_t watchers = 0;
    std::uint64_t unsynced = 0;
    std::uint64_t fellBehindTotal = 0; // a stream had no room, its watcher is replayed from history
    std::uint64_t eventsTotal = 0;
    std::uint64_t refusedTotal = 0;
};

// All watchers of the store. Those that have seen everything get events as they are committed; one
// whose stream is full, or that starts in the past, is replayed from history until it has caught
// up. Lives on: the store thread. Owned by StoreEngine. Memory is bounded by the sinks' room.
class WatchHub {
public:
    using StreamId = std::uint64_t;
    // Committed changes from a revision on, whole revisions; empty = there is nothing newer. The
    // spec says whether the values before are wanted.
    using History
        = std::function<base::Result<std::vector<Event>>(Revision from, const WatchSpec& spec)>;

    StreamId open(std::shared_ptr<WatchSink> sink);
    void close(StreamId stream);
    void closeAll(const base::Error& why);

    void create(StreamId stream, const WatchSpec& spec, const Header& header);
    void cancel(StreamId stream, std::int64_t id, const Header& header);
    // Answered once every watcher of the stream has seen everything.
    void requestProgress(StreamId stream, const Header& header);

    // After a commit, with what it changed.
    void publish(const std::vector<Event>& events, const Header& header);
    // Replays one piece to each watcher that lags and has room. True while somebody could take
    // more.
    bool replay(const History& history, const Header& header, Revision compacted);
    // To the idle watchers that asked for progress.
    void tellProgress(const Header& header);

    WatchCounters counters() const;

private:
    struct Watcher {
        WatchSpec spec;
        Revision next = 0;        // the first revision that it has not been told
        bool isSynced = true;     // else it gets events from replay() only
        bool wasToldEvents = false; // since the last tellProgress
    };
    struct Stream {
        std::shared_ptr<WatchSink> sink;
        std::map<std::int64_t, Watcher> watchers;
        std::int64_t nextId = 0;
        bool wantsProgress = false;
    };

    static bool wants(const Watcher& watcher, const Event& event);
    static WatchAnswer select(const Watcher& watcher, const std::vector<Event>& events,
                              const Header& header);
    static std::string_view reasonToRefuse(const Stream& stream, const WatchSpec& spec);
    void forgetGone();
    bool replayOne(Stream& stream, Watcher& watcher, const History& history, const Header& header);
    static void answerProgress(Stream& stream, const Header& header);

    std::map<StreamId, Stream> streams_;
    StreamId lastStream_ = 0;
    std::size_t watchers_ = 0;
    WatchCounters totals_;
};

} // namespace signalbox::state
