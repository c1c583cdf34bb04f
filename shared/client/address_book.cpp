// SPDX-License-Identifier: Apache-2.0
#include "shared/client/address_book.h"

#include "shared/base/limits.h"

#include <algorithm>
#include <utility>

namespace signalbox::client {

base::Result<AddressBook> AddressBook::make(AddressBookOptions options, base::Executor& executor)
{
    if (options.addresses.empty())
        return base::Error(base::Code::InvalidArgument,
                           "no address of an agent is given: name one, like grpc://127.0.0.1:8801");
    AddressBook book(std::move(options), executor);
    for (const std::string& text : book.options_.addresses)
        SB_CHECK(book.add(text));
    return book;
}

base::Status AddressBook::add(const std::string& text)
{
    SB_TRY(const rpc::ServiceAddress address, rpc::parseServiceAddress(text));
    // Opening touches no network: it says now, not at 03:12, that a certificate is missing.
    SB_TRY(auto channel, options_.dial(address, options_.security, options_.operatorName,
                                       *executor_));
    doors_.push_back({address, std::move(channel)});
    return {};
}

void AddressBook::leave(const std::string& address)
{
    if (this->address() == address)
        used_ = (used_ + 1) % doors_.size();
}

void AddressBook::learn(const std::string& address)
{
    const auto parsed = rpc::parseServiceAddress(address);
    const bool isKnown = parsed && std::any_of(doors_.begin(), doors_.end(), [&](const Door& door) {
        return door.address == *parsed;
    });
    if (parsed && !isKnown && doors_.size() < options_.addresses.size() + limits::kLearntAddresses)
        (void)add(address); // a door that cannot be opened from here is none
}

} // namespace signalbox::client
