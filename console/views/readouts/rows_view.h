// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/theme/bars.h"
#include "shared/model/health.h"

#include <QString>
#include <QWidget>

#include <cstdint>
#include <optional>
#include <vector>

namespace signalbox::views {

struct RowsColumn {
    enum class Align : std::uint8_t { Left, Right };
    QString title;
    int width = 0; // at least; what is left over is shared by weight
    int weight = 0;
    Align align = Align::Left;
};

struct RowsCell {
    enum class Tone : std::uint8_t { Plain, Dim, Strong };
    enum class Mark : std::uint8_t { None, Check, Cross, Pending };
    QString text; // safe to show
    Tone tone = Tone::Plain;
    Mark mark = Mark::None;
    std::optional<theme::BarReading> bar = {}; // left of the text
    std::optional<model::Freshness> freshness = {}; // instead of the text
};

struct RowsRow {
    enum class Kind : std::uint8_t { Plain, Sum };
    std::vector<RowsCell> cells;
    Kind kind = Kind::Plain;
};

// A short table without a model: painted at once, read and never edited. For lists whose length has
// a limit of its own.
// Lives on: gui thread.
class RowsView final : public QWidget {
    Q_OBJECT
public:
    RowsView(const QString& accessibleName, std::vector<RowsColumn> columns,
             QWidget* parent = nullptr);

    enum class Head : std::uint8_t { Shown, Hidden };
    void setHead(Head head);
    void setRows(std::vector<RowsRow> rows);
    const std::vector<RowsRow>& rows() const { return rows_; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    int headHeight() const;
    std::vector<int> lefts() const; // of the columns, and the right end of the last
    void paintHead(QPainter& painter, const std::vector<int>& lefts) const;
    void paintRow(QPainter& painter, const RowsRow& row, int top,
                  const std::vector<int>& lefts) const;
    void paintCell(QPainter& painter, const RowsCell& cell, RowsColumn::Align align,
                   QRect box) const;
    void describe();

    std::vector<RowsColumn> columns_;
    Head head_ = Head::Shown;
    std::vector<RowsRow> rows_;
};

} // namespace signalbox::views
