// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/command/command_desk.h"
#include "console/views/cards/command_card.h"

#include <QPointer>
#include <QWidget>

#include <cstdint>
#include <memory>
#include <vector>

class QFrame;
class QLabel;
class QPushButton;
class QScrollArea;
class QStackedWidget;

namespace signalbox::views {

class CoursePane;
class PreviewPane;
class SheetFoot;

// A change, from its parameters to what has come of it, in a sheet over the work area. It is no
// window: strip and timeline stay alive beside it. One is open at a time.
// Lives on: gui thread. A child of the work area, whose size it takes; owned by it.
class CommandSheet final : public QWidget {
    Q_OBJECT
public:
    CommandSheet(Session& session, command::CommandDesk& desk, QWidget* workArea);
    ~CommandSheet() override;

    // False where the act makes no sense for these objects, or while a command is being applied.
    bool open(Act act, const std::vector<ObjectRef>& objects);
    // What has come of a command that is followed; false when it is not.
    bool openFollowed(std::uint64_t auditNumber);
    bool isOpen() const { return isOpen_; }
    // As Esc: without an effect, and the focus goes back to where it was. False while a command is
    // being applied.
    bool leave();

    QString title() const;

Q_SIGNALS:
    void opened();
    void left();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    bool focusNextPrevChild(bool next) override;

private:
    void makeFrame();
    QWidget* makeHead();
    QWidget* makePreparing();
    QWidget* makeCourse();
    void connectAll();
    void setCard(std::unique_ptr<CommandCard> card);
    void showSheet();
    void hideSheet();
    void place();
    void showDraft();
    void showCourse();
    void showAges();
    void toCourse(quint64 auditNumber);
    void undo();

    Session& session_;
    command::CommandDesk& desk_;
    bool isOpen_ = false;
    std::uint64_t course_ = 0; // audit number of the command that is shown; 0 = a draft is
    QPointer<QWidget> opener_; // had the focus
    CommandCard* card_ = nullptr; // owned by cardPlace_

    QFrame* frame_;
    QLabel* title_ = nullptr;
    QLabel* subtitle_ = nullptr;
    QPushButton* close_ = nullptr;
    QStackedWidget* pages_ = nullptr;
    QScrollArea* cardPlace_ = nullptr;
    PreviewPane* preview_ = nullptr;
    SheetFoot* foot_ = nullptr;
    CoursePane* coursePane_ = nullptr;
    QLabel* courseSentence_ = nullptr;
    QPushButton* letGo_ = nullptr;
    QPushButton* undo_ = nullptr;
    QPushButton* leaveCourse_ = nullptr;
};

} // namespace signalbox::views
