// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/views/frame/session.h"

#include <QFrame>

class QLabel;
class QPushButton;
class QVBoxLayout;

namespace signalbox::views {

class DiffView;
class RowsView;

// One audit record: who and why, what changed, what the preview said, where it stands in the chain,
// and the way back.
// Lives on: gui thread. Owned by the audit screen.
class RecordPane final : public QFrame {
    Q_OBJECT
public:
    explicit RecordPane(Session& session, QWidget* parent = nullptr);

    // nextHash: what the record after it says this one's hash is; empty = not known.
    void show(const model::AuditRecord& record, const std::string& nextHash);
    void showNothing();

Q_SIGNALS:
    void undoRequested();

private:
    void makeContent();
    QVBoxLayout* addSection(QVBoxLayout* into, const QString& title);
    void showWho(const model::AuditRecord& record);

    Session& session_;
    QLabel* title_;
    QLabel* revision_;
    QWidget* content_;
    QLabel* what_;
    RowsView* who_;
    DiffView* diff_;
    QWidget* previewed_ = nullptr;
    RowsView* survivors_;
    QLabel* hashes_;
    QPushButton* undo_;
};

} // namespace signalbox::views
