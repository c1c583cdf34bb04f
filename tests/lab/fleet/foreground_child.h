// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/result.h"

#include <string>
#include <vector>

#include <sys/types.h>

namespace signalbox::lab_fleet {

// A program that has the terminal: the live table. It is in our process group, so Ctrl-C reaches
// it too, and it ends when we end, whatever ends us. Lives on: one thread.
class ForegroundChild {
public:
    static base::Result<ForegroundChild> start(const std::vector<std::string>& command);
    ForegroundChild(ForegroundChild&& other) noexcept;
    ForegroundChild& operator=(ForegroundChild&&) = delete;
    ~ForegroundChild(); // asks it to end and waits

    bool hasEnded();

private:
    explicit ForegroundChild(pid_t pid) : pid_(pid) {}
    pid_t pid_ = 0; // 0: ended and waited for
};

} // namespace signalbox::lab_fleet
