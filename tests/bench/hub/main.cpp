// SPDX-License-Identifier: Apache-2.0
// signalbox-simulated-hub AGENTS: one agent that tells of a fleet that is made up, once a second,
// as a real one would, so that a console can be measured in a process of its own. Says
// "at ADDRESS", then "told SECONDS s, BYTES bytes" each second; ends with its standard input.
#include "agent/recorder/feed_book.h"
#include "agent/runtime/threads/control_thread.h"
#include "agent/telemetry/telemetry_service.h"
#include "shared/rpc/grpc_server.h"

#include <cmath>
#include <cstdio>
#include <future>
#include <memory>
#include <string>
#include <unistd.h>

namespace {

using namespace signalbox;
using namespace std::chrono_literals;

constexpr int kPools = 10;
constexpr int kTrendSeconds = 60;

std::int64_t nowUnixMs()
{
    return base::unixMs(base::systemClock().wall());
}

// The series of an instance that screens show, as an agent names them.
std::vector<model::SeriesKey> seriesOfInstance()
{
    std::vector<model::SeriesKey> series;
    for (const char* name :
         {"in_flight", "engine_waiting", "engine_queue_p95_ms", "ttft_p50_ms", "ttft_p95_ms",
          "gap_p95_ms", "e2e_p95_ms", "requests_per_second", "errors_per_second",
          "retries_per_second", "prompt_tokens_per_second", "completion_tokens_per_second",
          "engine_kv_usage_ratio", "engine_prefix_hit_ratio", "agent_cpu_cores",
          "agent_memory_bytes"})
        series.push_back({name, {}, model::SeriesKind::Gauge});
    return series;
}

// Peers are not asked: what they would say is made up here.
class NoPeers final : public telemetry::FleetInterest {
public:
    std::shared_ptr<void> watch(const std::vector<model::ResumePoint>&) override
    {
        return std::make_shared<int>(0);
    }
};

// Lives on: control.
class SimulatedFleet {
public:
    SimulatedFleet(base::Executor& executor, int agents)
        : executor_(executor), book_(base::AgentId("gw-01"), "boot-1"),
          service_({.book = book_,
                    .interest = noPeers_,
                    .executor = executor,
                    .clock = base::systemClock(),
                    .fleet = "simulated",
                    .features = {},
                    .listOpen = {}})
    {
        begin(book_.own(), "", model::AgentKind::Gateway);
        for (int i = 1; i < agents; ++i) {
            const std::string pool = "pool-" + std::to_string(i % kPools);
            const std::string id = pool + "-" + std::to_string(i / kPools);
            begin(*book_.addPeer(base::AgentId(id), "boot-1"), pool,
                  model::AgentKind::Instance);
        }
    }

    telemetry::TelemetryService& service() { return service_; }
    void start() { tick(); }

private:
    void begin(recorder::AgentFeed& feed, const std::string& pool, model::AgentKind kind)
    {
        model::AgentState state;
        state.record.id = feed.id();
        state.record.bootId = feed.bootId();
        state.record.kind = kind;
        state.record.pool = pool;
        state.record.version = "simulated";
        state.record.startedUnixMs = nowUnixMs();
        state.record.health = {model::Health::Ready, "", nowUnixMs()};
        feed.setState(std::move(state));
        feed.setDictionary(seriesOfInstance());
        feeds_.push_back(&feed);
    }

    void tick()
    {
        ++second_;
        for (std::size_t i = 0; i < feeds_.size(); ++i) {
            model::SampleRow row{++sequence_, nowUnixMs(), {}};
            const double phase = static_cast<double>(i) * 0.7
                + 6.28 * static_cast<double>(second_) / kTrendSeconds;
            for (std::size_t n = 0; n < feeds_[i]->series().size(); ++n)
                row.values.push_back(50 + 40 * std::sin(phase + static_cast<double>(n)));
            feeds_[i]->addRow(std::move(row));
        }
        // Its moment is in the event: who paints it can say how long that took.
        book_.own().addEvent({++sequence_, nowUnixMs(), "gw-01", "mark", "gw-01",
                              "mark " + std::to_string(second_), model::Severity::Info});
        std::printf("told %d s, %llu bytes\n", second_,
                    static_cast<unsigned long long>(service_.counters().bytesTotal));
        std::fflush(stdout);
        timer_ = executor_.after(1s, [this] { tick(); });
    }

    base::Executor& executor_;
    recorder::FeedBook book_;
    NoPeers noPeers_;
    telemetry::TelemetryService service_;
    std::vector<recorder::AgentFeed*> feeds_;
    base::Sequence sequence_ = 0;
    int second_ = 0;
    base::Executor::TimerPtr timer_;
};

} // namespace

int main(int argc, char** argv)
{
    const int agents = argc > 1 ? std::atoi(argv[1]) : 1'000;
    runtime::ControlThread control;
    control.start();
    rpc::MethodTable table;
    std::unique_ptr<SimulatedFleet> fleet;
    const auto there = [&control](const std::function<void()>& work) {
        std::promise<void> done;
        control.post([&] { work(), done.set_value(); });
        done.get_future().wait();
    };
    there([&] {
        fleet = std::make_unique<SimulatedFleet>(control, agents);
        fleet->service().registerOn(table);
    });
    rpc::GrpcServer server(table, control);
    const auto address = server.start("127.0.0.1:0");
    if (!address) {
        std::fprintf(stderr, "%s\n", address.error().text().c_str());
        return 1;
    }
    std::printf("at %s\n", address->c_str());
    std::fflush(stdout);
    there([&] { fleet->start(); });
    char byte = 0;
    while (read(STDIN_FILENO, &byte, 1) > 0) { }
    server.stop();
    there([&] { fleet.reset(); });
    control.stop();
    return 0;
}
