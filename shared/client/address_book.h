// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/executor.h"
#include "shared/base/result.h"
#include "shared/rpc/channel.h"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace signalbox::client {

struct AddressBookOptions {
    std::vector<std::string> addresses;
    rpc::Security security;
    std::string operatorName;
};

// Several doors to one fleet: one is in use until it fails, then the next.
// Lives on: the client's executor. Owned by FleetClient. A channel connects when it is first used.
class AddressBook {
public:
    static base::Result<AddressBook> make(AddressBookOptions options, base::Executor& executor);

    const std::shared_ptr<rpc::Channel>& current() const { return channels_[used_]; }
    // Nobody is there: the next one is in use, unless somebody has turned the page already.
    void leave(const std::string& address);
    std::string address() const { return current()->address().text(); }
    std::size_t size() const { return channels_.size(); }

private:
    AddressBook() = default;

    std::vector<std::shared_ptr<rpc::Channel>> channels_; // at least one
    std::size_t used_ = 0;
};

} // namespace signalbox::client
