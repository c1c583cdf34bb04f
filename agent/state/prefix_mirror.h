// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/state/state_store.h"
#include "shared/base/clock.h"
#include "shared/base/executor.h"
#include "shared/base/on_thread.h"

#include <map>
#include <memory>
#include <random>

namespace signalbox::state {

// How good a mirror's picture is now, since when, and why (for people).
struct MirrorState {
    enum class Kind : std::uint8_t {
        Listing, // nothing known yet; the store has not failed so far
        Current, // listed and watching
        Away,    // the store does not answer; the picture is the last good one
        Refused, // the store answers from an older, another or an emptied world; the same
    };
    Kind kind = Kind::Listing;
    base::Wall since;
    std::string why;
};

// The world a picture belongs to; kept with a snapshot on disk, so that a restart knows it too.
struct MirrorBaseline {
    std::uint64_t clusterId = 0;
    Revision revision = 0;
    bool operator==(const MirrorBaseline&) const = default;
};

struct MirrorUpdate {
    Revision revision = 0;     // the picture is the prefix as of this revision of the store
    std::vector<Event>
        events; // what changed, in revision order; a relist is told as its difference
    // Of a list only the newest write of each key is known, and of a deletion not its revision.
    bool isFromList = false;
};

// What the mirror had to do to stay true; each one is a sum since start.
struct MirrorCounters {
    std::uint64_t lists = 0;
    std::uint64_t reconciles = 0;  // lists made only to be sure
    std::uint64_t corrections = 0; // keys that a reconcile found different: missed by the watch
    std::uint64_t gaps = 0;        // missing events seen in the watch itself
    std::uint64_t duplicates = 0;  // events that had already been seen, ignored
    std::uint64_t compactions = 0;
    std::uint64_t failures = 0; // calls and watches that broke
    std::uint64_t refusals = 0; // answers from a world that was not believed
};

// Keeps a true copy of all keys under a prefix: lists, watches, and lists again on a gap, after a
// compaction and every minute. Lives on: control (the executor's thread). Owned by whoever reads
// it; the store, executor and clock must outlive it. Failure: an unreachable store, an older or
// other world, or a list that is suddenly empty never changes the picture; the state says so, and
// only acceptWorld() or a consistent answer ends it.
class PrefixMirror {
public:
    enum class EmptyList : std::uint8_t {
        Refuse, // a list with nothing where something was is an accident until accepted
        Accept, // for prefixes that really may become empty
    };

    struct Options {
        std::string prefix;
        std::chrono::milliseconds reconcileEvery{60'000};
        Timeout timeout{5'000};
        std::chrono::milliseconds retryLeast{100}; // first wait after a failure, with jitter
        std::chrono::milliseconds retryMost{2'000};
        EmptyList emptyList = EmptyList::Refuse;
        std::optional<MirrorBaseline> baseline; // a world known before the start
        std::uint32_t seed = 0;                 // of the jitter; 0 = from the system
    };

    struct Handlers {
        // The first one comes with the first list, even if that is empty.
        std::function<void(const MirrorUpdate&)> onUpdate;
        std::function<void(const MirrorState&)> onState;
    };

    PrefixMirror(StateStore& store, base::Executor& executor, const base::Clock& clock,
                 Options options, Handlers handlers);
    ~PrefixMirror();
    PrefixMirror(const PrefixMirror&) = delete;
    PrefixMirror& operator=(const PrefixMirror&) = delete;

    void start();

    // The operator's word that the world now there is the true one, whatever was known before.
    void acceptWorld();

    // Lists at once, for a caller that has a reason to doubt.
    void reconcileNow();

    const std::map<std::string, KeyValue, std::less<>>& keys() const { return keys_; }
    // Null when the key is not there.
    const KeyValue* find(std::string_view key) const;
    MirrorBaseline world() const { return world_; }
    const MirrorState& state() const { return state_; }
    const MirrorCounters& counters() const { return counters_; }
    bool hasList() const { return hasList_; }

private:
    struct Listing;
    enum class Purpose : std::uint8_t { Rebuild, Reconcile };
    enum class Seen : std::uint8_t { New, Duplicate, Gap };

    void list(Purpose purpose);
    void askPage(const std::shared_ptr<Listing>& listing);
    void onPage(const std::shared_ptr<Listing>& listing, base::Result<RangeResult> page);
    void onListed(const Listing& listing);
    bool mustListAgain(const Listing& listing);
    std::string reasonToRefuse(const Listing& listing) const;
    bool agreesWithPicture(const Listing& listing) const;
    void adopt(const Listing& listing);
    std::vector<Event> difference(const Listing& listing) const;

    void beginWatch();
    void onEvents(WatchBatch batch);
    void onWatchEnd(const WatchEnd& end);
    bool isOurCluster(const Header& header);
    Seen apply(Event& event);

    void refuse(std::string why);
    void fail(const base::Error& error);
    void retryLater();
    void scheduleReconcile();
    void become(MirrorState::Kind kind, std::string why);
    std::chrono::milliseconds uniform(std::chrono::milliseconds most);

    StateStore& store_;
    base::Executor& executor_;
    const base::Clock& clock_;
    const Options options_;
    const Handlers handlers_;
    base::OnThread owner_;

    std::map<std::string, KeyValue, std::less<>> keys_;
    MirrorBaseline world_;
    bool hasList_ = false;
    bool isSuspicious_ = false;     // refused, and no consistent answer since
    bool acceptsNextWorld_ = false; // the operator's word, for one list
    int uselessReconciles_ = 0;     // in a row
    MirrorState state_;
    MirrorCounters counters_;

    std::unique_ptr<Watch> watch_;
    std::shared_ptr<Listing> listing_; // the one that counts; an older answer finds it gone
    base::Executor::TimerPtr retryTimer_;
    base::Executor::TimerPtr reconcileTimer_;
    std::chrono::milliseconds retryWait_;
    std::minstd_rand jitter_;
};

} // namespace signalbox::state
