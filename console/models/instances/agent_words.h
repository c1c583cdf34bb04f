// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/fleet/agent.h"

#include <QString>

// What a person reads about one agent. Text of peers is made safe here.
namespace signalbox::models {

QString alarmWord(model::Priority priority, model::Ack ack); // "P1!", "P1", "(P1)"; none: empty
QString engineName(const std::string& profile); // "vLLM"
QString engineText(const fleet::Agent& agent); // "vLLM 0.19.1"
QString modelText(const fleet::Agent& agent); // "llama-3.1-8b", "llama-3.1-8b and 2 more"
QString hostText(const fleet::Agent& agent); // of the address it serves at; unknown: "?"
QString placeText(const fleet::Agent& agent); // "gpu-b02, eu-1b"

// Why it is not as on a quiet day, in words; empty on a quiet day. The gravest first.
QString reasonText(const fleet::Agent& agent, std::int64_t nowUnixMs);
// Every reason there is, gravest first.
QStringList reasonsOf(const fleet::Agent& agent, std::int64_t nowUnixMs);
// "left 4 min ago: its lease has ended"; of one that left.
QString goneText(const fleet::Agent& agent, std::int64_t nowUnixMs);
// All axes in one breath, for assistive technology: name, alarm, health, admin, freshness.
QString spokenName(const fleet::Agent& agent, std::int64_t nowUnixMs);

} // namespace signalbox::models
