// SPDX-License-Identifier: Apache-2.0
#include "agent/runtime/core_set.h"

#include <fmt/format.h>

#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>

namespace signalbox::runtime {

CoreSet::CoreSet(CoreSetOptions options, const base::Clock& clock)
{
    const std::size_t count = options.cores > 0 ? options.cores : usableCpus();
    cores_.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
        Thread& thread = cores_[i];
        thread.core = std::make_unique<Core>(i, clock, options.loop);
        thread.thread = std::thread([core = thread.core.get()] {
            core->loop().run();
            core->loop().endTasks();
            core_pool::drain();
        });
        pthread_setname_np(thread.thread.native_handle(), fmt::format("core-{}", i).c_str());
    }
}

bool CoreSet::post(std::size_t n, std::function<void(Core&)> function)
{
    Core& core = *cores_.at(n).core;
    return core.loop().post([&core, function = std::move(function)] { function(core); });
}

bool CoreSet::broadcast(const std::function<void(Core&)>& function)
{
    bool all = true;
    for (std::size_t i = 0; i < cores_.size(); ++i)
        all = post(i, function) && all;
    return all;
}

void CoreSet::stop()
{
    for (Thread& thread : cores_)
        thread.core->loop().stop();
    for (Thread& thread : cores_) {
        if (thread.thread.joinable())
            thread.thread.join();
    }
    // Only now: a core's last tasks may have posted to another one.
    for (Thread& thread : cores_)
        thread.core.reset();
    cores_.clear();
}

std::size_t CoreSet::usableCpus()
{
    cpu_set_t usable;
    CPU_ZERO(&usable);
    if (sched_getaffinity(0, sizeof usable, &usable) != 0)
        return std::max(1U, std::thread::hardware_concurrency());
    return static_cast<std::size_t>(std::max(1, CPU_COUNT(&usable)));
}

std::size_t raiseFileLimit()
{
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 0;
    const rlimit raised{limit.rlim_max, limit.rlim_max};
    if (limit.rlim_cur < limit.rlim_max && setrlimit(RLIMIT_NOFILE, &raised) == 0)
        limit.rlim_cur = limit.rlim_max;
    return limit.rlim_cur;
}

} // namespace signalbox::runtime
