// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/client/address_book.h"
#include "shared/client/telemetry_listener.h"
#include "shared/rpc/client_stream.h"
#include "shared/series/telemetry_reader.h"

#include <string>

namespace signalbox::client {

// The telemetry stream of a fleet client: opens, decodes, and after a loss resumes, at the next
// address where there are several.
// Lives on: the client's executor. Owned by FleetClient; the book and the listener outlive it.
class TelemetryWatch final : private rpc::ClientStream::Listener {
public:
    TelemetryWatch(AddressBook& book, model::TelemetryScope scope, model::SampleWish samples,
                   TelemetryListener& listener, base::Executor& executor);

private:
    std::string request() override;
    void opened(const rpc::ServiceAddress& address) override;
    base::Status message(std::string bytes) override;
    void lost(const base::Error& why) override;

    AddressBook& book_;
    model::TelemetryScope scope_;
    model::SampleWish samples_;
    TelemetryListener& listener_;
    series::TelemetryReader reader_; // of the stream that is open
    std::string address_; // of the attempt
    rpc::ClientStream stream_; // last: it calls the rest
};

} // namespace signalbox::client
