// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/clock.h"
#include "shared/base/executor.h"
#include "shared/model/fleet.h"
#include "shared/model/policy.h"
#include "shared/model/sample.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace signalbox::control {

// What the proxy has open right now, over all cores.
struct OpenWork {
    std::uint32_t count = 0;
    std::int64_t oldestMs = 0; // age of the oldest; 0 when none is open
};

// Follows this agent's own drain: how many exchanges remain, how old the oldest is, and the moment
// from which it is safe to stop. It never ends an exchange; a deadline that passes is told, and
// what to do about it is the operator's choice. Lives on: control. Owned by agent/process; executor
// and clock must outlive it.
class DrainWatch {
public:
    struct Handlers {
        std::function<OpenWork()> openWork;
        std::function<void(const model::DrainProgress&)> onProgress; // on change only
        // drain_started, drained, drain_ended, drain_deadline_passed.
        std::function<void(model::Event)> onEvent;
    };

    DrainWatch(base::Executor& executor, const base::Clock& clock, std::string agent,
               Handlers handlers);

    // What people want of this agent now; nothing = run. Call it after the cores were told.
    void follow(const std::optional<model::AdminIntent>& intent);

    const model::DrainProgress& progress() const { return progress_; }

private:
    void begin();
    void end();
    void look();
    void become(model::DrainProgress next);
    void checkDeadline();
    void tell(model::Severity severity, std::string kind, std::string text);
    std::int64_t nowUnixMs() const;

    base::Executor& executor_;
    const base::Clock& clock_;
    const std::string agent_;
    const Handlers handlers_;
    model::AdminIntent intent_;
    model::DrainProgress progress_;
    base::Monotonic begunAt_;
    bool wasIdle_ = false; // nothing was open at the last look either
    bool isDeadlineTold_ = false;
    base::Executor::TimerPtr tick_;
};

} // namespace signalbox::control
