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

StallMeter::StallMeter(QObject* parent) : QObject(parent), wokeAt_(threadCpuMs())
{
    const auto* dispatcher = QAbstractEventDispatcher::instance();
    connect(dispatcher, &QAbstractEventDispatcher::awake, this,
            [this] { wokeAt_ = threadCpuMs(); });
    connect(dispatcher, &QAbstractEventDispatcher::aboutToBlock, this, &StallMeter::blocks);
}

void StallMeter::blocks()
{
    turns_.push_back(threadCpuMs() - wokeAt_);
}

} // namespace signalbox::console
