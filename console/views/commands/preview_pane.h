// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/command/command_desk.h"

#include <QWidget>

class QFrame;
class QHBoxLayout;
class QLabel;
class QPushButton;
class QVBoxLayout;

namespace signalbox::views {

class DiffView;
class Figures;
class RowsView;

// What would come of a change, always in the same order: what must be known first, figures, proof
// of the standby, who is left, the change itself, warnings. While a newer answer is awaited, the
// last one stays, greyed.
// Lives on: gui thread. Owned by the sheet.
class PreviewPane final : public QWidget {
    Q_OBJECT
public:
    explicit PreviewPane(QWidget* parent = nullptr);

    void show(const command::CommandDesk& desk);

Q_SIGNALS:
    void changeAccepted();

private:
    void makeBanner();
    void makeContent();
    QHBoxLayout* makeHalves();
    QWidget* makeSection(QVBoxLayout* into, const QString& title, QLabel** hint);
    void showBanner(const command::CommandDesk& desk);
    void showPreview(const model::Preview& preview);
    void showFigures(const model::Preview& preview);
    void showProofs(const model::Preview& preview);
    void showSurvivors(const model::Preview& preview);
    void showWarnings(const model::Preview& preview);

    QWidget* bannerPlace_;
    QFrame* banner_;
    QLabel* bannerText_;
    QPushButton* accept_;
    QWidget* content_;
    Figures* figures_;
    QWidget* proofSection_ = nullptr;
    QLabel* proofTitle_ = nullptr;
    RowsView* proofs_;
    QWidget* survivorSection_ = nullptr;
    RowsView* survivors_;
    QFrame* line_ = nullptr; // between them and the change
    QLabel* changeHint_ = nullptr;
    DiffView* diff_;
    QLabel* altered_;
    QLabel* refusal_;
    QVBoxLayout* warnings_;
};

} // namespace signalbox::views
