// SPDX-License-Identifier: Apache-2.0
#include "agent/telemetry/sampler.h"

namespace signalbox::telemetry {

std::int64_t unixMs(const base::Clock& clock)
{
    const auto since = clock.wall().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

Sampler::Sampler(Parts parts) : parts_(parts) {}

void Sampler::start()
{
    parts_.feed.setDictionary(parts_.table.dictionary());
    due_ = parts_.clock.monotonic();
    sample();
}

void Sampler::sample()
{
    parts_.recorder.recordRow(unixMs(parts_.clock), parts_.table.sample());
    // From when it was due, so that the rate does not drift; from now, when we are late.
    const auto now = parts_.clock.monotonic();
    due_ = std::max(due_ + parts_.interval, now);
    timer_ = parts_.executor.after(due_ - now, [this] { sample(); });
}

} // namespace signalbox::telemetry
