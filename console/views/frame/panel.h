// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>
#include <QString>

class QHBoxLayout;
class QLabel;
class QVBoxLayout;

namespace signalbox::views {

// A framed field with a head: title, a dim hint beside it, a key at the right.
// Lives on: gui thread.
class Panel final : public QFrame {
    Q_OBJECT
public:
    Panel(const QString& title, QWidget* parent = nullptr);

    void setTitle(const QString& title);
    void setHint(const QString& hint);
    void setKeyHint(const QString& keys); // "g a"
    QHBoxLayout* head() const { return head_; } // for further widgets at its right
    QVBoxLayout* body() const { return body_; }

protected:
    void paintEvent(QPaintEvent* event) override; // the line under the head

private:
    QLabel* title_;
    QLabel* hint_;
    QLabel* key_;
    QHBoxLayout* head_;
    QVBoxLayout* body_;
};

// Peer text, or any other, as it is: never rich, cut with an ellipsis where there is no room.
QLabel* plainLabel(const QString& text, const char* role = nullptr, QWidget* parent = nullptr);

} // namespace signalbox::views
