// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/views/inspector/inspected.h"

#include <QWidget>

class QGridLayout;
class QLabel;

namespace signalbox::inspector {

// A titled group of facts, names at the left and values at the right. Rows are kept and only their
// text is changed, so that a reader's selection stays.
// Lives on: gui thread. Owned by the panel.
class FactTable final : public QWidget {
    Q_OBJECT
public:
    FactTable(QWidget* parent = nullptr);
    void setGroup(const FactGroup& group);

private:
    struct Row {
        QLabel* name = nullptr;
        QLabel* value = nullptr;
    };
    QLabel* title_;
    QGridLayout* grid_;
    std::vector<Row> rows_;
};

} // namespace signalbox::inspector
