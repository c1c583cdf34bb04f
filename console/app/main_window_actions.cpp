// SPDX-License-Identifier: GPL-3.0-or-later
// The keys of the window: each has a name, and `?` and the palette list them all.
#include "console/app/actions.h"
#include "console/app/main_window.h"
#include "console/app/screens.h"
#include "console/views/frame/act_words.h"
#include "console/views/frame/screen.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>

namespace signalbox::app {

void MainWindow::makeActions()
{
    makeAction(*this, tr("Go to, find or act"), {QKeySequence(tr("Ctrl+K")), QKeySequence(tr(":"))},
               tr("Everything by its name"), [this] { openPalette(); });
    makeAction(*this, tr("Filter"), {QKeySequence(tr("/"))}, tr("To the filter of this page"),
               [this] {
                   if (views::Screen* screen = currentScreen())
                       screen->focusFilter();
               });
    makeAction(*this, tr("Keys of this page"), {QKeySequence(tr("?"))}, tr("What works here"),
               [this] { openKeys(); });
    makeAction(*this, tr("Manual"), {QKeySequence(Qt::Key_F1)}, tr("The page of the manual"),
               [this] { openManual(); });
    makeAction(*this, tr("Up, or clear"), {QKeySequence(Qt::Key_Escape)},
               tr("Clears the filter, or goes one level up"), [this] { escape(); });
    makeAction(*this, tr("Back"), {QKeySequence(tr("Alt+Left"))}, tr("Where you were before"),
               [this] { goBack(); });
    makeAction(*this, tr("Copy link"), {QKeySequence(tr("Ctrl+L"))},
               tr("Copies a link to what is shown"),
               [this] { QApplication::clipboard()->setText(textOf(link())); });
    makeAction(*this, tr("Fleets"), {QKeySequence(tr("Ctrl+O"))}, tr("Connect to another fleet"),
               [this] { showConnectPage(); });
    makeAction(*this, tr("Quit"), {QKeySequence(tr("Ctrl+Q"))},
               tr("Ends the console, nothing else"), [this] { close(); });
    makeScreenActions();
    makeViewActions();
    makeActActions();
}

void MainWindow::makeScreenActions()
{
    int number = 0;
    for (const views::NavigationEntry& entry : navigationEntries()) {
        const QString letter = entry.keys.right(1).toUpper();
        makeAction(*this, entry.title,
                   {QKeySequence(QStringLiteral("G, ") + letter),
                    QKeySequence(QStringLiteral("Ctrl+%1").arg(++number))},
                   tr("To %1").arg(entry.title), [this, name = entry.screen] { openScreen(name); });
    }
}

void MainWindow::makeViewActions()
{
    makeAction(*this, tr("Freeze or go on"),
               {QKeySequence(Qt::Key_Pause), QKeySequence(tr("Ctrl+Space"))},
               tr("Freezes what is shown; the fleet is heard on"), [this] { toggleFreeze(); });
    makeAction(*this, tr("Back to live"), {QKeySequence(tr("Shift+L"))},
               tr("To the fleet as it is"), [this] {
                   if (session_)
                       session_->goLive();
               });
    makeAction(*this, tr("UTC, local or relative"), {QKeySequence(tr("Ctrl+Shift+U"))},
               tr("The next way to write moments"), [this] {
                   time_.setStyle(
                       static_cast<views::TimeStyle>((static_cast<int>(time_.style()) + 1) % 3));
               });
    makeAction(*this, tr("Theme"), {QKeySequence(tr("Ctrl+Shift+T"))}, tr("Dark, light, contrast"),
               [this] { switchScheme(); });
    makeAction(*this, tr("Ask anew"), {QKeySequence(Qt::Key_F5)},
               tr("Policy and audit; not needed"), [this] {
                   if (session_)
                       session_->link().refreshPolicy();
               });
    makeAction(*this, tr("Timeline"), {QKeySequence(Qt::Key_F8)}, tr("Folds or opens the timeline"),
               [this] { toggleTimeline(); });
    makeAction(*this, tr("Inspector"), {QKeySequence(Qt::Key_F9)},
               tr("Hides or shows the Inspector"), [this] { toggleInspector(); });
    makeAction(*this, tr("Next pane"), {QKeySequence(Qt::Key_F6)}, tr("Focus to the next pane"),
               [this] { focusPane(1); });
    makeAction(*this, tr("Previous pane"), {QKeySequence(tr("Shift+F6"))},
               tr("Focus to the previous pane"), [this] { focusPane(-1); });
}

void MainWindow::makeActActions()
{
    for (const views::ActWords& words : views::actWords()) {
        if (!words.key.isEmpty())
            acts_ += makeAction(*this, words.name, {words.key}, words.toolTip,
                                [this, act = words.act] { requestForSelection(act); });
    }
}

} // namespace signalbox::app
