// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/child_process.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace signalbox::tests {

struct LoadResult {
    std::uint64_t requests = 0;
    std::uint64_t ok = 0;
    std::uint64_t explicitErrors = 0;
    std::uint64_t wrongBytes = 0;
    std::uint64_t silentTruncations = 0;
    std::uint64_t unfinished = 0;
    std::string report; // the whole of it, for a test's message
};

// signalbox-replay against a gateway: a load that checks every byte of every answer.
// Lives on: the test's thread.
class Load {
public:
    Load(const std::string& target, const std::vector<std::string>& options);

    // Its first request was answered.
    bool hasBegun();
    // Waits for its end.
    LoadResult finish();

private:
    TemporaryFolder folder_;
    std::unique_ptr<ChildProcess> program_;
};

} // namespace signalbox::tests
