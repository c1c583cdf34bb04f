// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/lists/pool_tiles.h"
#include "console/views/frame/session.h"
#include "console/views/overview/tile_painter.h"

#include <QWidget>

#include <vector>

namespace signalbox::overview {

enum class TilesShown : std::uint8_t { All, Abnormal };

// A tile for the gateways and for each pool, by name, in the richest form that fits: never a
// scroll bar, never a pool left out. Arrow keys walk, Enter opens.
// Lives on: gui thread. Owned by the overview.
class PoolGrid final : public QWidget {
    Q_OBJECT
public:
    static constexpr int kMostTiles = 61; // 60 pools and the gateways; more are heat cells

    PoolGrid(views::Session& session, QWidget* parent = nullptr);

    void setShown(TilesShown shown);
    TilesShown shown() const { return shown_; }
    // What it takes of at most `mostHeight` at that width.
    int heightFor(int width, int mostHeight) const;
    TileForm form() const { return form_; }
    int tileCount() const { return static_cast<int>(tiles_.size()); } // shown
    int poolCount() const { return total_; } // gateways included
    const lists::PoolTile* current() const; // null: nothing is shown
    QRect tileBox(int index) const;
    void refresh();

Q_SIGNALS:
    void opened(const std::string& pool); // empty: the gateways
    void countsChanged();

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    bool event(QEvent* event) override;

private:
    TileForm formFor(int width, int height) const;
    int columns(TileForm form, int width) const;
    void setCurrent(int index);
    int indexAt(const QPoint& place) const;
    void tellCurrent();

    views::Session& session_;
    lists::PoolTiles source_;
    std::vector<lists::PoolTile> tiles_;
    TilesShown shown_ = TilesShown::All;
    TileForm form_ = TileForm::Full;
    int total_ = 0;
    int current_ = 0;
};

} // namespace signalbox::overview
