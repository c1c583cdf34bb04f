// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/node_words.h"

#include "console/models/words.h"
#include "console/text/numbers.h"
#include "console/text/plain_text.h"

#include <QCoreApplication>
#include <QStringList>

#include <cmath>
#include <optional>

namespace signalbox::models {

namespace {

using fleet::Reading;

// The room has no QObject of its own to translate with.
QString say(const char* text)
{
    return QCoreApplication::translate("NodeWords", text);
}

QString word(std::string_view name)
{
    return QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()));
}

std::optional<double> known(float value)
{
    return std::isfinite(value) ? std::optional<double>(value) : std::nullopt;
}

std::string hostPart(std::string address)
{
    const std::size_t scheme = address.find("://");
    if (scheme != std::string::npos)
        address.erase(0, scheme + 3);
    const std::size_t path = address.find('/');
    if (path != std::string::npos)
        address.erase(path);
    const std::size_t port = address.rfind(':');
    const bool isBare6 = port != std::string::npos && address.find(':') != port
        && !address.ends_with(']') && address.front() != '[';
    if (port != std::string::npos && !isBare6 && !address.ends_with(']'))
        address.erase(port);
    return address;
}

void addAlarm(QStringList& words, model::Priority priority, model::Ack ack)
{
    if (priority == model::Priority::None)
        return;
    words << say("priority %1").arg(static_cast<int>(priority));
    switch (ack) {
    case model::Ack::New: words << say("unacknowledged"); break;
    case model::Ack::Acknowledged: words << say("acknowledged"); break;
    case model::Ack::Shelved: words << say("shelved"); break;
    }
}

QString spokenAdmin(const fleet::Agent& agent)
{
    switch (agent.admin()) {
    case model::Admin::Run: return {};
    case model::Admin::Warm: return say("warming");
    case model::Admin::Maint: return say("in maintenance");
    case model::Admin::Off: return say("off");
    case model::Admin::Standby: return say("standby");
    case model::Admin::Canary: return say("canary");
    case model::Admin::Drain: break;
    }
    const model::DrainProgress& drain = agent.state().drain;
    if (drain.phase == model::DrainPhase::Drained)
        return say("drained");
    return say("draining, %1 requests left").arg(drain.remaining);
}

QString spokenFreshness(const fleet::Agent& agent)
{
    const QString seconds = say("%1 seconds").arg(agent.ageMs / 1'000);
    switch (agent.freshness) {
    case model::Freshness::Live: return say("live");
    case model::Freshness::Late: return say("late, %1").arg(seconds);
    case model::Freshness::Stale: return say("stale, %1").arg(seconds);
    case model::Freshness::Disconnected: return say("disconnected");
    }
    return {};
}

NodeStatus drainStatus(const model::DrainProgress& drain)
{
    if (drain.phase == model::DrainPhase::Drained)
        return {say("drained"), say("safe to stop"), NodeStatus::Manner::Abnormal};
    const QString left = drain.remaining == 1 ? say("1 request left")
                                              : say("%1 requests left").arg(drain.remaining);
    return {left, say("longest %1").arg(text::durationText(drain.longestMs)),
            NodeStatus::Manner::Abnormal};
}

} // namespace

std::string hostOf(const model::AgentRecord& record)
{
    const std::string& address
        = record.addresses.serve.empty() ? record.engine.url : record.addresses.serve;
    return address.empty() ? std::string() : hostPart(address);
}

QString zoneText(const std::string& zone)
{
    return zone.empty() ? say("no zone") : text::plainText(zone);
}

QString shortNameOf(const std::string& id, const std::string& pool)
{
    const bool isUnder = id.size() > pool.size() + 3 && !pool.empty() && id.starts_with(pool)
        && id[pool.size()] == '-';
    return text::plainText(isUnder ? id.substr(pool.size() + 1) : id);
}

QString inFlightText(float inFlight)
{
    const std::optional<double> value = known(inFlight);
    return say("%1 in flight")
        .arg(value ? text::countText(std::llround(*value)) : text::unknownText());
}

QString spokenName(const fleet::Agent& agent)
{
    QStringList words;
    words << (agent.isGateway() ? say("gateway %1") : say("instance %1"))
                 .arg(text::plainText(agent.id));
    addAlarm(words, agent.priority, agent.ack);
    const QString admin = spokenAdmin(agent);
    if (!admin.isEmpty())
        words << admin;
    if (agent.isGone())
        words << say("gone");
    else if (agent.health() != model::Health::Ready)
        words << word(model::nameOf(agent.health()));
    words << spokenFreshness(agent);
    if (!agent.isGateway()) {
        const std::optional<double> load = known(agent.load());
        words << (load ? say("load %1 percent").arg(std::lround(*load * 100))
                       : say("load unknown"));
    }
    return words.join(QStringLiteral(", "));
}

QString spokenName(const fleet::Pool& pool)
{
    QStringList words;
    words << say("pool %1").arg(text::plainText(pool.name));
    addAlarm(words, pool.priority, pool.ack);
    words << say("%1 of %2 serving").arg(pool.sums.serving).arg(pool.sums.total);
    if (pool.sums.draining > 0)
        words << say("%1 draining").arg(pool.sums.draining);
    if (pool.sums.standby > 0)
        words << say("%1 standing by").arg(pool.sums.standby);
    if (pool.sums.stale + pool.sums.disconnected > 0)
        words << say("%1 not reporting").arg(pool.sums.stale + pool.sums.disconnected);
    const std::optional<double> load = known(pool.sums.load);
    words << (load ? say("load %1 percent").arg(std::lround(*load * 100)) : say("load unknown"));
    return words.join(QStringLiteral(", "));
}

NodeStatus statusOf(const fleet::Agent& agent, std::int64_t nowUnixMs)
{
    const auto abnormal = NodeStatus::Manner::Abnormal;
    const model::Verdict& health = agent.record().health;
    if (agent.isGone())
        return {say("gone"), text::plainText(agent.facts->gone->reason), abnormal};
    if (agent.freshness == model::Freshness::Disconnected)
        return {say("disconnected"), say("for %1").arg(text::ageText(agent.ageMs)), abnormal};
    if (health.state != model::Health::Ready) {
        const QString since = health.sinceUnixMs > 0
            ? say("for %1").arg(text::durationText(nowUnixMs - health.sinceUnixMs))
            : QString();
        return {word(model::nameOf(health.state)),
                health.reason.empty() ? since : text::plainText(health.reason), abnormal};
    }
    if (agent.admin() == model::Admin::Drain)
        return drainStatus(agent.state().drain);
    const QString ttft = text::millisecondsText(known(agent.readings[Reading::TtftP95Ms]));
    NodeStatus status{inFlightText(agent.readings[Reading::InFlight]), say("TTFT %1").arg(ttft)};
    if (agent.admin() != model::Admin::Run)
        status = {adminWord(agent.admin()), inFlightText(agent.readings[Reading::InFlight])};
    if (agent.freshness != model::Freshness::Live)
        status.detail = say("%1 old").arg(text::ageText(agent.ageMs));
    return status;
}

} // namespace signalbox::models
