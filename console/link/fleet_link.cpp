// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/link/fleet_link.h"

#include "console/link/fleet_feed.h"
#include "console/link/web_socket_channel.h"
#include "shared/base/limits.h"
#include "shared/client/fleet_client.h"

#include <QPointer>

#include <utility>

namespace signalbox::link {

namespace {

using namespace std::chrono_literals;

constexpr auto kStateTick = 33ms;
constexpr auto kNumberTick = 250ms;
constexpr auto kHiddenTick = 1s;
constexpr auto kPulse = 5s; // how often the way is measured

} // namespace

// Everything that talks. Policy and audit are asked for when an agent runs a newer revision, when
// the stream is another one, and when somebody wants them; one question at a time.
struct FleetLink::Far {
    Far(Inbox& inbox, const base::Clock& ticking, LinkThread& runner)
        : clock(ticking), thread(runner),
          feed(inbox, ticking,
               {.opened = [this] { opened(); },
                .newRevision = [this](base::Revision) { askForPolicy(); },
                .doorSeen = [this](const model::Addresses& door) { learn(door); }}),
          box(inbox)
    {
    }

    base::Status open(client::ClientOptions options)
    {
        SB_TRY(first, rpc::parseServiceAddress(options.addresses.front()));
        fleet::LinkFacts link;
        link.state = fleet::LinkState::Connecting;
        link.address = options.addresses.front();
        SB_TRY(client, client::FleetClient::open(std::move(options), thread));
        feed.setLink(std::move(link));
        client->watch(model::TelemetryScope::Fleet, model::SampleWish::All, feed);
        return {};
    }

    void opened()
    {
        askWho();
        askForPolicy();
    }

    // In the manner of the address that was given. A loopback address is a door of the machine that
    // said it: on another machine than ours it would lead to some other fleet.
    void learn(const model::Addresses& door)
    {
        rpc::ServiceAddress learnt = first;
        learnt.hostPort = first.isWebSocket() ? door.observe : door.control;
        const bool isOfOurMachine = rpc::isLoopback(learnt.hostPort);
        if (!learnt.hostPort.empty() && isOfOurMachine == rpc::isLoopback(first.hostPort))
            client->learn(learnt.text());
    }

    // Who is it, and how far away.
    void askWho()
    {
        const base::Monotonic asked = clock.monotonic();
        client->getAgent([this, asked](base::Result<model::AgentIdentity> answer) {
            if (!answer)
                return;
            fleet::LinkFacts link = feed.link();
            link.fleet = answer->fleet;
            link.agent = answer->state.record.id.str();
            link.roundTripMs = std::chrono::duration_cast<std::chrono::milliseconds>(
                                   clock.monotonic() - asked)
                                   .count();
            feed.setLink(std::move(link));
        });
        pulse = thread.after(kPulse, [this] {
            if (feed.link().state == fleet::LinkState::Connected)
                askWho();
        });
    }

    void askForPolicy()
    {
        isPolicyWanted = true;
        if (isPolicyAsked)
            return;
        isPolicyWanted = false;
        isPolicyAsked = true;
        client->getPolicy([this](base::Result<model::PolicyAnswer> answer) {
            fleet::FleetChanges changes;
            if (answer)
                changes.policy = std::move(*answer);
            box.put(std::move(changes), Urgency::State);
            client->listAudit(0, static_cast<std::uint32_t>(limits::kAuditShown),
                              [this](base::Result<std::vector<model::AuditRecord>> records) {
                                  auditTold(std::move(records));
                              });
        });
    }

    void auditTold(base::Result<std::vector<model::AuditRecord>> records)
    {
        fleet::FleetChanges changes;
        if (records)
            changes.audit = std::move(*records);
        box.put(std::move(changes), Urgency::State);
        isPolicyAsked = false;
        if (isPolicyWanted)
            askForPolicy();
    }

