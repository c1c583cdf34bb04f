// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <cstdint>
#include <optional>

// Figures as people read them, the same in every language: right-aligned, three significant digits,
// the unit after a space or in the head. "?" is unknown, "-" does not apply; never a blank.
namespace signalbox::text {

QString unknownText(); // "?"
QString notApplicableText(); // "-"

// Three digits: 0.00, 3.10, 38.6, 569, 3.55k, 225k, 3.10M.
QString rateText(std::optional<double> value);
// What is counted: whole with a comma up to 99,999, then 124k, 3.10M.
QString countText(std::optional<std::int64_t> value);
QString wholeText(std::optional<double> value); // the same, of a number that came as a fraction
// Share 0 to 1: "43 %", "3.1 %", "0.42 %"; what is not all never reads "100 %".
QString percentText(std::optional<double> share);
QString millisecondsText(std::optional<double> ms); // "1.4 ms", "412 ms", "1.24 s"
QString bytesText(std::optional<double> bytes); // "512 B", "1.5 KiB", "80.0 GiB"
// "840 ms", "6.4 s", "41 s", "3 min 12 s", "2 h 25 min", "12 d 4 h". Below 0 is unknown.
QString durationText(std::optional<std::int64_t> ms);
// The age of a fact, short: "0.4 s", "12 s", "3 min", "2 h", "5 d".
QString ageText(std::optional<std::int64_t> ms);
QString timeText(std::int64_t unixMs); // "14:07:31Z"; 0 or less is unknown
QString dateTimeText(std::int64_t unixMs); // "2026-03-02 14:07:31Z"
QString rangeText(const QString& low, const QString& high); // "446 to 568"
QString ofText(std::int64_t part, std::int64_t whole); // "21 of 24"

// Cut in the middle, because ids differ at both ends: "chat-70b…b02-2". At most `characters` long.
QString cutMiddle(const QString& id, int characters);

} // namespace signalbox::text
