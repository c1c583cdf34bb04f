// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"
#include "shared/model/answers.h"
#include "shared/model/command.h"
#include "shared/model/open_exchange.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace signalbox::command {

template <typename T>
using Done = std::function<void(base::Result<T>)>;

// How a command reaches the fleet. Answers come on the gui thread, once, at the latest after the
// deadline of a call; never after the port has ended.
// Lives on: gui thread.
class CommandPort {
public:
    virtual ~CommandPort() = default;
    // Changes nothing.
    virtual void preview(const model::Edit& edit, Done<model::Preview> done) = 0;
    virtual void previewUndo(std::uint64_t auditNumber, Done<model::Preview> done) = 0;
    // Changes the fleet. The same request id is applied once, however often it is sent.
    virtual void apply(const model::Plan& plan, const model::ApplyOptions& options,
                       Done<model::ApplyAnswer> done)
        = 0;
    virtual void convergence(base::Revision revision, const std::vector<std::string>& agents,
                             Done<model::Convergence> done)
        = 0;
    // Has that agent ask its engine for one token now.
    virtual void probeNow(const std::string& agent, Done<model::ProbeReport> done) = 0;
    // Requests open on that agent right now.
    virtual void listOpenExchanges(const std::string& agent, Done<model::OpenExchangeList> done)
        = 0;
    // Asks for policy and audit anew; they come as changes of the fleet.
    virtual void refreshPolicy() = 0;
    // Who acts.
    virtual std::string operatorName() const = 0;
};

} // namespace signalbox::command
