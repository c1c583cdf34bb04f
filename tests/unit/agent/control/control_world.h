// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/control/fleet_watch.h"
#include "shared/wire/store_json.h"
#include "tests/support/manual_executor.h"
#include "tests/support/memory_store.h"

#include <string>
#include <utility>
#include <vector>

namespace signalbox::control {

// A store, a clock and an executor of one's own. Lives on: the test's thread.
struct ControlWorld {
    tests::ManualClock clock;
    tests::ManualExecutor executor{clock};
    tests::MemoryStore store{executor};
    StoreKeys keys{"test"};

    std::string stored(const std::string& key)
    {
        const auto found = store.world()->get(key);
        return found ? found->value : "";
    }
    // A write of somebody with etcdctl: no head, no record.
    state::Revision put(const std::string& key, std::string value)
    {
        const auto revision = store.world()->put(key, std::move(value));
        executor.advance(std::chrono::milliseconds(50));
        return revision;
    }
    state::Revision remove(const std::string& key)
    {
        const auto revision = store.world()->remove(key);
        executor.advance(std::chrono::milliseconds(50));
        return revision;
    }
};

inline model::AgentRecord recordOf(const std::string& id, const std::string& boot = "b1",
                                   model::Health health = model::Health::Ready)
{
    model::AgentRecord made;
    made.id = base::AgentId(id);
    made.bootId = boot;
    made.pool = "chat";
    made.addresses.control = id + ".example:8801";
    made.health.state = health;
    return made;
}

// What a FleetWatch has told. Lives on: the test's thread.
struct Told {
    FleetPicturePtr picture;
    int pictures = 0;
    PolicyVerdict verdict;
    std::vector<model::Event> events;
    std::vector<SavedFleet> kept;

    FleetWatch::Handlers handlers()
    {
        FleetWatch::Handlers made;
        made.onPicture = [this](FleetPicturePtr newest) {
            picture = std::move(newest);
            ++pictures;
        };
        made.onVerdict = [this](const PolicyVerdict& newest) { verdict = newest; };
        made.onStore = [](const state::MirrorState&) {};
        made.onEvent = [this](model::Event event) { events.push_back(std::move(event)); };
        made.onKeep = [this](SavedFleet saved) { kept.push_back(std::move(saved)); };
        return made;
    }

    int eventsOf(const std::string& kind) const
    {
        int count = 0;
        for (const model::Event& event : events)
            count += event.kind == kind ? 1 : 0;
        return count;
    }
    std::string lastText() const { return events.empty() ? "" : events.back().text; }
};

} // namespace signalbox::control
