// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/fleet/agent.h"
#include "console/fleet/pool.h"

namespace signalbox::fleet {

// Which of an agent's numbers go into sums.
enum class SumScope { Counts, All };

// Adds agents one by one; what left counts as disconnected and as nothing else.
// Lives on: one thread, for the time of one sum.
class SumMaker {
public:
    void add(const Agent& agent, SumScope scope);
    Sums sums() const; // of what was added

private:
    Sums sums_;
    double loadTotal_ = 0;
    int loads_ = 0;
};

} // namespace signalbox::fleet
