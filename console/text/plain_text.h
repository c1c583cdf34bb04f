// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/limits.h"

#include <QString>

#include <string_view>

// Text of agents, engines and operators on its way to the screen: believed, not trusted.
namespace signalbox::text {

inline constexpr int kNameCharacters = limits::kShownNameCharacters; // ids, names
inline constexpr int kReasonCharacters = limits::kShownReasonCharacters; // reasons, causes

// A peer's text made safe. Line breaks and tabs become blanks; other control characters,
// bidirectional overrides, invisible characters and heaps of marks become U+FFFD, so that no name
// can reorder or hide what stands beside it. What is longer ends in an ellipsis.
// Shown with Qt::PlainText only.
QString plainText(std::string_view peerText, int characters = kNameCharacters);
QString plainText(const QString& peerText, int characters = kNameCharacters);

// For places that show rich text whatever they are told (tool tips): <, >, &, quotes escaped too.
QString escapedText(std::string_view peerText, int characters = kReasonCharacters);
QString escapedText(const QString& peerText, int characters = kReasonCharacters);

} // namespace signalbox::text
