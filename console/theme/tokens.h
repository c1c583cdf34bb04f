// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>

#include <array>
#include <cstdint>

namespace signalbox::theme {

enum class Scheme : std::uint8_t { Light, Dark, HighContrast };

// How an alarm's shape is filled. Pattern: without colour, by hatch.
enum class AlarmFill : std::uint8_t { Colour, Pattern };

// Every colour of the console. Grey is normal; p1, p2, p3 and deliberate are the only others, and
// text is never in one of these: colour lives in badges, plates, outlines and one cursor.
struct Tokens {
    QColor canvas; // ground of the work area
    QColor surface; // panel
    QColor sunken; // title, navigation, groups, fields
    QColor raised; // button, hover
    QColor sel; // selected row
    QColor line; // hairline
    QColor line2; // border of a control
    QColor outline; // outline of a node
    QColor edgePen; // edge of traffic, opaque
    QColor ink; // text, anything abnormal, focus
    QColor ink2; // secondary text, abnormal never
    QColor ink3; // hints, axes
    QColor inkSolid; // ink that stays while the rest is one step down (link lost)
    QColor normal; // fill of equipment in its normal state
    QColor track; // analogue bar
    QColor band; // normal range
    QColor trace; // a series inside its band
    QColor cell; // instance cell
    QColor cellOn; // its load
    std::array<QColor, 5> heat; // heat field, from idle to full
    QColor p1;
    QColor p2;
    QColor p3;
    QColor deliberate; // drain, maintenance, off, shelved, replay
    QColor p1On; // digits and glyphs on them
    QColor p2On;
    QColor p3On;
    QColor deliberateOn;
    QColor edge; // outline round a badge where its fill alone would be too faint
    double edgeWidth = 0; // 0 = none
    QColor hollow; // inside of an acknowledged badge
    AlarmFill alarmFill = AlarmFill::Colour;
};

const Tokens& tokensOf(Scheme scheme);
// The same with all ink one step greyer, for content that is kept while the link is lost.
Tokens oneStepDown(const Tokens& tokens);

} // namespace signalbox::theme
