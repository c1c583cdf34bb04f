// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/ctl/fleet.h"
#include "shared/client/client_thread.h"
#include "shared/client/fleet_client.h"
#include "shared/client/fleet_mirror.h"

#include <memory>

namespace signalbox::ctl {

// The fleet as the shared client reaches it. Its calls wait for answers that come on a thread of
// its own. Lives on: the main thread. Owned by main.
class ClientFleet final : public Fleet {
public:
    // Error: an address that is none.
    static base::Result<std::unique_ptr<ClientFleet>> open(client::ClientOptions options);
    ~ClientFleet() override;

    base::Status watch(std::chrono::milliseconds patience) override;
    Picture picture() override;
    base::Result<model::Preview> preview(const model::Edit& edit) override;
    base::Result<model::Preview> previewUndo(std::uint64_t auditNumber) override;
    base::Result<ApplyAnswer> apply(const model::Plan& plan,
                                    const model::ApplyOptions& options) override;
    base::Result<model::Convergence> convergence(base::Revision revision,
                                                 const std::vector<std::string>& agents) override;
    base::Result<std::vector<model::AuditRecord>> audit(std::uint64_t beforeNumber,
                                                        std::uint32_t count) override;
    base::Result<PolicyAnswer> policy() override;
    base::Result<AgentAnswer> agent() override;
    base::Result<std::int64_t> overrideLocally(const AgentFacts& at, model::Admin admin,
                                               const model::ApplyOptions& options) override;
    base::Result<model::ProbeReport> probeNow(const std::string& agent) override;
    base::Result<model::OpenExchangeList> openExchanges(const std::string& agent) override;
    base::Result<model::Decision> findDecision(const std::string& requestId) override;
    std::string hashOf(const model::AuditRecord& record) const override;
    std::int64_t nowUnixMs() const override;

private:
    explicit ClientFleet(client::ClientOptions options);
    // Runs on the client's thread and hands back what it returns.
    template <typename Work>
    auto on(Work work) -> decltype(work());
    // Starts a call there and waits for its answer.
    template <typename T, typename Start>
    base::Result<T> ask(Start start);

    client::ClientThread thread_;
    client::ClientOptions options_;
    std::string name_; // of the fleet
    std::unique_ptr<client::FleetMirror> mirror_; // lives on the thread
    std::unique_ptr<client::FleetClient> client_; // lives on the thread
};

} // namespace signalbox::ctl
