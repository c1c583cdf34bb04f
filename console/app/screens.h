// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/views/frame/screen.h"
#include "console/views/shell/navigation.h"

#include <vector>

namespace signalbox::app {

// The screens that stand in the navigation, in their order.
std::vector<views::NavigationEntry> navigationEntries();

// All screens over one session, those of the navigation first.
std::vector<views::Screen*> makeScreens(views::Session& session, QWidget* parent);

// Of the screen that shows one object: shows this one. False when it is not that screen.
bool showDetail(views::Screen& screen, const views::ObjectRef& object);

} // namespace signalbox::app
