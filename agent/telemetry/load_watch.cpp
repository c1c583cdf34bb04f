// SPDX-License-Identifier: Apache-2.0
#include "agent/telemetry/load_watch.h"

#include "proto/signalbox/v1/telemetry_service.pb.h"
#include "shared/rpc/grpc_channel.h"
#include "shared/rpc/client_stream.h"
#include "shared/rpc/proto_method.h"
#include "shared/wire/wire.h"

#include <utility>

namespace signalbox::telemetry {

namespace {

rpc::ClientStreamOptions streamOptions()
{
    rpc::ClientStreamOptions options;
    options.method = "signalbox.v1.TelemetryService/WatchLoad";
    options.silencePatience = 10 * limits::kLoadInterval;
    options.backoffMost = std::chrono::seconds(1); // choices are worse while nothing is known
    return options;
}

base::Result<std::shared_ptr<rpc::Channel>> openChannel(const std::string& address,
                                                        const LoadWatch::Parts& parts)
{
    SB_TRY(const rpc::ServiceAddress parsed, rpc::parseServiceAddress(address));
    return rpc::openGrpcChannel(parsed, parts.security, parts.ownName, parts.executor);
}

} // namespace

// The stream of one peer.
class LoadWatch::Peer final : private rpc::ClientStream::Listener {
public:
    Peer(LoadWatch& all, std::string agent, std::string address)
        : all_(all), agent_(std::move(agent)), address_(std::move(address)),
          channel_(openChannel(address_, all.parts_)),
          stream_(streamOptions(), all.parts_.executor, [this] { return channel_; }, *this)
    {
        stream_.start();
    }

    const std::string& address() const { return address_; }

private:
    std::string request() override
    {
        newest_ = 0; // the peer may have been restarted
        return v1::WatchLoadRequest().SerializeAsString();
    }
    void opened(const rpc::ServiceAddress&) override {}
    base::Status message(std::string bytes) override
    {
        SB_TRY(const auto response, rpc::parse<v1::WatchLoadResponse>(bytes));
        const model::LoadReport report = wire::fromWire(response.report());
        if (report.sequence <= newest_) {
            ++all_.staleTotal_;
            return {};
        }
        newest_ = report.sequence;
        ++all_.reportsTotal_;
        all_.parts_.sink.onLoad(agent_, report, all_.parts_.clock.monotonic());
        return {};
    }
    void lost(const base::Error& why) override
    {
        all_.parts_.sink.onLoadLost(agent_, why.text());
    }

    LoadWatch& all_;
    std::string agent_;
    std::string address_;
    base::Result<std::shared_ptr<rpc::Channel>> channel_;
    std::uint64_t newest_ = 0;
    rpc::ClientStream stream_; // last: it calls the rest
};

LoadWatch::LoadWatch(Parts parts) : parts_(std::move(parts)) {}

LoadWatch::~LoadWatch() = default;

void LoadWatch::setPeers(const std::map<std::string, std::string>& addresses)
{
    std::erase_if(peers_, [&](const auto& entry) {
        const auto wanted = addresses.find(entry.first);
        return wanted == addresses.end() || wanted->second != entry.second->address();
    });
    for (const auto& [agent, address] : addresses) {
        if (!peers_.contains(agent))
            peers_.emplace(agent, std::make_unique<Peer>(*this, agent, address));
    }
}

} // namespace signalbox::telemetry
