// SPDX-License-Identifier: Apache-2.0
#include "shared/base/clock.h"

namespace signalbox::base {

const Clock& systemClock()
{
    static const SystemClock clock;
    return clock;
}

} // namespace signalbox::base
