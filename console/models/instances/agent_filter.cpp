// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/instances/agent_filter.h"

#include "console/models/instances/agent_words.h"
#include "console/models/words.h"

#include <QRegularExpression>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace signalbox::models {

using fleet::Reading;

namespace {

QString latin(const std::string& text)
{
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

QStringList typedWords(const QString& text)
{
    static const QRegularExpression kBlanks(QStringLiteral("\\s+"));
    return text.left(AgentFilter::kCharactersAtMost).split(kBlanks, Qt::SkipEmptyParts);
}

} // namespace

AgentFilter AgentFilter::parse(const QString& text)
{
    AgentFilter filter;
    for (const QString& word : typedWords(text)) {
        Term term;
        if (filter.terms_.size() < kTermsAtMost && readTerm(word, term))
            filter.terms_.push_back(std::move(term));
        else
            filter.problems_ << word;
    }
    return filter;
}

QString AgentFilter::without(const QString& text, const QString& term)
{
    QStringList words = typedWords(text);
    words.removeAll(term);
    return words.join(QLatin1Char(' '));
}

QStringList AgentFilter::terms() const
{
    QStringList typed;
    for (const Term& term : terms_)
        typed << term.typed;
    return typed;
}

bool AgentFilter::isNumber(Field field)
{
    return field >= Field::Kv;
}

bool AgentFilter::readTerm(const QString& word, Term& term)
{
    static const QRegularExpression kShape(QStringLiteral("^([a-z0-9.]+)(!=|>=|<=|=|~|>|<)(.+)$"),
                                           QRegularExpression::CaseInsensitiveOption);
    constexpr std::array<std::pair<const char*, Field>, 22> kFields{{
        {"name", Field::Name},      {"id", Field::Name},          {"pool", Field::Pool},
        {"zone", Field::Zone},      {"host", Field::Host},        {"engine", Field::Engine},
        {"version", Field::Engine}, {"model", Field::Model},      {"state", Field::State},
        {"health", Field::State},   {"admin", Field::State},      {"alarm", Field::Alarm},
        {"kv", Field::Kv},          {"ttft", Field::Ttft},        {"ttft.p95", Field::Ttft},
        {"itl", Field::Gap},        {"queue", Field::Queue},      {"inflight", Field::InFlight},
        {"out", Field::Output},     {"errors", Field::Errors},    {"age", Field::Age},
        {"fresh", Field::State},
    }};
    term.typed = word;
    const QRegularExpressionMatch match = kShape.match(word);
    if (!match.hasMatch()) {
        term.isNegated = word.size() > 1 && word.startsWith(QLatin1Char('-'));
        term.values = {term.isNegated ? word.mid(1) : word};
        // "kv>" is a comparison that is still being typed, not a word to look for.
        return !word.contains(QRegularExpression(QStringLiteral("[=<>~]")));
    }
    const QString key = match.captured(1).toLower();
    const auto* found
        = std::find_if(kFields.begin(), kFields.end(),
                       [&](const auto& field) { return key == QLatin1String(field.first); });
    if (found == kFields.end())
        return false;
    term.field = found->second;
    const QString test = match.captured(2);
    const QString value = match.captured(3);
    term.isNegated = test == QLatin1String("!=");
    if (test == QLatin1String("=") || term.isNegated)
        term.test = Test::Is;
    else if (test == QLatin1String(">"))
        term.test = Test::Above;
    else if (test == QLatin1String(">="))
        term.test = Test::AtLeast;
    else if (test == QLatin1String("<"))
        term.test = Test::Below;
    else if (test == QLatin1String("<="))
        term.test = Test::AtMost;
    if (!isNumber(term.field)) {
        term.values = value.split(QLatin1Char(','), Qt::SkipEmptyParts);
        return (term.test == Test::Is || term.test == Test::Contains) && !term.values.isEmpty();
    }
    bool isRead = false;
    term.number = value.toDouble(&isRead);
    return isRead && std::isfinite(term.number) && term.test != Test::Contains;
}

QStringList AgentFilter::wordsOf(const fleet::Agent& agent, Field field)
{
    const model::AgentRecord& record = agent.record();
    switch (field) {
    case Field::Name: return {latin(agent.id)};
    case Field::Pool: return {latin(record.pool)};
    case Field::Zone: return {latin(record.zone)};
    case Field::Host: return {hostText(agent)};
    case Field::Engine:
        return {latin(record.engine.profile), latin(record.engine.version), engineText(agent)};
    case Field::Model: {
        QStringList models;
        for (const std::string& model : record.engine.models)
            models << latin(model);
        return models;
    }
    case Field::State:
        return {healthWord(agent.health()), adminWord(agent.admin()),
                agent.isGone() ? QStringLiteral("gone") : freshnessWord(agent.freshness)};
    case Field::Alarm:
        return {agent.priority == model::Priority::None
                    ? QStringLiteral("none")
                    : QStringLiteral("p%1").arg(static_cast<int>(agent.priority))};
    default: break;
    }
    QStringList all;
    for (const Field each : {Field::Name, Field::Pool, Field::Zone, Field::Host, Field::Engine,
                             Field::Model, Field::State})
        all << wordsOf(agent, each);
    return all << latin(record.health.reason);
}

double AgentFilter::numberOf(const fleet::Agent& agent, Field field)
{
    const auto reading = [&](Reading which) { return static_cast<double>(agent.readings[which]); };
    switch (field) {
    case Field::Kv: return 100 * reading(Reading::KvShare);
    case Field::Ttft: return reading(Reading::TtftP95Ms);
    case Field::Gap: return reading(Reading::GapP95Ms);
    case Field::Queue: return reading(Reading::QueueP95Ms);
    case Field::InFlight: return reading(Reading::InFlight);
    case Field::Output: return reading(Reading::OutputTokensPerSecond);
    case Field::Errors: return reading(Reading::ErrorsPerSecond);
    case Field::Age: return static_cast<double>(agent.ageMs) / 1'000;
    default: return fleet::kUnknown;
    }
}

bool AgentFilter::holds(const fleet::Agent& agent, const Term& term)
{
    if (isNumber(term.field)) {
        const double number = numberOf(agent, term.field);
        if (std::isnan(number))
            return false; // unknown is neither above nor below, nor another one
        switch (term.test) {
        case Test::Above: return number > term.number;
        case Test::AtLeast: return number >= term.number;
        case Test::Below: return number < term.number;
        case Test::AtMost: return number <= term.number;
        default: return (number == term.number) != term.isNegated;
        }
    }
    const QStringList words = wordsOf(agent, term.field);
    const bool isFound
        = std::any_of(term.values.begin(), term.values.end(), [&](const auto& value) {
              return std::any_of(words.begin(), words.end(), [&](const QString& word) {
                  return term.test == Test::Is ? word.compare(value, Qt::CaseInsensitive) == 0
                                               : word.contains(value, Qt::CaseInsensitive);
              });
          });
    return isFound != term.isNegated;
}

bool AgentFilter::matches(const fleet::Agent& agent) const
{
    return std::all_of(terms_.begin(), terms_.end(),
                       [&](const Term& term) { return holds(agent, term); });
}

} // namespace signalbox::models
