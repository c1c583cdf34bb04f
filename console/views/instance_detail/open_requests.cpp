// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/instance_detail/open_requests.h"

#include "console/text/numbers.h"
#include "console/text/plain_text.h"

#include <QPointer>

#include <algorithm>

namespace signalbox::views {

namespace {

constexpr std::int64_t kSilentMs = 5'000;

QString phaseText(model::ExchangePhase phase)
{
    switch (phase) {
    case model::ExchangePhase::Placing: return OpenRequests::tr("placing");
    case model::ExchangePhase::Waiting: return OpenRequests::tr("waiting");
    case model::ExchangePhase::Streaming: return OpenRequests::tr("streaming");
    }
    return text::unknownText();
}

QString orNone(const std::string& peerText)
{
    return peerText.empty() ? text::notApplicableText() : text::plainText(peerText);
}

QString sinceTokenText(const model::OpenExchange& exchange)
{
    return exchange.sinceTokenMs < 0 ? text::notApplicableText()
                                     : text::ageText(exchange.sinceTokenMs);
}

} // namespace

OpenRequests::OpenRequests(command::CommandPort& port, QObject* parent)
    : QObject(parent), port_(port)
{
}

void OpenRequests::ask(const std::string& agent)
{
    if (agent_ != agent) {
        agent_ = agent;
        list_.reset();
        problem_.clear();
        Q_EMIT changed();
    }
    if (agent.empty() || asked_ == agent)
        return;
    asked_ = agent;
    port_.listOpenExchanges(agent, [self = QPointer(this), agent](const auto& answer) {
        if (self)
            self->take(agent, answer);
    });
}

void OpenRequests::take(const std::string& agent,
                        const base::Result<model::OpenExchangeList>& answer)
{
    if (asked_ == agent)
        asked_.clear();
    if (agent_ != agent)
        return; // nobody looks at that one any more
    if (answer)
        list_ = *answer;
    problem_ = answer ? QString() : text::plainText(answer.error().message());
    Q_EMIT changed();
}

QString OpenRequests::hint() const
{
    if (!problem_.isEmpty())
        return tr("not told: %1").arg(problem_);
    if (!list_)
        return tr("asking");
    const auto counted = [this](model::ExchangePhase phase) {
        return std::count_if(
            list_->exchanges.begin(), list_->exchanges.end(),
            [phase](const model::OpenExchange& each) { return each.phase == phase; });
    };
    const auto left = static_cast<std::ptrdiff_t>(list_->total) - std::ssize(list_->exchanges);
    if (left > 0)
        return tr("%1 open; the oldest %2").arg(list_->total).arg(list_->exchanges.size());
    return tr("%1 open: %2 waiting, %3 streaming")
        .arg(list_->total)
        .arg(counted(model::ExchangePhase::Placing) + counted(model::ExchangePhase::Waiting))
        .arg(counted(model::ExchangePhase::Streaming));
}

std::vector<Fact> openRequestFacts(const model::OpenExchangeList& list)
{
    std::vector<Fact> facts;
    for (const model::OpenExchange& each : list.exchanges) {
        facts.push_back({{text::plainText(each.requestId), phaseText(each.phase),
                          text::ageText(each.ageMs), sinceTokenText(each),
                          text::countText(static_cast<std::int64_t>(each.tokens)),
                          orNone(each.model), orNone(each.caller), orNone(each.endpoint),
                          text::countText(static_cast<std::int64_t>(each.promptTokens)),
                          text::countText(each.attempts)},
                         each.sinceTokenMs > kSilentMs ? FactWeight::Strong : FactWeight::Normal,
                         false});
    }
    return facts;
}

} // namespace signalbox::views
