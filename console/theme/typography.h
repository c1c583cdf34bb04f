// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFont>

#include <cstdint>

namespace signalbox::theme {

enum class TextStyle : std::uint8_t {
    Caption, // 11/16: axis, head of a table, hint, key
    Base, // 12/16
    Name, // 14/16, semibold: name of an object
    Figure, // 16/20, semibold: the figure of a tile
    Title, // 16/20, semibold: title of a screen
    Answer, // 20/24, semibold: the one answer of a page
    AnswerLarge, // 24/32, semibold
    Mono, // 11/16: ids of requests, diffs, commands
    BadgeDigit, // 11, bold
};

enum class TextWeight : std::uint8_t { Regular, Medium, SemiBold, Bold };

// The house font at the style's size and its own weight; figures are all of one width.
QFont fontFor(TextStyle style);
QFont fontFor(TextStyle style, TextWeight weight);
// The same at another size, for marks that are drawn larger or smaller than usual.
QFont fontFor(TextStyle style, TextWeight weight, int pixelSize);
int lineHeightOf(TextStyle style);
int pixelSizeOf(TextStyle style);

// Reads the fonts that are built in, once a process, after QGuiApplication is there; applyTheme
// calls it. False when one of them is missing: then the desktop's are used.
bool loadFonts();

} // namespace signalbox::theme
