// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/control/commands/apply.h"
#include "agent/control/commands/local_override.h"
#include "shared/model/answers.h"
#include "shared/rpc/method_table.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace signalbox::control {

// The door of signalbox.v1.CommandService: messages in, values to the desk, answers out; start
// reading a command's story here. Preview and the readers are for viewers, the rest for operators.
// Lives on: control (the method table's executor). Owned by agent/process; everything in Parts
// outlives it, and it outlives the transports that serve the table.
// Failure: with the store away, what needs it is refused at once with since when and what to do.
class CommandService {
public:
    // Has that agent ask its engine for a token, here or through its own agent.
    enum class Passing : std::uint8_t { Allowed, Refused };
    using ProbeNow = std::function<void(const std::string& agent, Passing passing,
                                        state::Done<model::ProbeReport> done)>;
    struct Parts {
        CommandDesk& desk;
        Ledger& ledger;
        LocalOverride& localOverride;
        const FleetWatch& fleet;
        const base::Clock& clock;
        LiveFacts live;
        std::string agent; // this one's id
        ProbeNow probeNow;
    };

    explicit CommandService(Parts parts) : parts_(std::move(parts)) {}

    void addTo(rpc::MethodTable& table);

private:
    void preview(const rpc::Caller& caller, const std::string& request, rpc::Reply reply);
    void apply(const rpc::Caller& caller, const std::string& request, rpc::Reply reply);
    void convergence(const std::string& request, const rpc::Reply& reply) const;
    void audit(const std::string& request, rpc::Reply reply);
    void policy(const rpc::Reply& reply) const;
    void overrideLocally(const rpc::Caller& caller, const std::string& request,
                         const rpc::Reply& reply);
    void probeNow(const std::string& request, rpc::Reply reply);

    // Nothing while commands can be written.
    base::Status checkStore() const;
    base::Error toldWell(const base::Error& error) const;
    base::Error storeAway(const std::string& why) const;
    std::int64_t nowUnixMs() const;

    Parts parts_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

} // namespace signalbox::control
