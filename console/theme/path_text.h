// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPainterPath>

#include <string_view>

namespace signalbox::theme {

// A path from the letters of SVG path data: M L H V A C S Z, small letters relative. For our own
// drawings, which are constants; reading stops at the first thing that it does not know.
QPainterPath pathFromText(std::string_view text);

} // namespace signalbox::theme
