// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/ctl/client_fleet.h"

#include "shared/base/clock.h"
#include "shared/wire/store_json.h"

#include <openssl/sha.h>

#include <array>
#include <future>

namespace signalbox::ctl {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t kEventsShown = 200;
constexpr auto kLook = 20ms; // how often a watch looks whether it is complete

LinkState linkStateOf(client::LinkState state)
{
    switch (state) {
    case client::LinkState::Connecting: return LinkState::Connecting;
    case client::LinkState::Connected: return LinkState::Connected;
    case client::LinkState::Lost: return LinkState::Lost;
    }
    return LinkState::Lost;
}

ApplyAnswer answerOf(model::ApplyAnswer told)
{
    ApplyAnswer answer;
    switch (told.outcome) {
    case model::ApplyAnswer::Outcome::Applied:
        answer.outcome = ApplyAnswer::Outcome::Applied;
        break;
    case model::ApplyAnswer::Outcome::AlreadyApplied:
        answer.outcome = ApplyAnswer::Outcome::AlreadyApplied;
        break;
    case model::ApplyAnswer::Outcome::Conflict:
        answer.outcome = ApplyAnswer::Outcome::Conflict;
        break;
    }
    answer.revision = told.revision;
    answer.auditNumber = told.auditNumber;
    if (told.fresh)
        answer.fresh = std::move(*told.fresh);
    return answer;
}

Picture pictureOf(const client::FleetMirror& mirror)
{
    Picture picture;
    picture.link.state = linkStateOf(mirror.link().state);
    picture.link.address = mirror.link().address;
    picture.link.problem = mirror.link().problem;
    for (const auto& [id, agent] : mirror.agents()) {
        AgentFacts facts;
        facts.state = agent.state;
        facts.ageMs = mirror.ageMs(agent);
        if (agent.gone)
            facts.goneReason = agent.gone->reason.empty() ? "it left" : agent.gone->reason;
        facts.values = agent.values();
        picture.agents.push_back(std::move(facts));
    }
    const auto& events = mirror.events();
    const std::size_t skipped = events.size() > kEventsShown ? events.size() - kEventsShown : 0;
    picture.events.assign(events.begin() + static_cast<std::ptrdiff_t>(skipped), events.end());
    picture.eventsMissed = mirror.missedSamples();
    return picture;
}

} // namespace

template <typename Work>
auto ClientFleet::on(Work work) -> decltype(work())
{
    std::packaged_task<decltype(work())()> task(std::move(work));
    auto result = task.get_future();
    thread_.post([&task] { task(); });
    return result.get();
}

template <typename T, typename Start>
base::Result<T> ClientFleet::ask(Start start)
{
    auto promise = std::make_shared<std::promise<base::Result<T>>>();
    auto answer = promise->get_future();
    thread_.post([start, promise] {
        start([promise](base::Result<T> result) { promise->set_value(std::move(result)); });
    });
    return answer.get();
}

ClientFleet::ClientFleet(client::ClientOptions options) : options_(std::move(options)) {}

base::Result<std::unique_ptr<ClientFleet>> ClientFleet::open(client::ClientOptions options)
{
    std::unique_ptr<ClientFleet> fleet(new ClientFleet(std::move(options)));
    ClientFleet& made = *fleet;
    const base::Status status = made.on([&]() -> base::Status {
        made.mirror_ = std::make_unique<client::FleetMirror>(base::systemClock());
        SB_TRY(made.client_, client::FleetClient::open(made.options_, made.thread_));
        return {};
    });
    if (!status)
        return status.error();
    return fleet;
}

ClientFleet::~ClientFleet()
{
    on([this] {
        client_.reset();
        mirror_.reset();
    });
}

base::Status ClientFleet::watch(std::chrono::milliseconds patience)
{
    // Who answers says what the fleet is called; where nobody does, that is the error to show.
    auto identity = agent();
    if (!identity)
        return identity.error();
    name_ = identity->fleet;
    on([this] {
        client_->watch(model::TelemetryScope::Fleet, model::SampleWish::All, *mirror_);
    });
    const auto until = std::chrono::steady_clock::now() + patience;
    while (!on([this] { return mirror_->isComplete(); })) {
        if (std::chrono::steady_clock::now() > until) {
            const std::string problem = on([this] { return mirror_->link().problem; });
            return base::Error(base::Code::DeadlineExceeded,
                               problem.empty() ? "not every agent was introduced in time" : problem,
                               base::Origin::Upstream);
        }
        std::promise<void> looked;
        const auto timer = thread_.after(kLook, [&looked] { looked.set_value(); });
        looked.get_future().wait();
    }
    return {};
}

