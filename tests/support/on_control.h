// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/runtime/threads/control_thread.h"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <utility>

namespace signalbox::tests {

// How long a test waits for something that must happen: far longer than it takes, never slept.
inline constexpr std::chrono::seconds kPatience{30};

// Runs `start` on the control thread and waits for the one value that it hands on, however late.
// Empty, and a failed test, where none came.
template <typename T>
std::optional<T> await(runtime::ControlThread& control,
                       std::function<void(std::function<void(T)>)> start)
{
    const auto promise = std::make_shared<std::promise<T>>();
    std::future<T> future = promise->get_future();
    control.post([promise, start = std::move(start)] {
        start([promise](T value) { promise->set_value(std::move(value)); });
    });
    if (future.wait_for(kPatience) != std::future_status::ready) {
        ADD_FAILURE() << "nothing came back from the control thread";
        return std::nullopt;
    }
    return future.get();
}

// Runs `work` on the control thread to its end: where objects that live there are made and unmade.
inline void runOn(runtime::ControlThread& control, std::function<void()> work)
{
    (void)await<int>(control, [work = std::move(work)](const std::function<void(int)>& done) {
        work();
        done(0);
    });
}

} // namespace signalbox::tests
