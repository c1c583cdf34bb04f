// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/app/screens.h"

#include "console/views/audit/audit_screen.h"
#include "console/views/instance_detail/instance_detail_screen.h"
#include "console/views/instances/instances_screen.h"
#include "console/views/overview/overview_screen.h"
#include "console/views/topology/topology_screen.h"

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

std::vector<views::Screen*> makeScreens(views::Session& session, QWidget* parent)
{
    return {new overview::OverviewScreen(session, parent),
            new topology::TopologyScreen(session, parent),
            new views::InstancesScreen(session, parent), new views::AuditScreen(session, parent),
            new views::InstanceDetailScreen(session, parent)};
}

bool showDetail(views::Screen& screen, const views::ObjectRef& object)
{
    auto* detail = qobject_cast<views::InstanceDetailScreen*>(&screen);
    if (!detail || object.kind != views::ObjectKind::Agent)
        return false;
    detail->showAgent(object);
    return true;
}

} // namespace signalbox::app
