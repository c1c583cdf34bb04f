// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/instances/agent_words.h"

#include "console/models/node_words.h"
#include "console/models/words.h"
#include "console/text/numbers.h"
#include "console/text/plain_text.h"

#include <QCoreApplication>
#include <QStringList>

#include <array>
#include <utility>

namespace signalbox::models {

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(AgentWords)
};

QString drainReason(const model::DrainProgress& drain)
{
    if (drain.phase == model::DrainPhase::Drained)
        return Words::tr("drained: safe to stop");
    if (drain.remaining == 1)
        return Words::tr("1 request left, %1 old").arg(text::durationText(drain.longestMs));
    return Words::tr("%1 requests left, longest %2")
        .arg(text::countText(drain.remaining), text::durationText(drain.longestMs));
}

QString silenceText(const fleet::Agent& agent)
{
    if (agent.freshness == model::Freshness::Disconnected)
        return Words::tr("not heard for %1").arg(text::durationText(agent.ageMs));
    return Words::tr("last report %1 ago").arg(text::durationText(agent.ageMs));
}

} // namespace

QString alarmWord(model::Priority priority, model::Ack ack)
{
    if (priority == model::Priority::None)
        return {};
    const QString word = QStringLiteral("P%1").arg(static_cast<int>(priority));
    switch (ack) {
    case model::Ack::New: return word + QLatin1Char('!');
    case model::Ack::Acknowledged: return word;
    case model::Ack::Shelved: return QStringLiteral("(%1)").arg(word);
    }
    return word;
}

QString engineName(const std::string& profile)
{
    constexpr std::array<std::pair<std::string_view, const char*>, 8> kNames{{
        {"vllm", "vLLM"},
        {"sglang", "SGLang"},
        {"llama_cpp", "llama.cpp"},
        {"ollama", "Ollama"},
        {"tgi", "TGI"},
        {"triton", "Triton"},
        {"ray_serve", "Ray Serve"},
        {"lmdeploy", "LMDeploy"},
    }};
    for (const auto& [word, name] : kNames) {
        if (profile == word)
            return QLatin1String(name);
    }
    return text::plainText(profile);
}

QString engineText(const fleet::Agent& agent)
{
    const model::EngineFacts& engine = agent.record().engine;
    if (engine.profile.empty())
        return text::unknownText();
    const QString name = engineName(engine.profile);
    if (engine.version.empty())
        return name;
    return name + QLatin1Char(' ') + text::plainText(engine.version);
}

QString modelText(const fleet::Agent& agent)
{
    const std::vector<std::string>& models = agent.record().engine.models;
    if (models.empty())
        return text::unknownText();
    const QString first = text::plainText(models.front());
    return models.size() == 1 ? first
                              : Words::tr("%1 and %2 more").arg(first).arg(models.size() - 1);
}

QString hostText(const fleet::Agent& agent)
{
    const std::string host = hostOf(agent.record());
    return host.empty() ? text::unknownText() : text::plainText(host);
}

QString placeText(const fleet::Agent& agent)
{
    const QString zone = text::plainText(agent.record().zone);
    const QString host = hostText(agent);
    return zone.isEmpty() ? host : host + QLatin1String(", ") + zone;
}

QString goneText(const fleet::Agent& agent, std::int64_t nowUnixMs)
{
    if (!agent.isGone())
        return {};
    const model::AgentGone& gone = *agent.facts->gone;
    const QString when = gone.lastSeenUnixMs > 0
        ? Words::tr("left %1 ago")
              .arg(text::ageText(std::max<std::int64_t>(0, nowUnixMs - gone.lastSeenUnixMs)))
        : Words::tr("left");
    const QString reason = text::plainText(gone.reason, text::kReasonCharacters);
    return reason.isEmpty() ? when : when + QLatin1String(": ") + reason;
}

QStringList reasonsOf(const fleet::Agent& agent, std::int64_t nowUnixMs)
{
    QStringList reasons;
    if (agent.isGone())
        return {goneText(agent, nowUnixMs)};
    const model::AgentRecord& record = agent.record();
    if (agent.health() != model::Health::Ready) {
        const QString reason = text::plainText(record.health.reason, text::kReasonCharacters);
        reasons << (reason.isEmpty()
                        ? Words::tr("%1, no reason told").arg(healthWord(agent.health()))
                        : reason);
    }
    if (agent.freshness != model::Freshness::Live)
        reasons << silenceText(agent);
    if (agent.state().drain.phase != model::DrainPhase::None)
        reasons << drainReason(agent.state().drain);
    if (record.rejectedRevision > record.appliedRevision)
        reasons << Words::tr("rejected revision %1: %2")
                       .arg(record.rejectedRevision)
                       .arg(text::plainText(record.rejectedReason, text::kReasonCharacters));
    return reasons;
}

QString reasonText(const fleet::Agent& agent, std::int64_t nowUnixMs)
{
    return reasonsOf(agent, nowUnixMs).join(QLatin1String("; "));
}

QString spokenName(const fleet::Agent& agent, std::int64_t nowUnixMs)
{
    QStringList parts{Words::tr("instance %1").arg(text::plainText(agent.id))};
    if (agent.priority != model::Priority::None)
        parts << (agent.ack == model::Ack::New
                      ? Words::tr("priority %1, unacknowledged")
                      : Words::tr("priority %1, acknowledged"))
                     .arg(static_cast<int>(agent.priority));
    parts << healthWord(agent.health()) << adminWord(agent.admin())
          << freshnessWord(agent.freshness);
    const QString reason = reasonText(agent, nowUnixMs);
    if (!reason.isEmpty())
        parts << reason;
    return parts.join(QLatin1String(", "));
}

} // namespace signalbox::models
