// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

// Three grades of "this cannot happen":
//   SB_ASSERT(cond)       our own mistake, documented; stops the program in every build.
//   SB_BUG(area, text)    impossible but survivable: counted, logged once per site, then go on.
//   SB_FATAL(area, text)  impossible and corrupting: log and stop.
// None of them is for outside input; input gets an Error.
namespace signalbox::base {

[[noreturn]] void failAssert(const char* condition, const char* file, int line);
[[noreturn]] void failFatal(std::string_view area, std::string_view text);
void reportBug(std::string_view area, std::string_view text, bool firstAtSite);

// How many SB_BUG sites were hit since start, counting repeats. Shown as signalbox_bugs_total.
std::uint64_t bugsTotal();

} // namespace signalbox::base

#define SB_ASSERT(condition)                                                                       \
    do {                                                                                           \
        if (!(condition)) [[unlikely]]                                                             \
            ::signalbox::base::failAssert(#condition, __FILE__, __LINE__);                         \
    } while (false)
#define SB_BUG(area, text)                                                                         \
    do {                                                                                           \
        static bool sbSeen = false;                                                                \
        ::signalbox::base::reportBug(area, text, !sbSeen);                                         \
        sbSeen = true;                                                                             \
    } while (false)
#define SB_FATAL(area, text) ::signalbox::base::failFatal(area, text)
