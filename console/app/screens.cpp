// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/app/screens.h"

#include <QCoreApplication>

namespace signalbox::app {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("Screens", text);
}

} // namespace

std::vector<views::NavigationEntry> navigationEntries()
{
    using theme::Icon;
    return {{QStringLiteral("overview"), tr("Overview"), QStringLiteral("g o"), Icon::Overview},
            {QStringLiteral("topology"), tr("Topology"), QStringLiteral("g t"), Icon::Topology},
            {QStringLiteral("instances"), tr("Instances"), QStringLiteral("g i"), Icon::Instances},
            {QStringLiteral("audit"), tr("Audit"), QStringLiteral("g u"), Icon::Audit}};
}

std::vector<views::Screen*> makeScreens(views::Session&, QWidget*)
{
    return {};
}

} // namespace signalbox::app
