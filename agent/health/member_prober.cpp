// SPDX-License-Identifier: Apache-2.0
#include "agent/health/member_prober.h"

#include "agent/health/health_judge.h"
#include "agent/health/jitter.h"
#include "shared/base/log.h"

#include <utility>

namespace signalbox::health {

using engine::ProbeOutcome;
using model::Health;

namespace {

using namespace std::chrono_literals;

constexpr auto kSuspectProbe = 50ms; // so that the answer is there within 100 ms
constexpr int kStatusOk = 200;
constexpr int kStatusUnavailable = 503;

} // namespace

engine::ProfilePtr agentProfile()
{
    static const engine::ProfilePtr profile = [] {
        auto made = std::make_shared<engine::EngineProfile>();
        made->name = "agent";
        made->title = "Signalbox agent";
        made->probe.path = "/readyz";
        made->probe.answers = {
            {.answer = {.status = kStatusOk}, .means = Health::Ready, .because = {}},
            // It is there and says that it wants no requests: its drain, or its engine's state.
            {.answer = {.status = kStatusUnavailable},
             .means = Health::Degraded,
             .because = "the agent takes no new requests"},
        };
        made->deepProbePath = "/v1/chat/completions";
        made->probe.startWithin = 0s; // an address of the fleet is there or it is not
        made->connections.idle = 60s;
        return made;
    }();
    return profile;
}

// One address: its judge, its connection and the moment of its next probe.
struct MemberProber::Member {
    Member(const MemberTarget& target, const engine::EngineUrl& url, const Options& options)
        : address(target.address), profile(target.profile ? target.profile : agentProfile()),
          settings(settingsFor(*profile, options.settings, options.overrides)),
          judge(settings, options.clock), jitter(target.address),
          fetcher(options.makeFetcher(url, profile->connections)),
          client(profile, *fetcher, *fetcher)
    {
    }

    std::string address;
    engine::ProfilePtr profile;
    HealthSettings settings;
    HealthJudge judge;
    Jitter jitter;
    std::unique_ptr<engine::Fetcher> fetcher;
    engine::EngineClient client;
    base::Executor::TimerPtr timer;
    base::Monotonic probedAt{};
    bool isProbing = false;
    bool isSuspect = false; // asked for while a probe was on its way
};

MemberProber::MemberProber(Options options) : options_(std::move(options)) {}
MemberProber::~MemberProber() = default;

void MemberProber::setTargets(const std::vector<MemberTarget>& targets)
{
    std::map<std::string, const MemberTarget*> wanted;
    for (const MemberTarget& target : targets)
        wanted.emplace(target.address, &target);
    std::erase_if(members_, [&](const auto& entry) {
        const auto target = wanted.find(entry.first);
        const engine::ProfilePtr& profile = entry.second->profile;
        return target == wanted.end()
            || (target->second->profile ? target->second->profile : agentProfile()) != profile;
    });
    std::set<std::string> addresses;
    for (const auto& [address, target] : wanted) {
        addresses.insert(address);
        if (!members_.contains(address))
            add(*target);
    }
    table_.keepOnly(addresses);
}

void MemberProber::suspect(const std::string& address)
{
    const auto found = members_.find(address);
    if (found == members_.end())
        return;
    Member& member = *found->second;
    if (member.isProbing)
        member.isSuspect = true;
    else if (options_.clock.monotonic() - member.probedAt >= kSuspectProbe)
        schedule(member, 0ms);
    else
        schedule(member, kSuspectProbe);
}

void MemberProber::add(const MemberTarget& target)
{
    const auto url = engine::parseEngineUrl(target.address);
    if (!url) {
        ++badAddressesTotal_;
        log::warn("health", "member_address_refused", "address", target.address, "why",
                  url.error().text());
        return;
    }
    auto made = std::make_unique<Member>(target, *url, options_);
    Member& member = *made;
    members_.emplace(target.address, std::move(made));
    schedule(member, 0ms);
}

void MemberProber::schedule(Member& member, std::chrono::nanoseconds delay)
{
    member.timer = options_.executor.after(delay, [this, &member] { probe(member); });
}

void MemberProber::probe(Member& member)
{
    ++probesTotal_;
    member.isProbing = true;
    member.probedAt = options_.clock.monotonic();
    // The member's fetcher goes with the member: no answer comes to one that is gone.
    member.client.probe(member.settings.probeTimeout, [this, &member](ProbeOutcome outcome) {
        member.isProbing = false;
        take(member, outcome);
    });
}

void MemberProber::take(Member& member, const ProbeOutcome& outcome)
{
    const auto interval = member.jitter.around(member.settings.probeInterval);
    const auto elapsed = options_.clock.monotonic() - member.probedAt;
    const bool isUrgent = member.judge.wantsQuickProbe() || std::exchange(member.isSuspect, false);
    (void)member.judge.takeProbe(outcome); // the table says whether anything changed
    if (isUrgent || member.judge.wantsQuickProbe())
        schedule(member, kSuspectProbe);
    else
        schedule(member, elapsed < interval ? interval - elapsed : 0ns);

    MemberVerdict verdict;
    verdict.health = member.judge.verdict();
    verdict.isReachable = verdict.health.state != Health::Failed
        || outcome.fault == engine::FetchFault::None;
    const MemberVerdict before
        = table_.find(member.address) ? *table_.find(member.address) : MemberVerdict();
    const bool isFlip = before.health.state != verdict.health.state
        || before.isReachable != verdict.isReachable;
    table_.put(member.address, verdict);
    const std::string address = member.address; // the sink may set other targets
    options_.sink.onProbe(address, verdict);
    if (isFlip)
        options_.sink.onFlip(address, before, verdict);
}

} // namespace signalbox::health
