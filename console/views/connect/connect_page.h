// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QWidget>

#include <cstdint>
#include <vector>

class QLabel;
class QLineEdit;
class QPushButton;
class QVBoxLayout;

namespace signalbox::views {

struct FleetCard {
    QString name;
    QString label;
    QString address;
    QString detail; // "9 agents"
    QString seen; // "seen today 13:58Z"
};

// How far a fleet of one's own has come, each a fact that was observed.
struct LessonFacts {
    bool isFound = false; // an agent answers at the usual address
    QString found; // "1 gateway, 3 instances, 3 ready"
    std::int64_t requests = 0; // that ended there since this page was opened
    QString serveAddress; // "127.0.0.1:8800", where requests go
    QString model; // that can be asked for
};

// The page without a fleet: those that are known, another address, and the first steps, which go on
// by themselves when their fact is observed.
// Lives on: gui thread.
class ConnectPage final : public QWidget {
    Q_OBJECT
public:
    explicit ConnectPage(QWidget* parent = nullptr);

    void setFleets(const std::vector<FleetCard>& fleets);
    void setLesson(const LessonFacts& facts);
    // What is wrong with the address that was given; empty = nothing.
    void setProblem(const QString& problem);
    void focusFirst();

Q_SIGNALS:
    void connectRequested(const QString& address, const QString& label);
    void forgetRequested(const QString& address);
    void requestWanted(); // "send it for me"

private:
    class Lesson;
    QWidget* makeLeft();
    QWidget* makeRight();
    void addCard(const FleetCard& fleet, int position);

    QVBoxLayout* cards_ = nullptr;
    QWidget* firstTarget_ = nullptr;
    QLineEdit* address_ = nullptr;
    QLineEdit* label_ = nullptr;
    QLabel* problem_ = nullptr;
    std::vector<Lesson*> lessons_;
    QPushButton* send_ = nullptr;
    QPushButton* openOwn_ = nullptr;
};

} // namespace signalbox::views
