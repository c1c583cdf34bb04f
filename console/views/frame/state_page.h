// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStackedWidget>
#include <QString>

#include <functional>

class QLabel;
class QPushButton;

namespace signalbox::views {

// Content, or why there is none: still loading, nothing there yet, or all of it filtered away. One
// look for every screen and panel.
// Lives on: gui thread.
class StatePage final : public QStackedWidget {
    Q_OBJECT
public:
    StatePage(QWidget* content, QWidget* parent = nullptr);

    void showContent();
    void showLoading(const QString& what); // "3 of 5 agents"
    // What would stand here, and the one command that makes the first of it (may be empty).
    void showEmpty(const QString& sentence, const QString& command);
    void showFilteredEmpty(const QString& sentence); // "0 of 412, filter: model=x"
    bool isContent() const;

Q_SIGNALS:
    void clearFilterRequested();

private:
    void showReason(const QString& headline, const QString& sentence);

    QWidget* content_;
    QWidget* reason_;
    QLabel* headline_;
    QLabel* sentence_;
    QLabel* command_;
    QPushButton* clear_;
};

} // namespace signalbox::views
