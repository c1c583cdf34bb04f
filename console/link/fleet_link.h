// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/command/command_port.h"
#include "console/fleet/fleet_changes.h"
#include "console/link/inbox.h"
#include "console/link/link_thread.h"
#include "shared/base/clock.h"
#include "shared/rpc/credentials.h"

#include <QObject>
#include <QTimer>

#include <memory>
#include <string>
#include <vector>

namespace signalbox::link {

struct LinkOptions {
    std::vector<std::string> addresses; // grpc://, grpcs://, ws://, wss://
    std::string operatorName;
    rpc::Security security;
};

// How often the window takes what has been heard.
enum class Pace : std::uint8_t { Visible, Hidden };

// One fleet as the window reaches it: hears it, sends it commands, reconnects by itself to any
// agent that it has learnt of. The window is never waited for, and never waits. Lives on: gui
// thread. Owned by the session of one fleet. Its end drops open calls.
class FleetLink final : public QObject, public command::CommandPort {
    Q_OBJECT
public:
    explicit FleetLink(const base::Clock& clock, QObject* parent = nullptr);
    ~FleetLink() override;

    // Once. An error is about an address or a certificate; what fails on the way is told as a
    // change.
    base::Status open(LinkOptions options);
    void setPace(Pace pace);

    void preview(const model::Edit& edit, command::Done<model::Preview> done) override;
    void previewUndo(std::uint64_t auditNumber, command::Done<model::Preview> done) override;
    void apply(const model::Plan& plan, const model::ApplyOptions& options,
               command::Done<model::ApplyAnswer> done) override;
    void convergence(base::Revision revision, const std::vector<std::string>& agents,
                     command::Done<model::Convergence> done) override;
    void probeNow(const std::string& agent, command::Done<model::ProbeReport> done) override;
    void listOpenExchanges(const std::string& agent,
                           command::Done<model::OpenExchangeList> done) override;
    void refreshPolicy() override;
    std::string operatorName() const override { return operatorName_; }

Q_SIGNALS:
    // Everything since the last time, at most each 33 ms for states and each 250 ms for numbers.
    // Taken by the one receiver.
    void changesReady(signalbox::fleet::FleetChanges& changes);

private:
    struct Far; // what lives on the link thread
    void takeSoon(Urgency urgency);
    void take();
    template <typename T>
    command::Done<T> here(command::Done<T> done);
    void there(std::function<void(Far&)> work);

    const base::Clock& clock_;
    std::string operatorName_;
    QTimer timer_;
    Pace pace_ = Pace::Visible;
    Inbox inbox_;
    LinkThread thread_;
    std::unique_ptr<Far> far_; // last: it is ended first, on its own thread
};

} // namespace signalbox::link
