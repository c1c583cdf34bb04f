// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>
#include <QPointer>

class QTextBrowser;

namespace signalbox::views {

// F1: a page of the manual, built into the program, over the right of the work area.
// Lives on: gui thread. Esc closes it and gives the focus back.
class ManualPage final : public QFrame {
    Q_OBJECT
public:
    explicit ManualPage(QWidget* parent);
    void open(const QString& page); // "drain"; one that is not there opens the index
    void dismiss();
    QString page() const { return page_; }

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    QTextBrowser* text_;
    QString page_;
    QPointer<QWidget> focusBefore_;
};

} // namespace signalbox::views
