// SPDX-License-Identifier: Apache-2.0
#include "agent/proxy/core_proxy.h"

#include "shared/base/limits.h"

namespace signalbox::proxy {

CoreProxy::CoreProxy(runtime::Loop& loop, SharedParts& shared, std::uint64_t seed)
    : loop_(loop), shared_(shared), random_(seed), runner_(*this)
{
}

LocalLoad::Running CoreProxy::startOnEngine(const upstream::Member& member,
                                            LocalLoad::Kind kind, std::uint64_t promptTokens,
                                            upstream::Ticks now)
{
    const bool isBesideUs
        = view_ && view_->localEngine && view_->localEngine->address == member.address;
    if (!isBesideUs)
        return LocalLoad::Running{};
    return LocalLoad::Running(*shared_.load, kind, promptTokens, now);
}

base::Result<runtime::Address> CoreProxy::addressOf(const upstream::Member& member)
{
    const auto known = addresses_.find(member.address);
    if (known != addresses_.end())
        return known->second;
    SB_TRY(const runtime::Address address, runtime::Address::parse(member.address));
    // Members come and go with policy; what is forgotten here is parsed again.
    if (addresses_.size() >= limits::kKnownAddresses)
        addresses_.clear();
    addresses_.emplace(member.address, address);
    return address;
}

} // namespace signalbox::proxy
