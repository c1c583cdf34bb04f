// SPDX-License-Identifier: Apache-2.0
#include "agent/proxy/meters/open_exchanges.h"

namespace signalbox::proxy {

OpenExchanges::Entry::Entry(OpenExchanges& all, upstream::Ticks startedAt)
    : all_(all), startedAt_(startedAt)
{
    all_.entries_.pushBack(*this);
    all_.count_.store(all_.count() + 1, std::memory_order_relaxed);
    all_.publish();
}

OpenExchanges::Entry::~Entry()
{
    unlink();
    all_.count_.store(all_.count() - 1, std::memory_order_relaxed);
    all_.publish();
}

void OpenExchanges::publish()
{
    const Entry* oldest = entries_.front();
    oldest_.store(oldest == nullptr ? 0 : oldest->startedAt_, std::memory_order_relaxed);
}

} // namespace signalbox::proxy
