// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/frame/screen.h"

namespace signalbox::views {

Screen::Screen(Session& session, const QString& name, QWidget* parent)
    : QWidget(parent), session_(session), name_(name)
{
    setObjectName(name);
    setFocusPolicy(Qt::StrongFocus);
}

} // namespace signalbox::views
