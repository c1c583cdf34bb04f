// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <string>

namespace signalbox::process {

// The pages that the observe listener serves from the cores, made by control.
// Lives on: written by control, read by any core: one shared pointer, swapped whole.
class ObservePages {
public:
    using Page = std::shared_ptr<const std::string>;

    Page metrics() const { return std::atomic_load(&metrics_); }
    void setMetrics(std::string page)
    {
        std::atomic_store(&metrics_, std::make_shared<const std::string>(std::move(page)));
    }

private:
    Page metrics_ = std::make_shared<const std::string>();
};

} // namespace signalbox::process
