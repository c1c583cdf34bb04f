// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <string_view>

// Text of agents, engines and operators on its way to the screen: believed, not trusted.
namespace signalbox::text {

inline constexpr int kNameCharacters = 128; // ids, names
inline constexpr int kReasonCharacters = 512; // reasons, causes

// UTF-8 of a peer, made safe: control characters, line breaks, bidirectional overrides and
// invisible characters become U+FFFD, so that no name can reorder or hide what stands beside it;
// at most `characters` are kept, and what was cut ends in an ellipsis. Shown as plain text only.
QString plainText(std::string_view peerText, int characters = kNameCharacters);
QString plainText(const QString& peerText, int characters = kNameCharacters);

// For the few places that show rich text (tool tips): plainText with &, <, > and quotes escaped.
QString escapedText(std::string_view peerText, int characters = kReasonCharacters);

} // namespace signalbox::text
