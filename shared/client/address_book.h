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
    rpc::Dial dial;
};

// Several doors to one fleet: one is in use until it fails, then the next.
// Lives on: the client's executor. Owned by FleetClient. A channel connects when it is first used.
class AddressBook {
public:
    static base::Result<AddressBook> make(AddressBookOptions options, base::Executor& executor);

    const std::shared_ptr<rpc::Channel>& current() const { return doors_[used_].channel; }
    // Nobody is there: the next one is in use, unless somebody has turned the page already.
    void leave(const std::string& address);
    // Another door of the same fleet, after those that are known; one that is known, is no address
    // or cannot be opened from here is left out, and so is what is beyond limits::kLearntAddresses.
    void learn(const std::string& address);
    std::string address() const { return current()->address().text(); }
    std::size_t size() const { return doors_.size(); }

private:
    struct Door {
        rpc::ServiceAddress address;
        std::shared_ptr<rpc::Channel> channel;
    };
    AddressBook(AddressBookOptions options, base::Executor& executor)
        : options_(std::move(options)), executor_(&executor)
    {
    }
    base::Status add(const std::string& text);

    AddressBookOptions options_;
    base::Executor* executor_;
    std::vector<Door> doors_; // at least one
    std::size_t used_ = 0;
};

} // namespace signalbox::client
