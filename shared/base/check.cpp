// SPDX-License-Identifier: Apache-2.0
#include "shared/base/check.h"

#include "shared/base/log.h"

#include <atomic>
#include <cstdlib>

namespace signalbox::base {

namespace {
std::atomic<std::uint64_t> bugs{0};
}

void failAssert(const char* condition, const char* file, int line)
{
    log::error("check", "assertion_failed", "condition", condition, "file", file, "line", line);
    std::abort();
}

void failFatal(std::string_view area, std::string_view text)
{
    log::error(area, "fatal", "what", text);
    std::abort();
}

void reportBug(std::string_view area, std::string_view text, bool firstAtSite)
{
    bugs.fetch_add(1, std::memory_order_relaxed);
    if (firstAtSite)
        log::error(area, "bug", "what", text);
}

std::uint64_t bugsTotal()
{
    return bugs.load(std::memory_order_relaxed);
}

} // namespace signalbox::base
