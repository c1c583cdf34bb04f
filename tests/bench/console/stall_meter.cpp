// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/console/stall_meter.h"

#include <QAbstractEventDispatcher>

#include <ctime>

namespace signalbox::console {

namespace {

double readMs(clockid_t clock)
{
    timespec now{};
    clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

} // namespace

double threadCpuMs()
{
    return readMs(CLOCK_THREAD_CPUTIME_ID);
}

double processCpuMs()
{
    return readMs(CLOCK_PROCESS_CPUTIME_ID);
}

StallMeter::StallMeter(QObject* parent) : QObject(parent), blockedAt_(threadCpuMs())
{
    connect(QAbstractEventDispatcher::instance(), &QAbstractEventDispatcher::aboutToBlock, this,
            &StallMeter::blocks);
}

// A thread that sleeps takes no CPU: between two blocks lies exactly one turn.
void StallMeter::blocks()
{
    const double now = threadCpuMs();
    turns_.push_back(now - blockedAt_);
    blockedAt_ = now;
}

} // namespace signalbox::console
