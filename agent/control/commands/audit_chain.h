// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::control {

// Walks audit records from the oldest on and finds what was changed, removed or put between them:
// every record carries the SHA-256 of the stored bytes before it.
// Lives on: the calling thread, for one walk.
class AuditChain {
public:
    // In ascending order. The first record of a walk that does not begin at 1 is taken as it is.
    void add(std::uint64_t number, std::string_view storedBytes);
    // What audit/head says the newest one is.
    void finish(std::uint64_t headNumber, std::string_view headHash);

    // One sentence each, with the number; empty = the chain holds.
    const std::vector<std::string>& problems() const { return problems_; }
    std::uint64_t checked() const { return checked_; }

private:
    std::uint64_t checked_ = 0;
    std::uint64_t last_ = 0;
    std::string lastHash_;
    std::vector<std::string> problems_;
};

} // namespace signalbox::control
