// SPDX-License-Identifier: Apache-2.0
#include "agent/proxy/meters/open_exchanges.h"

#include <algorithm>

namespace signalbox::proxy {

OpenExchanges::Entry::Entry(OpenExchanges& all, upstream::Ticks startedAt, const Subject& subject)
    : all_(all), startedAt_(startedAt), subject_(subject)
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

std::vector<model::OpenExchange> OpenExchanges::list(upstream::Ticks now, std::size_t most) const
{
    std::vector<model::OpenExchange> listed;
    listed.reserve(std::min<std::size_t>(count(), most));
    for (const Entry* entry = entries_.front(); entry != nullptr && listed.size() < most;
         entry = entries_.after(*entry))
        listed.push_back(entry->subject_.describe(now));
    return listed;
}

void OpenExchanges::publish()
{
    const Entry* oldest = entries_.front();
    oldest_.store(oldest == nullptr ? 0 : oldest->startedAt_, std::memory_order_relaxed);
}

} // namespace signalbox::proxy