Picture ClientFleet::picture()
{
    Picture picture = on([this] { return pictureOf(*mirror_); });
    picture.fleet = name_;
    picture.nowUnixMs = nowUnixMs();
    return picture;
}

base::Result<model::Preview> ClientFleet::preview(const model::Edit& edit)
{
    return ask<model::Preview>([this, edit](auto done) { client_->preview(edit, done); });
}

base::Result<model::Preview> ClientFleet::previewUndo(std::uint64_t auditNumber)
{
    return ask<model::Preview>(
        [this, auditNumber](auto done) { client_->previewUndo(auditNumber, done); });
}

base::Result<ApplyAnswer> ClientFleet::apply(const model::Plan& plan,
                                             const model::ApplyOptions& options)
{
    SB_TRY(model::ApplyAnswer told, ask<model::ApplyAnswer>([this, plan, options](auto done) {
               client_->apply(plan, options, done);
           }));
    return answerOf(std::move(told));
}

base::Result<model::Convergence> ClientFleet::convergence(base::Revision revision,
                                                          const std::vector<std::string>& agents)
{
    return ask<model::Convergence>(
        [this, revision, agents](auto done) { client_->convergence(revision, agents, done); });
}

base::Result<std::vector<model::AuditRecord>> ClientFleet::audit(std::uint64_t beforeNumber,
                                                                 std::uint32_t count)
{
    return ask<std::vector<model::AuditRecord>>([this, beforeNumber, count](auto done) {
        client_->listAudit(beforeNumber, count, done);
    });
}

base::Result<PolicyAnswer> ClientFleet::policy()
{
    SB_TRY(model::PolicyAnswer told,
           ask<model::PolicyAnswer>([this](auto done) { client_->getPolicy(done); }));
    PolicyAnswer answer;
    answer.policy = std::move(told.policy);
    answer.storeAwaySinceUnixMs = told.storeAwaySinceUnixMs;
    return answer;
}

base::Result<AgentAnswer> ClientFleet::agent()
{
    SB_TRY(model::AgentIdentity told,
           ask<model::AgentIdentity>([this](auto done) { client_->getAgent(done); }));
    AgentAnswer answer;
    answer.state = std::move(told.state);
    answer.fleet = std::move(told.fleet);
    answer.features = std::move(told.features);
    return answer;
}

base::Result<std::int64_t> ClientFleet::overrideLocally(const AgentFacts& at, model::Admin admin,
                                                        const model::ApplyOptions& options)
{
    // The agents of a fleet are reached in the same manner: with TLS all of them, or none.
    client::ClientOptions there = options_;
    const std::string& first = options_.addresses.front();
    there.addresses
        = {first.substr(0, first.find("://")) + "://" + at.state.record.addresses.control};
    std::unique_ptr<client::FleetClient> client;
    SB_CHECK(on([&]() -> base::Status {
        SB_TRY(client, client::FleetClient::open(std::move(there), thread_));
        return {};
    }));
    auto until = ask<std::int64_t>(
        [&client, admin, options](auto done) { client->overrideLocally(admin, options, done); });
    on([&] { client.reset(); });
    return until;
}

base::Result<model::Decision> ClientFleet::findDecision(const std::string& requestId)
{
    return ask<model::Decision>(
        [this, requestId](auto done) { client_->findDecision(requestId, done); });
}

base::Result<model::ProbeReport> ClientFleet::probeNow(const std::string& agent)
{
    return ask<model::ProbeReport>(
        [this, agent](auto done) { client_->probeNow(agent, done); });
}

base::Result<model::OpenExchangeList> ClientFleet::openExchanges(const std::string& agent)
{
    return ask<model::OpenExchangeList>(
        [this, agent](auto done) { client_->listOpenExchanges(agent, done); });
}

std::string ClientFleet::hashOf(const model::AuditRecord& record) const
{
    static constexpr std::string_view kDigits = "0123456789abcdef";
    const std::string bytes = wire::toJson(record);
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
    std::string hex;
    for (const unsigned char byte : digest)
        hex.append({kDigits[byte >> 4], kDigits[byte & 15]});
    return hex;
}

std::int64_t ClientFleet::nowUnixMs() const
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               base::systemClock().wall().time_since_epoch())
        .count();
}

} // namespace signalbox::ctl
