// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/views/shell/palette_index.h"

#include <QFrame>
#include <QPointer>

class QLineEdit;
class QListWidget;

namespace signalbox::views {

// Ctrl+K: one field that finds screens, objects and actions. Choosing goes there or opens a
// preview; nothing is ever done from here.
// Lives on: gui thread. A child of the window, over the work area; Esc gives the focus back.
class CommandPalette final : public QFrame {
    Q_OBJECT
public:
    explicit CommandPalette(QWidget* parent);

    void open(std::vector<PaletteEntry> entries);
    void dismiss();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void search();
    void choose();
    void place();

    PaletteIndex index_;
    std::vector<int> found_;
    QLineEdit* field_;
    QListWidget* list_;
    QPointer<QWidget> focusBefore_;
};

} // namespace signalbox::views
