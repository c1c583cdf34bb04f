// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/theme/theme.h"

namespace signalbox::theme {

Theme& Theme::current()
{
    static Theme theme;
    return theme;
}

void Theme::setScheme(Scheme scheme)
{
    if (scheme == scheme_)
        return;
    scheme_ = scheme;
    offline_ = oneStepDown(tokensOf(scheme));
    ++generation_;
}

} // namespace signalbox::theme
