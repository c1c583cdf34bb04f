// SPDX-License-Identifier: Apache-2.0
#include "agent/state/prefix_mirror.h"

#include "shared/base/limits.h"
#include "shared/base/log.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace signalbox::state {

namespace {

// A reconcile that met newer events, or an empty list, is repeated; then the watch is rebuilt.
constexpr int kUselessReconcilesMost = 3;

std::uint32_t systemSeed()
{
    return std::random_device{}() | 1U;
}

} // namespace

// One pass over the prefix, page by page, all at the revision of the first page.
struct PrefixMirror::Listing {
    Purpose purpose = Purpose::Rebuild;
    Revision knownAtStart = 0; // a linearizable answer cannot be older than this
    Header header;
    std::vector<KeyValue> keys;
    std::string from;
    bool hasPage = false;
};

PrefixMirror::PrefixMirror(StateStore& store, base::Executor& executor, const base::Clock& clock,
                           Options options, Handlers handlers)
    : store_(store), executor_(executor), clock_(clock), options_(std::move(options)),
      handlers_(std::move(handlers)), retryWait_(options_.retryLeast),
      jitter_(options_.seed != 0 ? options_.seed : systemSeed())
{
    if (options_.baseline)
        world_ = *options_.baseline;
    state_.since = clock_.wall();
}

PrefixMirror::~PrefixMirror() = default;

void PrefixMirror::start()
{
    owner_.bind();
    list(Purpose::Rebuild);
    scheduleReconcile();
}

void PrefixMirror::acceptWorld()
{
    owner_.check();
    acceptsNextWorld_ = true;
    list(Purpose::Rebuild);
}

void PrefixMirror::reconcileNow()
{
    owner_.check();
    if (listing_ == nullptr)
        list(state_.kind == MirrorState::Kind::Current ? Purpose::Reconcile : Purpose::Rebuild);
}

const KeyValue* PrefixMirror::find(std::string_view key) const
{
    const auto found = keys_.find(key);
    return found != keys_.end() ? &found->second : nullptr;
}

void PrefixMirror::list(Purpose purpose)
{
    if (purpose == Purpose::Rebuild)
        watch_.reset();
    retryTimer_.reset();
    ++counters_.lists;
    listing_ = std::make_shared<Listing>();
    listing_->purpose = purpose;
    listing_->knownAtStart = world_.revision;
    listing_->from = KeyRange::prefix(options_.prefix).key;
    askPage(listing_);
}

void PrefixMirror::askPage(const std::shared_ptr<Listing>& listing)
{
    Range range;
    range.keys = KeyRange{listing->from, KeyRange::prefix(options_.prefix).end};
    range.limit = static_cast<std::int64_t>(limits::kStoreListPage);
    range.revision = listing->header.revision;
    store_.range(range, options_.timeout,
                 [this, weak = std::weak_ptr(listing)](base::Result<RangeResult> page) {
                     if (const auto current = weak.lock())
                         onPage(current, std::move(page));
                 });
}

void PrefixMirror::onPage(const std::shared_ptr<Listing>& listing, base::Result<RangeResult> page)
{
    if (!page)
        return fail(page.error().because("listing " + options_.prefix));
    if (!listing->hasPage)
        listing->header = page->header;
    listing->hasPage = true;
    std::move(page->keys.begin(), page->keys.end(), std::back_inserter(listing->keys));
    if (page->isCut && !page->keys.empty()) {
        listing->from = listing->keys.back().key + '\0';
        return askPage(listing);
    }
    listing_.reset();
    onListed(*listing);
}

void PrefixMirror::onListed(const Listing& listing)
{
    if (mustListAgain(listing))
        return list(uselessReconciles_ < kUselessReconcilesMost ? Purpose::Reconcile
                                                               : Purpose::Rebuild);
    uselessReconciles_ = 0;
    if (!acceptsNextWorld_) {
        if (std::string why = reasonToRefuse(listing); !why.empty())
            return refuse(std::move(why));
    }
    adopt(listing);
}

// While a watch runs, a list may be overtaken by its events, or be empty because the events that
// say why are still on their way. Neither proves anything: ask again.
bool PrefixMirror::mustListAgain(const Listing& listing)
{
    if (listing.purpose != Purpose::Reconcile || watch_ == nullptr)
        return false;
    const bool isOvertaken = listing.header.revision >= listing.knownAtStart
        && listing.header.revision < world_.revision;
    const bool isSuddenlyEmpty = listing.keys.empty() && !keys_.empty();
    if (!isOvertaken && !isSuddenlyEmpty)
        return false;
    ++uselessReconciles_;
    return uselessReconciles_ <= kUselessReconcilesMost;
}

