// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/fleet/readings.h"

namespace signalbox::fleet {

std::string_view seriesOf(Reading reading)
{
    switch (reading) {
    case Reading::InFlight: return "in_flight";
    case Reading::Waiting: return "engine_waiting";
    case Reading::QueueP95Ms: return "engine_queue_p95_ms";
    case Reading::TtftP50Ms: return "ttft_p50_ms";
    case Reading::TtftP95Ms: return "ttft_p95_ms";
    case Reading::GapP95Ms: return "gap_p95_ms";
    case Reading::EndToEndP95Ms: return "e2e_p95_ms";
    case Reading::RequestsPerSecond: return "requests_per_second";
    case Reading::ErrorsPerSecond: return "errors_per_second";
    case Reading::RetriesPerSecond: return "retries_per_second";
    case Reading::PromptTokensPerSecond: return "prompt_tokens_per_second";
    case Reading::OutputTokensPerSecond: return "completion_tokens_per_second";
    case Reading::KvShare: return "engine_kv_usage_ratio";
    case Reading::PrefixHitShare: return "engine_prefix_hit_ratio";
    case Reading::CpuCores: return "agent_cpu_cores";
    case Reading::AgentBytes: return "agent_memory_bytes";
    case Reading::HostCpuShare: return "host_cpu_ratio";
    case Reading::HostMemoryBytes: return "host_memory_used_bytes";
    case Reading::kCount: break;
    }
    return {};
}

} // namespace signalbox::fleet
