// SPDX-License-Identifier: Apache-2.0
#include "shared/client/telemetry_watch.h"

#include "proto/signalbox/v1/telemetry_service.pb.h"
#include "shared/rpc/proto_method.h"
#include "shared/wire/wire.h"

#include <utility>

namespace signalbox::client {

namespace {

rpc::ClientStreamOptions streamOptions()
{
    rpc::ClientStreamOptions options;
    options.method = "signalbox.v1.TelemetryService/WatchTelemetry";
    options.silencePatience = limits::kTelemetrySilence;
    options.backoffMost = std::chrono::seconds(2); // a person is waiting
    return options;
}

} // namespace

TelemetryWatch::TelemetryWatch(AddressBook& book, model::TelemetryScope scope,
                               model::SampleWish samples, TelemetryListener& listener,
                               base::Executor& executor)
    : book_(book), scope_(scope), samples_(samples), listener_(listener),
      stream_(streamOptions(), executor,
              [this]() -> base::Result<std::shared_ptr<rpc::Channel>> {
                  address_ = book_.address();
                  return book_.current();
              },
              *this)
{
    stream_.start();
}

std::string TelemetryWatch::request()
{
    reader_ = series::TelemetryReader();
    v1::WatchTelemetryRequest request;
    wire::toWire(model::TelemetryWish{scope_, samples_, listener_.resumePoints()}, request);
    return request.SerializeAsString();
}

void TelemetryWatch::opened(const rpc::ServiceAddress& address)
{
    listener_.opened(address.text());
}

base::Status TelemetryWatch::message(std::string bytes)
{
    SB_TRY(const auto response, rpc::parse<v1::WatchTelemetryResponse>(bytes));
    SB_TRY(model::TelemetryBatch batch, wire::fromWire(response.batch()));
    TelemetryNews news{.sentUnixMs = batch.sentUnixMs, .agentsTotal = batch.agentsTotal};
    SB_TRY(news.facts, reader_.read(std::move(batch)));
    listener_.news(std::move(news));
    return {};
}

void TelemetryWatch::lost(const base::Error& why)
{
    book_.leave(address_);
    listener_.lost(address_, why);
}

} // namespace signalbox::client
