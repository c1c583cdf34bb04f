// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/app/deep_link.h"
#include "console/app/docks.h"
#include "console/app/fleet_session.h"
#include "console/app/options.h"
#include "console/app/settings.h"
#include "console/views/frame/screen.h"

#include <QMainWindow>

#include <map>
#include <memory>
#include <vector>

namespace signalbox::views {
class CommandPalette;
class CommandSheet;
class ConnectPage;
class KeysPage;
class ManualPage;
class Navigation;
class StatusStrip;
class TitleBar;
class WorkArea;
struct PaletteEntry;
} // namespace signalbox::views

namespace signalbox::app {

class Lesson;

// One window on one fleet, or on the page that asks for one. It owns the session and puts screens,
// docks, sheet and palette together; what any of them shows is theirs.
// Lives on: gui thread. Closing it ends the program.
class MainWindow final : public QMainWindow {
    Q_OBJECT
public:
    MainWindow(const base::Clock& clock, Settings& settings, ConsoleOptions options);
    ~MainWindow() override;

    // An error is shown on the connect page, and returned.
    base::Status connectTo(const link::LinkOptions& link, const QString& label);
    void showConnectPage();
    void openScreen(const QString& name);
    void openObject(const views::ObjectRef& object); // its detail
    void openLink(const DeepLink& link);
    DeepLink link() const; // of what is shown now
    FleetSession* session() { return session_.get(); }
    views::Screen* screen(const QString& name) const; // null = there is none
    views::Screen* currentScreen() const;

protected:
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void closeEvent(QCloseEvent* event) override;

private:
    struct Place { // where the operator was
        QString screen;
        views::ObjectRef object;
    };
    void makeFrame();
    void makeActions();
    void makeScreenActions();
    void makeActActions();
    void makeViewActions();
    void endSession();
    void showSession();
    void connectScreen(views::Screen* screen);
    void yieldKeysTo(const views::Screen& screen);
    void request(views::Act act, const std::vector<views::ObjectRef>& objects);
    void requestForSelection(views::Act act);
    void goBack();
    void escape();
    void openPalette();
    void openKeys();
    void openManual();
    void switchScheme();
    void toggleFreeze();
    void toggleTimeline();
    void toggleInspector();
    void focusPane(int step);
    std::vector<views::PaletteEntry> paletteEntries();
    void fleetsChanged();
    void rememberFleet();
    void restoreScreens();
    void saveScreen(views::Screen* screen);
    void modeChanged();
    void paceChanged();

    const base::Clock& clock_;
    Settings& settings_;
    ConsoleOptions options_;
    QString label_;
    views::TimeDisplay time_;
    views::TitleBar* title_ = nullptr;
    views::StatusStrip* strip_ = nullptr;
    views::Navigation* navigation_ = nullptr;
    views::WorkArea* work_ = nullptr;
    views::ConnectPage* connectPage_ = nullptr;
    views::CommandPalette* palette_ = nullptr;
    views::KeysPage* keys_ = nullptr;
    views::ManualPage* manual_ = nullptr;
    QList<QAction*> acts_; // keys of the verbs
    std::unique_ptr<FleetSession> session_;
    std::unique_ptr<Lesson> lesson_; // while the connect page is shown
    std::vector<views::Screen*> screens_;
    Docks docks_; // of the session
    std::vector<QDockWidget*> docksAside_; // hidden while the connect page is shown
    views::CommandSheet* sheet_ = nullptr; // child of the work area, of the session
    std::vector<Place> places_; // behind this one, at most limits::kPlacesRemembered
    bool isRestored_ = false; // screens are as they were left
    int agentsRemembered_ = -1; // as the settings have it; -1 = not yet
    QTimer modeTick_;
};

} // namespace signalbox::app
