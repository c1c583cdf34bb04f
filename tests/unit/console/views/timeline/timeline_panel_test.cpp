// SPDX-License-Identifier: Apache-2.0
#include "console/views/timeline/timeline_panel.h"

#include "tests/support/gui/console_fleet.h"

#include <QAbstractItemModel>
#include <QLabel>
#include <QListView>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

#include <gtest/gtest.h>

#include <algorithm>

namespace signalbox::timeline {
namespace {

using namespace Qt::StringLiterals;
using views::ObjectKind;

class Timeline : public testing::Test {
protected:
    void SetUp() override
    {
        panel.resize(1280, 121);
        panel.show();
        fleet.connect();
        QObject::connect(&panel, &TimelinePanel::actRequested, &panel,
                         [this](views::Act act, const std::vector<views::ObjectRef>& objects) {
                             EXPECT_EQ(act, views::Act::Undo);
                             undone.push_back(objects.front().id);
                         });
    }
    QListView& listNamed(const QString& name)
    {
        const QList<QListView*> lists = panel.findChildren<QListView*>();
        return **std::find_if(lists.begin(), lists.end(), [&](const QListView* list) {
            return list->accessibleName() == name;
        });
    }
    QListView& eventList() { return listNamed(u"Newest events"_s); }
    QListView& undoList() { return listNamed(u"Changes that can be undone"_s); }
    QPushButton* button(const QString& word)
    {
        for (QPushButton* one : panel.findChildren<QPushButton*>()) {
            if (one->text() == word)
                return one;
        }
        return nullptr;
    }

    tests::ConsoleFleet fleet{{.gateways = 1, .pools = 1, .instancesPerPool = 3}};
    TimelinePanel panel{fleet.session()};
    std::vector<std::string> undone;
};

TEST_F(Timeline, FoldsToItsBarAndOpensAgain)
{
    EXPECT_EQ(panel.height(), 121);
    panel.setPanelSize(TimelineSize::Folded);
    EXPECT_EQ(panel.minimumHeight(), 24);
    EXPECT_FALSE(eventList().isVisible());
    QTest::mouseClick(button(u"Open"_s), Qt::LeftButton);
    EXPECT_EQ(panel.panelSize(), TimelineSize::Open);
    EXPECT_TRUE(eventList().isVisible());
}

TEST_F(Timeline, TheNewestEventStandsFirstAndIsCounted)
{
    fleet.killEngine("chat-0");
    fleet.wedgeEngine("chat-1");
    fleet.advance(1);
    ASSERT_EQ(eventList().model()->rowCount(), 2);
    EXPECT_TRUE(eventList().model()->index(0, 0).data().toString().startsWith(u"chat-1: "_s));
    QString counts;
    for (const QLabel* label : panel.findChildren<QLabel*>())
        counts += label->text();
    EXPECT_TRUE(counts.contains(u"3 changes, 3 alarms, 2 events"_s)) << counts.toStdString();
}

TEST_F(Timeline, EnterOnAnEventSelectsItsAgent)
{
    fleet.killEngine("chat-0");
    eventList().setFocus();
    eventList().setCurrentIndex(eventList().model()->index(0, 0));
    QTest::keyClick(&eventList(), Qt::Key_Return);
    if (eventList().hasFocus()) {
        EXPECT_EQ(fleet.selection().current(),
                  (views::ObjectRef{ObjectKind::Agent, "chat-0"}));
    }
}

TEST_F(Timeline, UndoAsksForThePreviewOfWhatStands)
{
    panel.setList(TimelineList::Undo);
    EXPECT_EQ(undoList().currentIndex().row(), 0);
    QTest::keyClick(&undoList(), Qt::Key_Return);
    EXPECT_EQ(undone, std::vector<std::string>{"3"});
    ASSERT_NE(button(u"Undo 419"_s), nullptr);
    QTest::mouseClick(button(u"Undo 419"_s), Qt::LeftButton);
    EXPECT_EQ(undone.size(), 2u);
    EXPECT_TRUE(fleet.port().undos.empty());
}

TEST_F(Timeline, WhatWasUndoneCannotBeUndoneAgain)
{
    panel.setList(TimelineList::Undo);
    QTest::keyClick(&undoList(), Qt::Key_End);
    ASSERT_EQ(undoList().currentIndex().row(), 2);
    ASSERT_NE(button(u"Undo 417"_s), nullptr);
    EXPECT_FALSE(button(u"Undo 417"_s)->isEnabled());
    EXPECT_TRUE(button(u"Undo 417"_s)->toolTip().contains(u"undone by 2"_s));
    QTest::keyClick(&undoList(), Qt::Key_Return);
    EXPECT_TRUE(undone.empty());
}

TEST_F(Timeline, RequestsAreRememberedWhileItIsFolded)
{
    const QImage before = panel.grab().toImage();
    panel.setPanelSize(TimelineSize::Folded);
    fleet.advance(600);
    panel.setPanelSize(TimelineSize::Open);
    fleet.advance(1);
    EXPECT_NE(panel.grab().toImage(), before);
}

} // namespace
} // namespace signalbox::timeline
