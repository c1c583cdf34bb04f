// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/views/inspector/inspected.h"

#include <QWidget>

#include <vector>

class QGridLayout;
class QLabel;
class QPushButton;
class QVBoxLayout;

namespace signalbox::inspector {

class FactTable;
class HeadMarks;

// What is selected, the same on every screen: what it is, why it is so, what to do, its readings,
// and at the foot what can be done to it. Buttons open a preview; none acts by itself.
// Lives on: gui thread. Owned by the window.
class InspectorPanel final : public QWidget {
    Q_OBJECT
public:
    InspectorPanel(views::Session& session, QWidget* parent = nullptr);

    const Inspected& shown() const { return shown_; }

Q_SIGNALS:
    void actRequested(signalbox::views::Act act,
                      const std::vector<signalbox::views::ObjectRef>& objects);

protected:
    void showEvent(QShowEvent* event) override;

private:
    void buildHead(QVBoxLayout* column);
    void buildFoot(QVBoxLayout* column);
    void refresh();
    void tellHead();
    void tellWhy();
    void tellGroups();
    void tellOffers();

    views::Session& session_;
    Inspected shown_;
    bool isTold_ = false; // something has been shown
    HeadMarks* marks_;
    QLabel* title_;
    QLabel* state_;
    QLabel* nothing_;
    QWidget* whyBox_;
    QLabel* why_;
    QLabel* meaning_;
    QWidget* stepsBox_;
    QLabel* steps_;
    QVBoxLayout* groups_;
    std::vector<FactTable*> groupBoxes_; // kept and filled anew
    QWidget* foot_;
    QGridLayout* offers_;
    std::vector<QPushButton*> buttons_;
};

} // namespace signalbox::inspector
