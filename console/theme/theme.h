// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/theme/tokens.h"

namespace signalbox::theme {

// Which tokens are in force. Painters take their Tokens as an argument; widgets ask here, in
// paintEvent, and repaint on QEvent::PaletteChange and StyleChange, which applyTheme sends.
// Lives on: gui thread.
class Theme {
public:
    static Theme& current()
    {
        static Theme theme;
        return theme;
    }

    Scheme scheme() const { return scheme_; }
    const Tokens& tokens() const { return tokensOf(scheme_); }
    const Tokens& offlineTokens() const { return offline_; } // ink one step down
    // Grows with every change; what is cached from tokens is made again when it differs.
    unsigned generation() const { return generation_; }
    // The value only; applyTheme also tells the widgets.
    void setScheme(Scheme scheme)
    {
        if (scheme == scheme_)
            return;
        scheme_ = scheme;
        offline_ = oneStepDown(tokensOf(scheme));
        ++generation_;
    }

private:
    Scheme scheme_ = Scheme::Dark;
    Tokens offline_ = oneStepDown(tokensOf(Scheme::Dark));
    unsigned generation_ = 0;
};

inline const Tokens& tokens()
{
    return Theme::current().tokens();
}

} // namespace signalbox::theme
