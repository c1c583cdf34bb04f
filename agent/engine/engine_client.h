// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/engine/engine_profile.h"
#include "agent/engine/fetcher.h"
#include "agent/engine/metric_mapper.h"
#include "agent/engine/profile_registry.h"
#include "shared/model/health.h"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace signalbox::engine {

// What one probe said. `means` is Unknown where no answer came that could be read; `fault` tells.
struct ProbeOutcome {
    model::Health means = model::Health::Unknown;
    FetchFault fault = FetchFault::None;
    std::string reason; // one lower-case line; empty when ready
    std::chrono::nanoseconds took{0};
};

// Pure: the profile's meaning of an answer to its probe.
ProbeOutcome judgeProbe(const EngineProfile& profile, const FetchReply& reply);

struct ScrapeOutcome {
    bool isGood = false;
    std::string reason; // when not good
    EngineSample sample; // when good
};

// What a one-token generation showed.
enum class DeepOutcome : std::uint8_t {
    Token, // the engine generates
    Silent, // it took the request and gave nothing in time, or broke off
    Refused, // it answered and does not generate this way: nothing is learnt
};

// Asks one engine in the words of its profile. Lives on: control. Owned by the engine's monitor;
// callbacks as Fetcher's. At most one scrape at a time.
class EngineClient {
public:
    // `metrics` is the fetcher of the metrics port; the same as `engine` where there is one port.
    EngineClient(ProfilePtr profile, Fetcher& engine, Fetcher& metrics);

    void probe(std::chrono::milliseconds timeout, std::function<void(ProbeOutcome)> done);
    // Empty where the profile or the engine cannot tell: no use to ask it again.
    void askSleeping(std::function<void(std::optional<bool>)> done);
    void scrape(std::chrono::milliseconds timeout, std::function<void(ScrapeOutcome)> done);
    void fetchModels(std::function<void(std::vector<std::string>)> done);
    void fetchVersion(std::function<void(std::string)> done);
    void generateOneToken(const std::string& model, std::chrono::milliseconds timeout,
                          std::function<void(DeepOutcome, std::string reason)> done);

    const EngineProfile& profile() const { return *profile_; }
    bool hasMetrics() const { return !profile_->metrics.path.empty(); }
private:
    ProfilePtr profile_;
    Fetcher& engine_;
    Fetcher& metrics_;
    std::shared_ptr<MetricMapper> mapper_;
};

// Names in the `data` of a models list, at most limits::kModelsPerEngine; broken JSON = none.
std::vector<std::string> modelNames(std::string_view body);
// A top-level string field of a JSON object; empty when it is not there.
std::string stringField(std::string_view body, std::string_view field);

} // namespace signalbox::engine