std::string PrefixMirror::reasonToRefuse(const Listing& listing) const
{
    if (world_.clusterId != 0 && listing.header.clusterId != world_.clusterId)
        return fmt::format("another store answers: cluster {:x}, known is {:x}",
                           listing.header.clusterId, world_.clusterId);
    if (listing.header.revision < listing.knownAtStart)
        return fmt::format("the store went back: it is at revision {}, known is {}",
                           listing.header.revision, listing.knownAtStart);
    const std::size_t known = keys_.size();
    const bool hadKeys = hasList_ ? known != 0 : world_.revision != 0;
    if (listing.keys.empty() && hadKeys && options_.emptyList == EmptyList::Refuse)
        return fmt::format("the list of {} is suddenly empty, {} keys are known", options_.prefix,
                           known);
    if (isSuspicious_ && !agreesWithPicture(listing))
        return "the store's history is not the one known here";
    return {};
}

// Whether everything that the list says about the known past is what is known.
bool PrefixMirror::agreesWithPicture(const Listing& listing) const
{
    if (!hasList_)
        return true;
    return std::all_of(listing.keys.begin(), listing.keys.end(), [this](const KeyValue& key) {
        if (key.modRevision > world_.revision)
            return true;
        const KeyValue* known = find(key.key);
        return known != nullptr && known->modRevision == key.modRevision;
    });
}

std::vector<Event> PrefixMirror::difference(const Listing& listing) const
{
    std::vector<Event> events;
    auto known = keys_.begin();
    const auto gone = [&](const KeyValue& key) {
        KeyValue grave;
        grave.key = key.key;
        grave.modRevision = listing.header.revision;
        events.push_back(Event{Event::Kind::Delete, std::move(grave), key});
    };
    for (const KeyValue& key : listing.keys) {
        while (known != keys_.end() && known->first < key.key)
            gone((known++)->second);
        std::optional<KeyValue> previous;
        if (known != keys_.end() && known->first == key.key)
            previous = (known++)->second;
        if (previous != key)
            events.push_back(Event{Event::Kind::Put, key, std::move(previous)});
    }
    while (known != keys_.end())
        gone((known++)->second);
    std::stable_sort(events.begin(), events.end(), [](const Event& a, const Event& b) {
        return a.now.modRevision < b.now.modRevision;
    });
    return events;
}

void PrefixMirror::adopt(const Listing& listing)
{
    MirrorUpdate update{listing.header.revision, difference(listing), true};
    if (listing.purpose == Purpose::Reconcile) {
        ++counters_.reconciles;
        // What the watch claims to have told, and has not.
        const auto missed = std::count_if(
            update.events.begin(), update.events.end(),
            [this](const Event& event) { return event.now.modRevision <= world_.revision; });
        counters_.corrections += static_cast<std::uint64_t>(missed);
        if (missed != 0)
            log::warn("store", "watch_missed_events", "prefix", options_.prefix, "keys", missed);
    }
    const bool isFirst = !hasList_;
    hasList_ = true;
    isSuspicious_ = false;
    acceptsNextWorld_ = false;
    world_ = MirrorBaseline{listing.header.clusterId, listing.header.revision};
    keys_.clear();
    for (const KeyValue& key : listing.keys)
        keys_.emplace_hint(keys_.end(), key.key, key);
    if (watch_ == nullptr)
        beginWatch();
    if ((isFirst || !update.events.empty()) && handlers_.onUpdate)
        handlers_.onUpdate(update);
}

void PrefixMirror::beginWatch()
{
    WatchRequest request;
    request.keys = KeyRange::prefix(options_.prefix);
    request.startRevision = world_.revision + 1;
    request.wantsProgress = true;

    WatchHandlers handlers;
    handlers.onCreated = [this](Header header) {
        retryTimer_.reset();
        if (!isOurCluster(header))
            return;
        retryWait_ = options_.retryLeast;
        become(MirrorState::Kind::Current, "listed and watching");
    };
    handlers.onEvents = [this](WatchBatch batch) { onEvents(std::move(batch)); };
    handlers.onProgress = [this](Header header) {
        if (isOurCluster(header))
            world_.revision = std::max(world_.revision, header.revision);
    };
    handlers.onEnd = [this](const WatchEnd& end) { onWatchEnd(end); };
    watch_ = store_.watch(std::move(request), std::move(handlers));
    // A store that takes the watch and says nothing is as good as away.
    retryTimer_ = executor_.after(options_.timeout, [this] {
        fail(base::Error(base::Code::DeadlineExceeded, "the watch was not confirmed in time",
                         base::Origin::Store));
    });
}