    const base::Clock& clock;
    LinkThread& thread;
    FleetFeed feed;
    Inbox& box;
    rpc::ServiceAddress first; // that was given
    bool isPolicyAsked = false;
    bool isPolicyWanted = false;
    base::Executor::TimerPtr pulse;
    std::unique_ptr<client::FleetClient> client; // last: it calls the rest
};

FleetLink::FleetLink(const base::Clock& clock, QObject* parent)
    : QObject(parent), clock_(clock), inbox_([this](Urgency urgency) {
          QMetaObject::invokeMethod(
              this, [this, urgency] { takeSoon(urgency); }, Qt::QueuedConnection);
      })
{
    timer_.setSingleShot(true);
    connect(&timer_, &QTimer::timeout, this, &FleetLink::take);
}

FleetLink::~FleetLink()
{
    thread_.runAndWait([this] { far_.reset(); });
}

base::Status FleetLink::open(LinkOptions options)
{
    operatorName_ = options.operatorName;
    client::ClientOptions wanted{.addresses = std::move(options.addresses),
                                 .operatorName = std::move(options.operatorName),
                                 .security = std::move(options.security),
                                 .dial = dialAny};
    base::Status opened;
    if (wanted.addresses.empty())
        return base::Error(base::Code::InvalidArgument, "no address of an agent is given");
    thread_.runAndWait([&] {
        far_ = std::make_unique<Far>(inbox_, clock_, thread_);
        opened = far_->open(std::move(wanted));
    });
    return opened;
}

void FleetLink::setPace(Pace pace)
{
    pace_ = pace;
    if (pace == Pace::Visible && timer_.isActive())
        take();
}

void FleetLink::takeSoon(Urgency urgency)
{
    const std::chrono::milliseconds wait = pace_ == Pace::Hidden ? kHiddenTick
        : urgency == Urgency::State                              ? kStateTick
                                                                 : kNumberTick;
    if (!timer_.isActive() || timer_.remainingTimeAsDuration() > wait)
        timer_.start(wait);
}

void FleetLink::take()
{
    fleet::FleetChanges changes = inbox_.take();
    Q_EMIT changesReady(changes);
}

void FleetLink::there(std::function<void(Far&)> work)
{
    thread_.post([this, work = std::move(work)] {
        if (far_ && far_->client)
            work(*far_);
    });
}

// Answers are asked for over there and given here, unless this has ended meanwhile.
template <typename T>
command::Done<T> FleetLink::here(command::Done<T> done)
{
    return [self = QPointer<FleetLink>(this), done = std::move(done)](base::Result<T> answer) {
        if (FleetLink* alive = self.data())
            QMetaObject::invokeMethod(
                alive,
                [done, answer = std::move(answer)]() mutable { done(std::move(answer)); },
                Qt::QueuedConnection);
    };
}

void FleetLink::preview(const model::Edit& edit, command::Done<model::Preview> done)
{
    there([edit, done = here(std::move(done))](Far& far) { far.client->preview(edit, done); });
}

void FleetLink::previewUndo(std::uint64_t auditNumber, command::Done<model::Preview> done)
{
    there([auditNumber, done = here(std::move(done))](Far& far) {
        far.client->previewUndo(auditNumber, done);
    });
}

void FleetLink::apply(const model::Plan& plan, const model::ApplyOptions& options,
                      command::Done<model::ApplyAnswer> done)
{
    there([plan, options, done = here(std::move(done))](Far& far) {
        far.client->apply(plan, options, [&far, done](base::Result<model::ApplyAnswer> answer) {
            done(std::move(answer));
            far.askForPolicy();
        });
    });
}

void FleetLink::convergence(base::Revision revision, const std::vector<std::string>& agents,
                            command::Done<model::Convergence> done)
{
    there([revision, agents, done = here(std::move(done))](Far& far) {
        far.client->convergence(revision, agents, done);
    });
}

void FleetLink::probeNow(const std::string& agent, command::Done<model::ProbeReport> done)
{
    there([agent, done = here(std::move(done))](Far& far) { far.client->probeNow(agent, done); });
}

void FleetLink::listOpenExchanges(const std::string& agent,
                                  command::Done<model::OpenExchangeList> done)
{
    there([agent, done = here(std::move(done))](Far& far) {
        far.client->listOpenExchanges(agent, done);
    });
}

void FleetLink::refreshPolicy()
{
    there([](Far& far) { far.askForPolicy(); });
}

} // namespace signalbox::link
