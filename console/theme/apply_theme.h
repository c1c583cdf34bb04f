// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/theme/tokens.h"

#include <QPalette>
#include <QString>

class QApplication;

namespace signalbox::theme {

// Everything that makes two machines paint the same pixels: fonts, style, palette, one style sheet,
// a cursor that does not blink, figures of locale C. Called at start and again for another scheme;
// widgets then get QEvent::PaletteChange and StyleChange. Gui thread.
void applyTheme(QApplication& application, Scheme scheme);

QPalette paletteOf(const Tokens& tokens);

// Frames, padding and corners only. Tables get no border or background from it: Qt then gives up
// scrolling by copying, and a row costs ten times as much.
//
// Dynamic properties that it knows, set before a widget is first shown:
//   QPushButton  "role" = "go" (the one that decides) | "flat" | "tall" | "goTall"
//                         | "key" (a button that is one letter)
//   QFrame       "role" = "panel" | "sunken" | "strip" | "raised" | "sheet" | "palette"
//                         | "hairline"
//   QLabel       "role" = "dim" | "faint" | "caption" | "captionFaint" | "strong" | "name"
//                         | "title" | "figure" | "answer" | "answerLarge" | "mono" | "key" | "prod"
//                         | "chip"
QString styleSheetOf(const Tokens& tokens);

} // namespace signalbox::theme
