// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/command/draft.h"
#include "shared/model/command.h"

#include <QString>
#include <QStringList>

#include <cstdint>
#include <string>
#include <vector>

// Commands in words: what is asked for, what it would do, and why it cannot be sent now. Names of
// peers in them are made safe; a new kind of edit is a case in each of the first four.
namespace signalbox::models {

QString verbText(const model::Edit& edit); // "drain", "fail over"
// Verb, count and object: "Drain 3 instances of chat". Also the words of the button that does it.
QString editTitle(const model::Edit& edit);
QString objectsText(const model::Edit& edit); // "chat-0, chat-1 and 3 more"
// What comes of it in one sentence, with the figures of its preview.
QString effectText(const model::Preview& preview);

// A diff as lines: each object once, then what it loses and gets.
struct DiffRow {
    enum class Kind : std::uint8_t { Object, Before, After, More };
    Kind kind = Kind::Object;
    QString text;
};
std::vector<DiffRow> diffRows(const std::vector<model::DiffLine>& diff, int limit);

QString proofText(model::ProofVerdict verdict); // "proven", "not proven"
// A clause: "no cause is given".
QString hindranceText(command::Hindrance hindrance, const model::Preview* preview);
// "Apply is off: the link is lost, and no cause is given."; empty where nothing hinders.
QString hindrancesText(const std::vector<command::Hindrance>& hindrances,
                       const model::Preview* preview);

QString shownName(const std::string& name); // safe and short enough for a line
QString listText(const std::vector<std::string>& names, int shown); // "a, b and 3 more"
QString countedText(std::int64_t count, const QString& one, const QString& many); // "3 streams"

} // namespace signalbox::models
