// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

namespace signalbox::base {

// Keeps a secret out of logs and messages: it has no stream operator, no formatter and no
// implicit conversion; reveal() is easy to search for. Wiped on destruction.
// Lives on: any thread (a value).
class Secret {
public:
    Secret() = default;
    explicit Secret(std::string value) : value_(std::move(value)) {}
    Secret(const Secret&) = default;
    Secret& operator=(const Secret&) = default;
    Secret(Secret&&) noexcept = default;
    Secret& operator=(Secret&&) noexcept = default;
    ~Secret()
    {
        for (volatile char* p = value_.data(); p != value_.data() + value_.size(); ++p)
            *p = 0;
    }

    const std::string& reveal() const { return value_; }
    bool empty() const { return value_.empty(); }

private:
    std::string value_;
};

} // namespace signalbox::base
