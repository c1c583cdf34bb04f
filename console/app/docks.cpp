// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/app/docks.h"

#include "console/theme/metrics.h"
#include "console/views/frame/panel.h"
#include "console/views/inspector/inspector_panel.h"
#include "console/views/timeline/timeline_panel.h"

#include <QCoreApplication>
#include <QDockWidget>
#include <QHBoxLayout>
#include <QLabel>

namespace signalbox::app {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("Docks", text);
}

QWidget* makeHead(const QString& title, QWidget* parent)
{
    auto* head = new QFrame(parent);
    head->setProperty("role", QLatin1String("strip"));
    head->setAttribute(Qt::WA_StyledBackground);
    head->setFixedHeight(theme::kDockHeadHeight);
    auto* row = new QHBoxLayout(head);
    row->setContentsMargins(theme::kPadding, 0, theme::kPadding, 0);
    row->addStrut(theme::kDockHeadHeight); // a dock goes by the hint of its title, not by its size
    row->addWidget(views::plainLabel(title, "strong", head));
    row->addStretch(1);
    row->addWidget(views::plainLabel(tr("F9"), "captionFaint", head));
    return head;
}

QDockWidget* makeDock(QMainWindow& window, const QString& title, const char* name,
                      QWidget* content, QWidget* head)
{
    auto* dock = new QDockWidget(title, &window);
    dock->setObjectName(QLatin1String(name));
    dock->setAccessibleName(title);
    dock->setFeatures(QDockWidget::DockWidgetClosable);
    dock->setTitleBarWidget(head);
    dock->setWidget(content);
    return dock;
}

} // namespace

Docks makeDocks(QMainWindow& window, views::Session& session)
{
    Docks docks;
    docks.inspector = new inspector::InspectorPanel(session);
    docks.inspectorDock = makeDock(window, tr("Inspector"), "inspector", docks.inspector,
                                   makeHead(tr("Inspector"), &window));
    docks.timeline = new timeline::TimelinePanel(session);
    docks.timelineDock = makeDock(window, tr("Timeline"), "timeline", docks.timeline,
                                  new QWidget(&window)); // the panel has a bar of its own
    window.setCorner(Qt::BottomRightCorner, Qt::BottomDockWidgetArea);
    window.setCorner(Qt::BottomLeftCorner, Qt::BottomDockWidgetArea);
    window.addDockWidget(Qt::RightDockWidgetArea, docks.inspectorDock);
    window.addDockWidget(Qt::BottomDockWidgetArea, docks.timelineDock);
    fitInspector(docks, window.width());
    return docks;
}

void fitInspector(const Docks& docks, int windowWidth)
{
    if (docks.inspector)
        docks.inspector->setFixedWidth(windowWidth < theme::kWideWindow
                                           ? theme::kInspectorNarrowWidth
                                           : theme::kInspectorWidth);
}

} // namespace signalbox::app
