// SPDX-License-Identifier: Apache-2.0
#include "agent/telemetry/decision_search.h"

#include "proto/signalbox/v1/telemetry_service.pb.h"
#include "shared/base/limits.h"
#include "shared/rpc/grpc_channel.h"
#include "shared/rpc/proto_method.h"
#include "shared/wire/wire.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace signalbox::telemetry {

namespace {

using namespace std::chrono_literals;

constexpr const char* kMethod = "signalbox.v1.TelemetryService/FindDecision";
constexpr auto kPatience = 3s; // below what callers wait by default

base::Result<model::Decision> decisionOf(const base::Result<std::string>& bytes)
{
    if (!bytes)
        return bytes.error();
    SB_TRY(const auto response, rpc::parse<v1::FindDecisionResponse>(*bytes));
    return wire::fromWire(response);
}

base::Error nobodyHasIt(const std::string& requestId, std::size_t unasked)
{
    std::string text = fmt::format("no agent has kept the decision of '{}': the newest failed, "
                                   "retried and slow requests are kept, and a sample of the rest",
                                   requestId);
    if (unasked > 0)
        text += fmt::format("; {} agents could not be asked", unasked);
    return base::Error(base::Code::NotFound, std::move(text), base::Origin::Client);
}

} // namespace

// One question to many: the first good answer ends it.
struct DecisionSearch::Search {
    std::string requestId;
    Done done;
    std::size_t open = 0;
    std::size_t unasked = 0;
    bool hasEnded = false;

    void end(base::Result<model::Decision> result)
    {
        if (!std::exchange(hasEnded, true))
            done(std::move(result));
    }
};

void DecisionSearch::find(const std::string& requestId, SearchScope scope, Done done)
{
    parts_.own(
        requestId, [this, alive = std::weak_ptr(alive_), &executor = parts_.executor, requestId,
                    scope, done = std::move(done)](std::optional<model::Decision> own) {
            executor.post([this, alive, requestId, scope, done, own = std::move(own)] {
                if (alive.expired())
                    return;
                if (own)
                    done(*own);
                else if (scope == SearchScope::Own)
                    done(nobodyHasIt(requestId, 0));
                else
                    askPeers(requestId, done);
            });
        });
}

void DecisionSearch::askPeers(const std::string& requestId, Done done)
{
    std::vector<model::AgentRecord> peers = parts_.peers();
    std::stable_partition(peers.begin(), peers.end(), [](const model::AgentRecord& peer) {
        return peer.kind == model::AgentKind::Gateway;
    });
    const auto search = std::make_shared<Search>();
    search->requestId = requestId;
    search->done = std::move(done);
    for (const model::AgentRecord& peer : peers) {
        const bool isRoom = calls_.size() < limits::kDecisionPeersAsked;
        if (isRoom && ask(peer, requestId, search))
            ++search->open;
        else
            ++search->unasked;
    }
    if (search->open == 0)
        search->end(nobodyHasIt(requestId, search->unasked));
}

bool DecisionSearch::ask(const model::AgentRecord& peer, const std::string& requestId,
                         const std::shared_ptr<Search>& search)
{
    const auto address = rpc::parseServiceAddress(peer.addresses.control);
    if (!address)
        return false;
    auto channel = rpc::openGrpcChannel(*address, {}, parts_.ownName, parts_.executor);
    if (!channel)
        return false;
    v1::FindDecisionRequest request;
    request.set_request_id(requestId);
    request.set_relayed(true);
    const std::uint64_t number = ++newest_;
    calls_.emplace(number, *channel);
    (*channel)->call(
        kMethod, request.SerializeAsString(), kPatience,
        [this, alive = std::weak_ptr(alive_), number,
         search](const base::Result<std::string>& bytes) {
            if (alive.expired())
                return;
            forget(number);
            auto decision = decisionOf(bytes);
            --search->open;
            if (!decision && decision.error().code() != base::Code::NotFound)
                ++search->unasked;
            if (decision)
                search->end(std::move(decision));
            else if (search->open == 0)
                search->end(nobodyHasIt(search->requestId, search->unasked));
        });
    return true;
}

// Not inside the channel's own call: its end waits for what it is doing.
void DecisionSearch::forget(std::uint64_t number)
{
    parts_.executor.post([this, alive = std::weak_ptr(alive_), number] {
        if (!alive.expired())
            calls_.erase(number);
    });
}

} // namespace signalbox::telemetry
