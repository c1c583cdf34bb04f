// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/fleet/agent.h"

#include <QString>
#include <QStringList>

#include <vector>

namespace signalbox::models {

// Which agents are shown, as an operator types it: words that must all hold, split at blanks.
//   state=failed,wedged  pool=chat  zone!=eu-1a  engine~vllm  kv>90  ttft>=800  -standby  b02
// A free word is looked for in name, pool, zone, host, engine, model, state words and reason; "-"
// before it turns it round. What is not understood hides nothing, and is told.
// Lives on: any thread; a value.
class AgentFilter {
public:
    static constexpr int kTermsAtMost = 16;
    static constexpr int kCharactersAtMost = 512;

    static AgentFilter parse(const QString& text);

    bool matches(const fleet::Agent& agent) const;
    bool isEmpty() const { return terms_.empty() && problems_.isEmpty(); }
    QStringList terms() const; // as they were typed, for chips
    const QStringList& problems() const { return problems_; } // typed words not understood
    // The text without that word.
    static QString without(const QString& text, const QString& term);

private:
    enum class Field : std::uint8_t {
        Any, Name, Pool, Zone, Host, Engine, Model, State, Alarm, Kv, Ttft, Gap, Queue, InFlight,
        Output, Errors, Age,
    };
    enum class Test : std::uint8_t { Is, Contains, Above, AtLeast, Below, AtMost };
    struct Term {
        QString typed;
        Field field = Field::Any;
        Test test = Test::Contains;
        bool isNegated = false;
        QStringList values; // any of them
        double number = 0;
    };
    static bool isNumber(Field field);
    static double numberOf(const fleet::Agent& agent, Field field);
    static QStringList wordsOf(const fleet::Agent& agent, Field field);
    static bool readTerm(const QString& word, Term& term);
    static bool holds(const fleet::Agent& agent, const Term& term);

    std::vector<Term> terms_;
    QStringList problems_;
};

} // namespace signalbox::models
