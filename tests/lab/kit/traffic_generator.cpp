// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/kit/hash.h"
#include "tests/lab/kit/trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace signalbox::lab {

namespace {

// Longest length that is generated; the traces' own longest prompts are shorter.
constexpr double kLengthMax = 32'000;

// Two exponential distributions with balanced means have any coefficient of variation >= 1:
// the short one makes the bursts, the long one the pauses between them.
class GeneratedLoad final : public ArrivalSource {
public:
    explicit GeneratedLoad(const GeneratorOptions& options)
        : profile_(options.profile), state_(mix(options.seed))
    {
        if (options.requestsPerSecond > 0)
            profile_.requestsPerSecond = options.requestsPerSecond;
        const double square = std::max(1.0, profile_.interArrivalVariation)
            * std::max(1.0, profile_.interArrivalVariation);
        shareOfShort_ = (1 + std::sqrt((square - 1) / (square + 1))) / 2;
    }

    std::optional<Arrival> next() override
    {
        const double share = uniform() < shareOfShort_ ? shareOfShort_ : 1 - shareOfShort_;
        now_ += -std::log(uniform()) / (2 * share * profile_.requestsPerSecond);
        Arrival arrival;
        arrival.at = std::chrono::nanoseconds(static_cast<std::int64_t>(now_ * 1e9));
        arrival.promptTokens = length(profile_.promptMedian, profile_.promptSigma);
        arrival.outputTokens = length(profile_.outputMedian, profile_.outputSigma);
        return arrival;
    }

    std::string describe() const override
    {
        return fmt::format("generated {} traffic, {:g} requests/s", profile_.name,
                           profile_.requestsPerSecond);
    }

private:
    double uniform() // in (0, 1)
    {
        return (static_cast<double>(mix(state_++) >> 11) + 0.5) * 0x1.0p-53;
    }

    std::uint32_t length(double median, double sigma)
    {
        const double normal
            = std::sqrt(-2 * std::log(uniform())) * std::cos(2 * std::numbers::pi * uniform());
        return static_cast<std::uint32_t>(
            std::clamp(median * std::exp(sigma * normal), 1.0, kLengthMax));
    }

    TrafficProfile profile_;
    std::uint64_t state_;
    double shareOfShort_ = 1;
    double now_ = 0;
};

} // namespace

std::unique_ptr<ArrivalSource> generateTraffic(const GeneratorOptions& options)
{
    return std::make_unique<GeneratedLoad>(options);
}

} // namespace signalbox::lab
