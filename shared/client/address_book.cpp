// SPDX-License-Identifier: Apache-2.0
#include "shared/client/address_book.h"

#include <utility>

namespace signalbox::client {

base::Result<AddressBook> AddressBook::make(AddressBookOptions options, base::Executor& executor)
{
    if (options.addresses.empty())
        return base::Error(base::Code::InvalidArgument,
                           "no address of an agent is given: name one, like grpc://127.0.0.1:8801");
    AddressBook book;
    for (const std::string& text : options.addresses) {
        SB_TRY(const rpc::ServiceAddress address, rpc::parseServiceAddress(text));
        // Opening touches no network: it says now, not at 03:12, that a certificate is missing.
        SB_TRY(auto channel, rpc::Channel::open(address, options.security, options.operatorName,
                                                executor));
        book.channels_.push_back(std::move(channel));
    }
    return book;
}

void AddressBook::leave(const std::string& address)
{
    if (this->address() == address)
        used_ = (used_ + 1) % channels_.size();
}

} // namespace signalbox::client
