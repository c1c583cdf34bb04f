// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// Text from peers on its way to a terminal: agents, engines and store are believed, not trusted.
namespace signalbox::ctl {

// Control characters, bidirectional and invisible ones and broken UTF-8 become visible escapes
// (\x1b, \u{202e}), so that no name or reason can move the cursor or hide what stands beside it.
std::string safeText(std::string_view peerText);

// Columns that a terminal gives to text that is safe already: 2 for wide characters, 0 for marks.
std::size_t columnsOf(std::string_view safe);

// At most `columns` wide; what was cut ends in an ellipsis.
std::string cutTo(std::string_view safe, std::size_t columns);

enum class Align { Left, Right };
// Exactly `columns` wide: cut, or padded with blanks.
std::string fitTo(std::string_view safe, std::size_t columns, Align align = Align::Left);

} // namespace signalbox::ctl