bool PrefixMirror::isOurCluster(const Header& header)
{
    if (header.clusterId == world_.clusterId || header.clusterId == 0)
        return true;
    refuse(fmt::format("another store answers the watch: cluster {:x}, known is {:x}",
                       header.clusterId, world_.clusterId));
    return false;
}

void PrefixMirror::onEvents(WatchBatch batch)
{
    if (!isOurCluster(batch.header))
        return;
    MirrorUpdate update;
    bool hasGap = false;
    Revision last = world_.revision;
    for (Event& event : batch.events) {
        const Seen seen = apply(event);
        if (seen == Seen::Gap) {
            hasGap = true;
            break;
        }
        if (seen == Seen::Duplicate) {
            ++counters_.duplicates;
            continue;
        }
        last = event.now.modRevision;
        update.events.push_back(std::move(event));
    }
    // Half a revision must not pass for a whole one: after a gap only the list counts.
    if (hasGap) {
        ++counters_.gaps;
        log::warn("store", "watch_gap", "prefix", options_.prefix, "revision", last);
        list(Purpose::Rebuild);
    } else {
        world_.revision = last;
    }
    update.revision = world_.revision;
    if (!update.events.empty() && handlers_.onUpdate)
        handlers_.onUpdate(update);
}

// The version of a key counts its writes, so that each event says which one must come before it.
PrefixMirror::Seen PrefixMirror::apply(Event& event)
{
    if (event.now.modRevision <= world_.revision)
        return Seen::Duplicate;
    const auto known = keys_.find(event.now.key);
    event.previous.reset();
    if (known != keys_.end())
        event.previous = known->second;
    if (event.kind == Event::Kind::Delete) {
        if (known == keys_.end())
            return Seen::Gap;
        keys_.erase(known);
        return Seen::New;
    }
    const std::int64_t before = known != keys_.end() ? known->second.version : 0;
    const bool isSameLife
        = known == keys_.end() || known->second.createRevision == event.now.createRevision;
    if (!isSameLife || event.now.version != before + 1)
        return Seen::Gap;
    keys_[event.now.key] = event.now;
    return Seen::New;
}

void PrefixMirror::onWatchEnd(const WatchEnd& end)
{
    watch_.reset();
    if (end.why != WatchEnd::Why::Compacted)
        return fail(end.error.because("watching " + options_.prefix));
    ++counters_.compactions;
    log::info("store", "watch_compacted", "prefix", options_.prefix, "compact_revision",
              end.compactRevision, "known_revision", world_.revision);
    list(Purpose::Rebuild);
}

void PrefixMirror::refuse(std::string why)
{
    ++counters_.refusals;
    isSuspicious_ = true;
    watch_.reset();
    listing_.reset();
    become(MirrorState::Kind::Refused, std::move(why));
    retryLater();
}

void PrefixMirror::fail(const base::Error& error)
{
    ++counters_.failures;
    watch_.reset();
    listing_.reset();
    become(MirrorState::Kind::Away, error.text());
    retryLater();
}

void PrefixMirror::retryLater()
{
    const auto wait = options_.retryLeast / 2 + uniform(retryWait_);
    retryWait_ = std::min(retryWait_ * 2, options_.retryMost);
    retryTimer_ = executor_.after(wait, [this] { list(Purpose::Rebuild); });
}

void PrefixMirror::scheduleReconcile()
{
    const auto tenth = options_.reconcileEvery / 10;
    const auto wait = options_.reconcileEvery - tenth + uniform(tenth);
    reconcileTimer_ = executor_.after(wait, [this] {
        scheduleReconcile();
        if (state_.kind == MirrorState::Kind::Current && listing_ == nullptr)
            list(Purpose::Reconcile);
    });
}

std::chrono::milliseconds PrefixMirror::uniform(std::chrono::milliseconds most)
{
    std::uniform_int_distribution<std::int64_t> pick(0, most.count());
    return std::chrono::milliseconds{pick(jitter_)};
}

void PrefixMirror::become(MirrorState::Kind kind, std::string why)
{
    // "Away since" is the moment it went away, not of the latest failed attempt.
    if (state_.kind == kind) {
        state_.why = std::move(why);
        return;
    }
    state_ = MirrorState{kind, clock_.wall(), std::move(why)};
    log::info("store", "mirror_state", "prefix", options_.prefix, "why", state_.why);
    if (handlers_.onState)
        handlers_.onState(state_);
}

} // namespace signalbox::state
