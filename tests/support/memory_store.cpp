// SPDX-License-Identifier: Apache-2.0
#include "tests/support/memory_store.h"

#include "agent/state/store_rules.h"

#include <utility>

namespace signalbox::tests {

using namespace state;

namespace {

base::Error away(base::Retry retry)
{
    return base::Error(base::Code::Unavailable, "the store is away", base::Origin::Store, retry);
}

} // namespace

struct MemoryStore::WatchState {
    WatchRequest request;
    WatchHandlers handlers;
    Revision next = 0; // the first revision not yet told
    std::uint64_t listener = 0;
    bool isDropped = false;
};

class MemoryStore::MemoryWatch final : public Watch {
public:
    MemoryWatch(MemoryStore& store, std::shared_ptr<WatchState> state)
        : store_(store), storeAlive_(store.alive_), state_(std::move(state))
    {
    }
    ~MemoryWatch() override
    {
        state_->isDropped = true;
        if (storeAlive_.expired())
            return;
        store_.world_->unlisten(state_->listener);
        store_.watches_.erase(state_);
    }

    void requestProgress() override
    {
        store_.executor_.post([state = state_, world = store_.world_] {
            if (!state->isDropped && state->listener != 0 && state->handlers.onProgress)
                state->handlers.onProgress(world->header());
        });
    }

private:
    MemoryStore& store_;
    std::weak_ptr<bool> storeAlive_;
    std::shared_ptr<WatchState> state_;
};

class MemoryStore::MemoryLease final : public Lease {
public:
    MemoryLease(MemoryStore& store, LeaseId id, std::chrono::seconds ttl,
                std::function<void(base::Error)> onLost)
        : store_(store), storeAlive_(store.alive_), id_(id), ttl_(ttl), onLost_(std::move(onLost))
    {
        renewLater();
    }
    ~MemoryLease() override
    {
        if (!storeAlive_.expired() && !isOver_ && !store_.faults_.isAway)
            (void)store_.world_->revoke(id_);
    }

    LeaseId id() const override { return id_; }
    std::chrono::seconds ttl() const override { return ttl_; }

    void revoke(Timeout, Done<void> done) override
    {
        isOver_ = true;
        renewTimer_.reset();
        store_.answer<void>(
            std::move(done), [world = store_.world_, id = id_] { return world->revoke(id); }, true);
    }

private:
    void renewLater()
    {
        renewTimer_
            = store_.executor_.after(std::chrono::milliseconds(ttl_) / 3, [this] { renew(); });
    }

    void renew()
    {
        if (store_.faults_.isAway) {
            if (++missed_ >= 3)
                return lose("the store could not be asked for a whole time-to-live");
            return renewLater();
        }
        missed_ = 0;
        if (store_.world_->keepAlive(id_).count() == 0)
            return lose("the store no longer has the lease");
        renewLater();
    }

    void lose(const char* why)
    {
        isOver_ = true;
        if (const auto onLost = std::exchange(onLost_, nullptr))
            onLost(base::Error(base::Code::NotFound, why, base::Origin::Store));
    }

