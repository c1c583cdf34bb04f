// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/check.h"

#include <thread>

namespace signalbox::base {

// Remembers the thread that owns an object: bind() there, check() first in every public method.
// Lives on: the thread it is bound to.
class OnThread {
public:
    void bind() { owner_ = std::this_thread::get_id(); }
    void check() const
    {
        SB_ASSERT(owner_ == std::thread::id{} || owner_ == std::this_thread::get_id());
    }

private:
    std::thread::id owner_;
};

} // namespace signalbox::base
