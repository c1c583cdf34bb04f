// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/proxy/exchange.h"

#include <span>
#include <string_view>

namespace signalbox::proxy {

// The client's body on its way to one member: its own bytes, but for the value of the top-level
// `model` where the pool names another. Three views, gathered into one send; no copy.
// Lives on: core; valid as long as the exchange and the member.
class UpstreamBody {
public:
    UpstreamBody(const Exchange& exchange, const upstream::Member& member);
    std::string_view before() const { return before_; }
    std::string_view model() const { return model_; }
    std::string_view after() const { return after_; }
    std::size_t size() const { return before_.size() + model_.size() + after_.size(); }

private:
    std::string_view before_;
    std::string_view model_;
    std::string_view after_;
    std::string quoted_;
};

// Built anew, never copied from the client: only what engines and agents need. Empty when it does
// not fit. `number` is the attempt; the upstream's request id is id-number.
std::string_view writeRequestHead(std::span<char> buffer, const Exchange& exchange,
                                  const upstream::Member& member, int number,
                                  std::size_t bodyBytes);

// The client's own id where it is valid, else a new one: 24 random hex digits.
std::string requestIdOf(const http::RequestHead& head, upstream::Random& random);

} // namespace signalbox::proxy