    MemoryStore& store_;
    std::weak_ptr<bool> storeAlive_;
    LeaseId id_;
    std::chrono::seconds ttl_;
    std::function<void(base::Error)> onLost_;
    base::Executor::TimerPtr renewTimer_;
    int missed_ = 0;
    bool isOver_ = false;
};

MemoryStore::MemoryStore(base::Executor& executor)
    : MemoryStore(executor, std::make_shared<MemoryWorld>(executor))
{
}

MemoryStore::MemoryStore(base::Executor& executor, std::shared_ptr<MemoryWorld> world)
    : executor_(executor), world_(std::move(world))
{
}

MemoryStore::~MemoryStore()
{
    for (const auto& watch : watches_) {
        watch->isDropped = true;
        world_->unlisten(watch->listener);
    }
}

template <typename T, typename Act>
void MemoryStore::answer(Done<T> done, Act act, bool isWrite)
{
    ++callsTotal_;
    executor_.post([this, alive = std::weak_ptr(alive_), done = std::move(done),
                    act = std::move(act), isWrite] {
        if (alive.expired())
            return;
        if (faults_.isAway)
            return done(away(base::Retry::Safe));
        base::Result<T> result = act();
        if (isWrite && faults_.losesAnswers)
            return done(away(base::Retry::Never));
        done(std::move(result));
    });
}

void MemoryStore::range(Range request, Timeout, Done<RangeResult> done)
{
    answer<RangeResult>(
        std::move(done),
        [world = world_, request = std::move(request)] { return world->range(request); }, false);
}

void MemoryStore::put(Put request, Timeout, Done<PutResult> done)
{
    answer<PutResult>(
        std::move(done),
        [world = world_, request = std::move(request)] { return world->put(request); }, true);
}

void MemoryStore::remove(Delete request, Timeout, Done<DeleteResult> done)
{
    answer<DeleteResult>(
        std::move(done),
        [world = world_, request = std::move(request)] { return world->remove(request); }, true);
}

void MemoryStore::txn(Txn request, Timeout, Done<TxnResult> done)
{
    answer<TxnResult>(
        std::move(done),
        [world = world_, request = std::move(request)] { return world->txn(request); }, true);
}

void MemoryStore::compact(Revision revision, Timeout, Done<void> done)
{
    answer<void>(
        std::move(done), [world = world_, revision] { return world->compact(revision); }, true);
}

void MemoryStore::grantLease(LeaseRequest request, Timeout, Done<std::unique_ptr<Lease>> done)
{
    using LeasePtr = std::unique_ptr<Lease>;
    answer<LeasePtr>(
        std::move(done),
        [this, request = std::move(request)]() -> base::Result<LeasePtr> {
            SB_TRY(const LeaseLife life, world_->grant(request.id, request.ttl));
            return LeasePtr(
                std::make_unique<MemoryLease>(*this, life.id, life.granted, request.onLost));
        },
        true);
}

void MemoryStore::leaseLife(LeaseId id, Timeout, Done<LeaseLife> done)
{
    answer<LeaseLife>(
        std::move(done),
        [world = world_, id] { return base::Result<LeaseLife>(world->life(id)); }, false);
}

void MemoryStore::status(Timeout, Done<StoreStatus> done)
{
    answer<StoreStatus>(
        std::move(done),
        [world = world_] {
            StoreStatus status;
            status.header = world->header();
            status.version = "memory";
            return base::Result<StoreStatus>(std::move(status));
        },
        false);
}

std::unique_ptr<Watch> MemoryStore::watch(WatchRequest request, WatchHandlers handlers)
{
    ++callsTotal_;
    auto watch = std::make_shared<WatchState>();
    watch->request = std::move(request);
    watch->handlers = std::move(handlers);
    watches_.insert(watch);
    executor_.post([this, alive = std::weak_ptr(alive_), watch] {
        if (!alive.expired() && !watch->isDropped)
            begin(watch);
    });
    return std::make_unique<MemoryWatch>(*this, std::move(watch));
}

void MemoryStore::begin(const std::shared_ptr<WatchState>& watch)
{
    if (faults_.isAway)
        return end(watch, WatchEnd{WatchEnd::Why::Broken, 0, away(base::Retry::Safe)});
    const KeyRange& keys = watch->request.keys;
    if (!keys.isOneKey() && !keys.reachesLast() && keys.key >= keys.end) {
        const base::Error error(base::Code::InvalidArgument, std::string(fault::kEmptyWatchRange),
                                base::Origin::Store);
        return end(watch, WatchEnd{WatchEnd::Why::Refused, 0, error});
    }
    const Revision start = watch->request.startRevision;
    watch->next = start == 0 ? world_->header().revision + 1 : start;
    if (watch->handlers.onCreated)
        watch->handlers.onCreated(world_->header());
    if (watch->isDropped)
        return;
    if (start != 0 && start < world_->compacted())
        return end(watch, WatchEnd{WatchEnd::Why::Compacted, world_->compacted(),
                                   fault::compacted()});
    watch->listener = world_->listen([this, weak = std::weak_ptr(watch)](const auto& events) {
        if (const auto watcher = weak.lock())
            deliver(watcher, events);
    });
    deliver(watch, world_->history(watch->next));
}

void MemoryStore::deliver(const std::shared_ptr<WatchState>& watch,
                          const std::vector<Event>& events)
{
    WatchBatch batch;
    for (const Event& event : events) {
        if (!watch->request.keys.contains(event.now.key) || event.now.modRevision < watch->next)
            continue;
        if (faults_.dropsEventsEvery != 0 && ++eventsTotal_ % faults_.dropsEventsEvery == 0)
            continue;
        batch.events.push_back(event);
        if (!watch->request.wantsPrevious)
            batch.events.back().previous.reset();
    }
    if (batch.events.empty())
        return;
    watch->next = batch.events.back().now.modRevision + 1;
    batch.header = world_->header();
    executor_.post([alive = std::weak_ptr(alive_), watch, batch = std::move(batch)] {
        if (!alive.expired() && !watch->isDropped && watch->handlers.onEvents)
            watch->handlers.onEvents(batch);
    });
}

void MemoryStore::end(const std::shared_ptr<WatchState>& watch, WatchEnd why)
{
    world_->unlisten(watch->listener);
    watch->listener = 0;
    watches_.erase(watch);
    executor_.post([alive = std::weak_ptr(alive_), watch, why = std::move(why)] {
        if (!alive.expired() && !watch->isDropped && watch->handlers.onEnd)
            watch->handlers.onEnd(why);
    });
}

void MemoryStore::breakWatches()
{
    const auto watches = watches_;
    for (const auto& watch : watches)
        end(watch, WatchEnd{WatchEnd::Why::Broken, 0, away(base::Retry::Safe)});
}

void MemoryStore::goAway()
{
    faults_.isAway = true;
    breakWatches();
}

} // namespace signalbox::tests
