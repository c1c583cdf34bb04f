// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/command/command_desk.h"
#include "console/views/cards/command_card.h"

#include <QFrame>

#include <vector>

class QHBoxLayout;
class QLabel;
class QLineEdit;
class QPushButton;

namespace signalbox::views {

// The foot of a sheet, where it is decided: what would come of it or why it is off, the cause, the
// name that overrides a refusal, Cancel, and the button that applies. What is typed is the
// operator's: no refresh touches it.
// Lives on: gui thread. Owned by the sheet.
class SheetFoot final : public QFrame {
    Q_OBJECT
public:
    explicit SheetFoot(QWidget* parent = nullptr);

    void begin(const QString& cause); // a new draft; the cause as it was typed before
    void show(const command::CommandDesk& desk, const QString& buttonText);
    void showAge(const command::CommandDesk& desk);
    void setWaysOut(std::vector<WayOut> ways);

    QLineEdit* cause() const { return cause_; }
    QLineEdit* typedName() const { return typedName_; }
    QPushButton* cancel() const { return cancel_; }
    QPushButton* apply() const { return apply_; }

Q_SIGNALS:
    void causeTyped(const QString& cause);
    void nameTyped(const QString& name);
    void cancelled();
    void applyRequested();

private:
    QHBoxLayout* makeLine();
    QHBoxLayout* makeFields();

    QLabel* sentence_;
    QLabel* age_;
    QHBoxLayout* ways_;
    std::vector<WayOut> shownWays_;
    QLineEdit* cause_;
    QLineEdit* typedName_;
    QPushButton* cancel_;
    QPushButton* apply_;
};

} // namespace signalbox::views
