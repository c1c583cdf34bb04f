// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/fleet/agent.h"
#include "shared/base/result.h"

#include <QString>
#include <QStringList>

#include <cstdint>
#include <string>
#include <vector>

namespace signalbox::models {

inline constexpr int kFindCharacters = 512; // of one expression

enum class FindVerdict : std::uint8_t { Found, Passed, Hidden };

// What an operator looks for, or wants out of his sight: "state=stale kv>0.9", "model~llama*",
// "ttft.p95>800ms", "!pool=chat", "state=stale -hide". All terms must fit; a word without an
// operator is part of a name; `!` hides what fits that term, -hide what fits the whole.
// What is not known fits nothing but "?": "kv=?".
// Lives on: any thread (a value).
class FindExpression {
public:
    // An error says in words what is wrong and what would be right.
    static base::Result<FindExpression> parse(const QString& text);

    bool isEmpty() const { return found_.empty() && hidden_.empty(); }
    bool finds() const { return !found_.empty() && !hidesFound_; }
    bool hides() const { return !hidden_.empty() || (hidesFound_ && !found_.empty()); }
    FindVerdict judge(const fleet::Agent& agent) const;

    enum class Operator : std::uint8_t { Is, IsNot, Like, NotLike, Above, AtLeast, Below, AtMost };
    struct Field;
    struct Term {
        const Field* field = nullptr;
        Operator is = Operator::Is;
        std::string words; // lower case
        double number = 0;
        bool isUnknown = false; // "?" is what it asks for
    };

private:
    std::vector<Term> found_;
    std::vector<Term> hidden_; // each for itself
    bool hidesFound_ = false;
};

// The fields that can be asked for, by name, for help and completion.
QStringList findFields();

} // namespace signalbox::models
