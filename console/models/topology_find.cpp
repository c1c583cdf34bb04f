// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/topology_find.h"

#include "console/models/node_words.h"
#include "shared/base/names.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

namespace signalbox::models {

namespace {

using fleet::Agent;
using fleet::Reading;
using Operator = FindExpression::Operator;
using Term = FindExpression::Term;

enum class Unit : std::uint8_t { Words, Share, Milliseconds, Plain };

base::Error mistake(const QString& sentence)
{
    return {base::Code::InvalidArgument, sentence.toStdString()};
}

QString say(const char* text)
{
    return QCoreApplication::translate("FindExpression", text);
}

std::string lowered(std::string_view text)
{
    std::string lower(text);
    std::transform(lower.begin(), lower.end(), lower.begin(), [](char letter) {
        return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    });
    return lower;
}

// `*` is any text, `?` any letter; both sides are lower case.
bool isLike(std::string_view text, std::string_view pattern)
{
    std::size_t at = 0;
    std::size_t in = 0;
    std::size_t star = std::string_view::npos;
    std::size_t retry = 0;
    while (in < text.size()) {
        if (at < pattern.size() && pattern[at] == '*') {
            star = at++;
            retry = in;
        } else if (at < pattern.size() && (pattern[at] == '?' || pattern[at] == text[in])) {
            ++at;
            ++in;
        } else if (star != std::string_view::npos) {
            at = star + 1;
            in = ++retry;
        } else {
            return false;
        }
    }
    while (at < pattern.size() && pattern[at] == '*')
        ++at;
    return at == pattern.size();
}

// Whether a word of the agent fits, for each word that the field has.
using Test = bool (*)(const Agent&, const Term&);

bool fits(std::string_view said, const Term& term)
{
    const bool isLikeOne = term.is == Operator::Like || term.is == Operator::NotLike;
    const std::string lower = lowered(said);
    return isLikeOne ? isLike(lower, term.words) : lower == term.words;
}

bool fitsName(const Agent& agent, const Term& term)
{
    return fits(agent.id, term);
}

bool fitsPool(const Agent& agent, const Term& term)
{
    return fits(agent.record().pool, term);
}

bool fitsZone(const Agent& agent, const Term& term)
{
    return fits(agent.record().zone, term);
}

bool fitsHost(const Agent& agent, const Term& term)
{
    return fits(hostOf(agent.record()), term);
}

bool fitsModel(const Agent& agent, const Term& term)
{
    const std::vector<std::string>& models = agent.record().engine.models;
    return std::any_of(models.begin(), models.end(),
                       [&](const std::string& model) { return fits(model, term); });
}

bool fitsEngine(const Agent& agent, const Term& term)
{
    return fits(agent.record().engine.profile, term);
}

bool fitsVersion(const Agent& agent, const Term& term)
{
    return fits(agent.record().engine.version, term);
}

bool fitsKind(const Agent& agent, const Term& term)
{
    return fits(model::nameOf(agent.record().kind), term);
}

bool fitsReason(const Agent& agent, const Term& term)
{
    return fits(agent.record().health.reason, term);
}

// Every word that an axis may say of it: "state=stale", "state=drain", "state=wedged".
bool fitsState(const Agent& agent, const Term& term)
{
    const bool isDrained = agent.state().drain.phase == model::DrainPhase::Drained;
    return fits(model::nameOf(agent.freshness), term) || fits(model::nameOf(agent.health()), term)
        || fits(model::nameOf(agent.admin()), term)
        || (agent.admin() == model::Admin::Drain && fits(isDrained ? "drained" : "draining", term))
        || (agent.isGone() && fits("gone", term)) || (agent.isServing() && fits("serving", term));
}

bool fitsAlarm(const Agent& agent, const Term& term)
{
    constexpr std::array<std::string_view, 4> kWords{"none", "p1", "p2", "p3"};
    const auto priority = static_cast<std::size_t>(agent.priority);
    return fits(kWords[priority], term) || (priority > 0 && fits("any", term));
}

using Number = double (*)(const Agent&);

template <Reading reading>
double readingOf(const Agent& agent)
{
    return static_cast<double>(agent.readings[reading]);
}

double ageOf(const Agent& agent)
{
    return static_cast<double>(agent.ageMs);
}

double revisionOf(const Agent& agent)
{
    return static_cast<double>(agent.record().appliedRevision);
}

} // namespace

struct FindExpression::Field {
    const char* name;
    Unit unit = Unit::Words;
    Test test = nullptr;
    Number number = nullptr;
};

namespace {

using Field = FindExpression::Field;

constexpr std::array kFields{
    Field{"name", Unit::Words, fitsName},
    Field{"pool", Unit::Words, fitsPool},
    Field{"zone", Unit::Words, fitsZone},
    Field{"host", Unit::Words, fitsHost},
    Field{"model", Unit::Words, fitsModel},
    Field{"engine", Unit::Words, fitsEngine},
    Field{"version", Unit::Words, fitsVersion},
    Field{"kind", Unit::Words, fitsKind},
    Field{"state", Unit::Words, fitsState},
    Field{"alarm", Unit::Words, fitsAlarm},
    Field{"reason", Unit::Words, fitsReason},
    Field{"kv", Unit::Share, nullptr, readingOf<Reading::KvShare>},
    Field{"load", Unit::Share, nullptr, readingOf<Reading::KvShare>},
    Field{"hit", Unit::Share, nullptr, readingOf<Reading::PrefixHitShare>},
    Field{"host.cpu", Unit::Share, nullptr, readingOf<Reading::HostCpuShare>},
    Field{"queue.p95", Unit::Milliseconds, nullptr, readingOf<Reading::QueueP95Ms>},
    Field{"ttft.p50", Unit::Milliseconds, nullptr, readingOf<Reading::TtftP50Ms>},
    Field{"ttft.p95", Unit::Milliseconds, nullptr, readingOf<Reading::TtftP95Ms>},
    Field{"gap.p95", Unit::Milliseconds, nullptr, readingOf<Reading::GapP95Ms>},
    Field{"e2e.p95", Unit::Milliseconds, nullptr, readingOf<Reading::EndToEndP95Ms>},
    Field{"age", Unit::Milliseconds, nullptr, ageOf},
    Field{"inflight", Unit::Plain, nullptr, readingOf<Reading::InFlight>},
    Field{"waiting", Unit::Plain, nullptr, readingOf<Reading::Waiting>},
    Field{"requests", Unit::Plain, nullptr, readingOf<Reading::RequestsPerSecond>},
    Field{"errors", Unit::Plain, nullptr, readingOf<Reading::ErrorsPerSecond>},
    Field{"tokens", Unit::Plain, nullptr, readingOf<Reading::OutputTokensPerSecond>},
    Field{"revision", Unit::Plain, nullptr, revisionOf},
};

const Field* fieldNamed(const std::string& name)
{
    const auto found = std::find_if(kFields.begin(), kFields.end(),
                                    [&](const Field& field) { return name == field.name; });
    return found == kFields.end() ? nullptr : &*found;
}

struct Spelling {
    QLatin1String text;
    Operator is;
};

// Longer ones first: ">=" is not ">" and "=...".
constexpr std::array kSpellings{
    Spelling{QLatin1String("!="), Operator::IsNot},
    Spelling{QLatin1String("!~"), Operator::NotLike},
    Spelling{QLatin1String(">="), Operator::AtLeast},
    Spelling{QLatin1String("<="), Operator::AtMost},
    Spelling{QLatin1String("="), Operator::Is},
    Spelling{QLatin1String("~"), Operator::Like},
    Spelling{QLatin1String(">"), Operator::Above},
    Spelling{QLatin1String("<"), Operator::Below},
};

struct Suffix {
    QLatin1String text;
    double factor;
};

// By unit of the field: "0.9" or "90%"; "800ms", "1.2s", "3min"; "12k".
std::optional<double> numberIn(QString text, Unit unit)
{
    static constexpr std::array kShares{Suffix{QLatin1String("%"), 0.01}};
    static constexpr std::array kTimes{Suffix{QLatin1String("ms"), 1},
                                       Suffix{QLatin1String("min"), 60'000},
                                       Suffix{QLatin1String("s"), 1'000},
                                       Suffix{QLatin1String("h"), 3'600'000}};
    static constexpr std::array kCounts{Suffix{QLatin1String("k"), 1e3},
                                        Suffix{QLatin1String("M"), 1e6}};
    double factor = 1;
    const auto strip = [&](const auto& suffixes) {
        for (const Suffix& suffix : suffixes) {
            if (!text.endsWith(suffix.text))
                continue;
            factor = suffix.factor;
            text.chop(suffix.text.size());
            return;
        }
    };
    if (unit == Unit::Share)
        strip(kShares);
    else if (unit == Unit::Milliseconds)
        strip(kTimes);
    else
        strip(kCounts);
    bool isNumber = false;
    const double value = text.toDouble(&isNumber);
    if (!isNumber || !std::isfinite(value))
        return std::nullopt;
    return value * factor;
}

QString exampleOf(Unit unit)
{
    switch (unit) {
    case Unit::Share: return QStringLiteral("0.9");
    case Unit::Milliseconds: return QStringLiteral("800ms");
    case Unit::Plain: return QStringLiteral("12");
    case Unit::Words: break;
    }
    return QStringLiteral("stale");
}

base::Error unknownField(const QString& name)
{
    std::vector<std::string> names;
    for (const Field& field : kFields)
        names.emplace_back(field.name);
    const auto near = base::nearestWord(name.toStdString(), names);
    const QString advice = near ? say("did you mean \"%1\"?").arg(QString::fromStdString(*near))
                                : say("there are %1").arg(findFields().join(QStringLiteral(", ")));
    return mistake(say("no field \"%1\": %2").arg(name, advice));
}

bool isNumeric(Operator is)
{
    return is == Operator::Above || is == Operator::AtLeast || is == Operator::Below
        || is == Operator::AtMost;
}

base::Result<Term> termOf(const QString& name, Operator is, const QString& value)
{
    Term term;
    term.field = fieldNamed(name.toLower().toStdString());
    term.is = is;
    if (!term.field)
        return unknownField(name);
    if (value.isEmpty())
        return mistake(say("\"%1\" needs a value, as in %1=%2")
                           .arg(name, exampleOf(term.field->unit)));
    term.words = lowered(value.toStdString());
    if (term.field->unit == Unit::Words) {
        if (isNumeric(is))
            return mistake(say("\"%1\" is text: use =, != or ~ with it").arg(name));
        return term;
    }
    if (is == Operator::Like || is == Operator::NotLike)
        return mistake(say("\"%1\" is a number: use =, > or < with it").arg(name));
    term.isUnknown = value == QLatin1String("?");
    const std::optional<double> number = numberIn(value, term.field->unit);
    if (!number && !(term.isUnknown && !isNumeric(is)))
        return mistake(say("\"%1\" is no number for %2: write it as in %2>%3")
                           .arg(value, name, exampleOf(term.field->unit)));
    term.number = number.value_or(0);
    return term;
}

// "kv>0.9" in its three parts; a word without an operator is looked for in names.
base::Result<Term> parseTerm(const QString& word)
{
    qsizetype at = word.size();
    const Spelling* spelling = nullptr;
    for (const Spelling& known : kSpellings) {
        const qsizetype found = word.indexOf(known.text);
        if (found >= 0 && found < at) {
            at = found;
            spelling = &known;
        }
    }
    if (!spelling)
        return termOf(QStringLiteral("name"), Operator::Like,
                      QLatin1Char('*') + word + QLatin1Char('*'));
    if (at == 0)
        return mistake(say("\"%1\" needs a field in front, as in state=stale").arg(word));
    return termOf(word.left(at), spelling->is, word.mid(at + spelling->text.size()));
}

bool compares(double value, const Term& term)
{
    if (std::isnan(value))
        return term.isUnknown && term.is == Operator::Is;
    if (term.isUnknown)
        return term.is == Operator::IsNot;
    switch (term.is) {
    case Operator::Is: return value == term.number;
    case Operator::IsNot: return value != term.number;
    case Operator::Above: return value > term.number;
    case Operator::AtLeast: return value >= term.number;
    case Operator::Below: return value < term.number;
    case Operator::AtMost: return value <= term.number;
    case Operator::Like:
    case Operator::NotLike: break;
    }
    return false;
}

bool matches(const Agent& agent, const Term& term)
{
    if (term.field->unit != Unit::Words)
        return compares(term.field->number(agent), term);
    const bool isTurned = term.is == Operator::IsNot || term.is == Operator::NotLike;
    return term.field->test(agent, term) != isTurned;
}

} // namespace

base::Result<FindExpression> FindExpression::parse(const QString& text)
{
    FindExpression expression;
    if (text.size() > kFindCharacters)
        return mistake(say("longer than %1 characters").arg(kFindCharacters));
    QString spaced = text;
    spaced.replace(QLatin1Char(','), QLatin1Char(' '));
    for (const QString& word : spaced.split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
        if (word == QLatin1String("-hide")) {
            expression.hidesFound_ = true;
            continue;
        }
        const bool isHiding = word.startsWith(QLatin1Char('!'));
        const QString rest = isHiding ? word.mid(1) : word;
        if (rest.isEmpty())
            return mistake(say("\"!\" needs a term right behind it, as in !state=stale"));
        SB_TRY(Term term, parseTerm(rest));
        (isHiding ? expression.hidden_ : expression.found_).push_back(std::move(term));
    }
    if (expression.hidesFound_ && expression.found_.empty())
        return mistake(say("\"-hide\" needs something to hide, as in state=stale -hide"));
    return expression;
}

FindVerdict FindExpression::judge(const Agent& agent) const
{
    const auto fitsTerm = [&](const Term& term) { return matches(agent, term); };
    if (std::any_of(hidden_.begin(), hidden_.end(), fitsTerm))
        return FindVerdict::Hidden;
    if (found_.empty())
        return FindVerdict::Found;
    const bool isFound = std::all_of(found_.begin(), found_.end(), fitsTerm);
    if (hidesFound_)
        return isFound ? FindVerdict::Hidden : FindVerdict::Found;
    return isFound ? FindVerdict::Found : FindVerdict::Passed;
}

QStringList findFields()
{
    QStringList names;
    for (const Field& field : kFields)
        names << QLatin1String(field.name);
    return names;
}

} // namespace signalbox::models
