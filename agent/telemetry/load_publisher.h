// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/clock.h"
#include "shared/base/executor.h"
#include "shared/model/fleet.h"
#include "shared/rpc/method_table.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace signalbox::telemetry {

struct LoadSource {
    std::function<model::LoadReport()> nextReport; // each with a sequence of its own
    std::function<std::uint64_t()> changes; // grows when there is something to tell at once
};

// WatchLoad: this agent's exact load to each gateway that asks, every 200 ms and on change. The
// newest report only: a reader that was busy gets what is true when it is not.
// Lives on: control. Owned by agent/process. Costs nothing while nobody reads.
class LoadPublisher {
public:
    LoadPublisher(LoadSource source, base::Executor& executor, const base::Clock& clock);
    LoadPublisher(const LoadPublisher&) = delete;
    LoadPublisher& operator=(const LoadPublisher&) = delete;
    ~LoadPublisher();

    void registerOn(rpc::MethodTable& table);
    std::size_t readers() const { return readers_.size(); }
    std::uint64_t reportsTotal() const { return reportsTotal_; } // made, each for all readers
    std::uint64_t refusedTotal() const { return refusedTotal_; } // beyond limits::kLoadReaders

private:
    struct Reader {
        std::shared_ptr<rpc::OpenStream> stream;
        bool isOwed = true; // a report was made that it has not been sent
    };

    void watch(std::shared_ptr<rpc::OpenStream> stream);
    void poll();

    LoadSource source_;
    base::Executor& executor_;
    const base::Clock& clock_;
    std::vector<Reader> readers_;
    base::Executor::TimerPtr timer_;
    base::Monotonic reportedAt_{};
    std::uint64_t changesTold_ = 0;
    std::uint64_t reportsTotal_ = 0;
    std::uint64_t refusedTotal_ = 0;
    std::shared_ptr<LoadPublisher*> self_; // null inside once this is gone
};

} // namespace signalbox::telemetry
