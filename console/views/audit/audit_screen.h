// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/audit_model.h"
#include "console/views/frame/screen.h"

#include <cstdint>

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QTableView;

namespace signalbox::views {

class RecordPane;
class StatePage;

// Who changed what, when and why, and the way back.
// Lives on: gui thread. Owned by the window.
class AuditScreen final : public Screen {
    Q_OBJECT
public:
    explicit AuditScreen(Session& session, QWidget* parent = nullptr);

    QString title() const override { return tr("Audit"); }
    QMap<QString, QString> stateMap() const override;
    void restore(const QMap<QString, QString>& state) override;
    void focusFilter() override;
    bool escape() override;
    void shown() override;

    // The records that the filter leaves, as CSV or JSON by the end of the name. False = it could
    // not be written, and the screen says why.
    bool exportTo(const QString& path);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    QWidget* makeHead();
    void makeTable();
    void makeActions();
    void addKey(const QString& text, const QKeySequence& key, void (AuditScreen::*act)());
    void requestUndo();
    void chooseExport();
    void clearFilter();
    void filterChanged();
    void refreshChoices();
    void refreshState();
    void showCurrent();
    void selectionMoved();
    std::uint64_t currentNumber() const; // 0 = none

    models::AuditModel* model_;
    models::AuditFilter* filter_;
    QLineEdit* search_ = nullptr;
    QComboBox* verbs_ = nullptr;
    QComboBox* people_ = nullptr;
    QPushButton* clear_ = nullptr;
    QPushButton* export_ = nullptr;
    QTableView* table_;
    StatePage* state_;
    RecordPane* pane_;
    QLabel* chain_;
    QLabel* counts_;
    bool isPlacing_ = false; // the current row is set by the screen
    std::uint64_t pickedNumber_ = 0; // kept by number while rows come and go
};

} // namespace signalbox::views
