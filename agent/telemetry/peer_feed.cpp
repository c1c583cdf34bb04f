// SPDX-License-Identifier: Apache-2.0
#include "agent/telemetry/peer_feed.h"

#include "agent/telemetry/sampler.h"
#include "proto/signalbox/v1/telemetry_service.pb.h"
#include "shared/base/log.h"
#include "shared/rpc/grpc_channel.h"
#include "shared/rpc/proto_method.h"
#include "shared/wire/wire.h"

#include <utility>

namespace signalbox::telemetry {

namespace {

rpc::ClientStreamOptions streamOptions()
{
    rpc::ClientStreamOptions options;
    options.method = "signalbox.v1.TelemetryService/WatchTelemetry";
    options.silencePatience = limits::kTelemetrySilence;
    return options;
}

base::Result<std::shared_ptr<rpc::Channel>> openChannel(const std::string& address,
                                                        const rpc::Security& security,
                                                        const std::string& ownName,
                                                        base::Executor& executor)
{
    SB_TRY(const rpc::ServiceAddress parsed, rpc::parseServiceAddress(address));
    return rpc::openGrpcChannel(parsed, security, ownName, executor);
}

} // namespace

PeerFeed::PeerFeed(recorder::AgentFeed& feed, model::AgentRecord record,
                   const rpc::Security& security, const std::string& ownName,
                   base::Executor& executor, const base::Clock& clock)
    : feed_(feed), record_(std::move(record)), clock_(clock),
      channel_(openChannel(record_.addresses.control, security, ownName, executor)),
      stream_(streamOptions(), executor, [this] { return channel_; }, *this)
{
}

std::string PeerFeed::request()
{
    reader_ = series::TelemetryReader();
    model::TelemetryWish wish;
    wish.scope = model::TelemetryScope::Agent;
    if (feed_.newest() != 0)
        wish.resume.push_back({feed_.id(), feed_.bootId(), feed_.newest()});
    else if (start_)
        wish.resume.push_back(*start_);
    v1::WatchTelemetryRequest request;
    wire::toWire(wish, request);
    return request.SerializeAsString();
}

void PeerFeed::opened(const rpc::ServiceAddress&)
{
    log::debug("telemetry", "peer_opened", "agent", feed_.id().str());
}

base::Status PeerFeed::message(std::string bytes)
{
    SB_TRY(const auto response, rpc::parse<v1::WatchTelemetryResponse>(bytes));
    SB_TRY(model::TelemetryBatch batch, wire::fromWire(response.batch()));
    SB_TRY(auto facts, reader_.read(std::move(batch)));
    heardUnixMs_ = unixMs(clock_);
    for (series::AgentFact& fact : facts) {
        if (fact.agent != feed_.id())
            return base::Error(base::Code::FailedPrecondition,
                               "at " + address() + " answers " + fact.agent.str() + ", not "
                                   + feed_.id().str(),
                               base::Origin::Upstream);
        apply(std::move(fact.fact));
    }
    return {};
}

void PeerFeed::apply(series::ReadFact fact)
{
    if (const auto* introduction = std::get_if<model::AgentIntroduction>(&fact)) {
        if (introduction->bootId != feed_.bootId())
            feed_.restart(introduction->bootId);
    } else if (auto* state = std::get_if<model::AgentState>(&fact)) {
        feed_.setState(std::move(*state));
    } else if (auto* dictionary = std::get_if<model::SeriesDictionary>(&fact)) {
        feed_.setDictionary(std::move(dictionary->series));
    } else if (auto* read = std::get_if<series::ReadRows>(&fact)) {
        for (model::SampleRow& row : read->rows)
            feed_.addRow(std::move(row));
    } else if (auto* event = std::get_if<model::Event>(&fact)) {
        feed_.addEvent(std::move(*event));
    } else if (const auto* behind = std::get_if<model::Behind>(&fact)) {
        feed_.addGap(*behind);
    }
    // A resync is the feed's own rule: what is not newer is dropped. An agent is never gone to
    // itself.
}

void PeerFeed::lost(const base::Error& why)
{
    ++lossesTotal_;
    model::AgentGone gone{why.text(), heardUnixMs_};
    if (feed_.gone() == gone)
        return; // as before: nothing to tell again
    log::info("telemetry", "peer_lost", "agent", feed_.id().str(), "why", why.text());
    if (!feed_.state())
        showRecord(why.text());
    else
        feed_.setGone(std::move(gone));
}

void PeerFeed::showRecord(std::string why)
{
    if (feed_.state())
        return;
    model::AgentState state;
    state.record = record_;
    feed_.setState(std::move(state));
    feed_.setGone({std::move(why), 0});
}

} // namespace signalbox::telemetry
