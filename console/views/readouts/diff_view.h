// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/edit_words.h"

#include <QWidget>

#include <vector>

namespace signalbox::views {

// What an edit changes in the policy: each object, then its fields before and after.
// Lives on: gui thread.
class DiffView final : public QWidget {
    Q_OBJECT
public:
    explicit DiffView(QWidget* parent = nullptr);

    void setDiff(const std::vector<model::DiffLine>& diff);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {200, sizeHint().height()}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    std::vector<models::DiffRow> rows_;
};

} // namespace signalbox::views
