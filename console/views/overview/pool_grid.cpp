// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/overview/pool_grid.h"

#include "console/theme/metrics.h"
#include "console/views/frame/painting.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <utility>

namespace signalbox::overview {

namespace {

constexpr int kWidestTile = 360; // one pool alone does not need the whole width

} // namespace

PoolGrid::PoolGrid(views::Session& session, QWidget* parent)
    : QWidget(parent), session_(session), source_(session.store)
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAccessibleName(tr("Pools"));
    setToolTip(tr("Arrow keys move, Enter opens, e shows only what is abnormal"));
}

void PoolGrid::refresh()
{
    std::vector<lists::PoolTile> tiles = source_.tiles();
    const int total = static_cast<int>(tiles.size());
    if (shown_ == TilesShown::Abnormal)
        std::erase_if(tiles, [](const lists::PoolTile& tile) { return !tile.isAbnormal; });
    const bool isMoved = tiles.size() != tiles_.size() || total != total_;
    const std::string pool = current() ? current()->pool : std::string();
    const std::vector<lists::PoolTile> before = std::exchange(tiles_, std::move(tiles));
    total_ = total;
    form_ = formFor(width(), height());
    if (isMoved) {
        const auto found = std::find_if(tiles_.begin(), tiles_.end(),
                                        [&](const auto& tile) { return tile.pool == pool; });
        current_ = found == tiles_.end() ? 0 : static_cast<int>(found - tiles_.begin());
        updateGeometry();
        update();
        Q_EMIT countsChanged();
    } else {
        for (std::size_t i = 0; i < tiles_.size(); ++i) {
            if (tiles_[i] != before[i])
                update(tileBox(static_cast<int>(i)).adjusted(-4, -4, 4, 4));
        }
    }
    tellCurrent();
}

void PoolGrid::setShown(TilesShown shown)
{
    shown_ = shown;
    refresh();
    update();
    Q_EMIT countsChanged();
}

const lists::PoolTile* PoolGrid::current() const
{
    return current_ < tileCount() ? &tiles_[static_cast<std::size_t>(current_)] : nullptr;
}

int PoolGrid::columns(TileForm form, int width) const
{
    const TileSize size = sizeOf(form);
    return std::max(1, (width + size.gap) / (size.leastWidth + size.gap));
}

TileForm PoolGrid::formFor(int width, int height) const
{
    if (tileCount() > kMostTiles)
        return TileForm::Heat;
    for (const TileForm form : {TileForm::Full, TileForm::Compact, TileForm::Small}) {
        const TileSize size = sizeOf(form);
        const int across = columns(form, width);
        const int rows = (std::max(tileCount(), 1) + across - 1) / across;
        if (rows * (size.height + size.gap) - size.gap <= height)
            return form;
    }
    return TileForm::Heat;
}

int PoolGrid::heightFor(int width, int mostHeight) const
{
    const TileForm form = formFor(width, mostHeight);
    const TileSize size = sizeOf(form);
    const int across = columns(form, width);
    const int rows = (std::max(tileCount(), 1) + across - 1) / across;
    return std::min(mostHeight, rows * (size.height + size.gap) - size.gap);
}

QRect PoolGrid::tileBox(int index) const
{
    const TileSize size = sizeOf(form_);
    const int across = columns(form_, width());
    int wide = size.leastWidth;
    if (form_ != TileForm::Heat) {
        const int used = std::min(across, std::max(tileCount(), 1));
        wide = std::min(kWidestTile, (width() + size.gap) / used - size.gap);
    }
    return {index % across * (wide + size.gap), index / across * (size.height + size.gap), wide,
            size.height};
}

int PoolGrid::indexAt(const QPoint& place) const
{
    for (int i = 0; i < tileCount(); ++i) {
        if (tileBox(i).contains(place))
            return i;
    }
    return -1;
}

void PoolGrid::setCurrent(int index)
{
    if (index < 0 || index >= tileCount())
        return;
    current_ = index;
    const std::string& pool = tiles_[static_cast<std::size_t>(index)].pool;
    if (!pool.empty())
        session_.selection.select({views::ObjectKind::Pool, pool});
    update();
    tellCurrent();
}

void PoolGrid::tellCurrent()
{
    const QString spoken = current() ? current()->spoken : tr("No pool is abnormal");
    if (spoken != accessibleDescription())
        setAccessibleDescription(spoken);
}

void PoolGrid::paintEvent(QPaintEvent* event)
{
    QPainter painter(this);
    const theme::Tokens& t = views::tokensFor(session_.store);
    for (int i = 0; i < tileCount(); ++i) {
        const QRect box = tileBox(i);
        if (!event->rect().intersects(box.adjusted(-4, -4, 4, 4)))
            continue;
        const bool isMarked = i == current_ && hasFocus();
        paintTile(painter, box, tiles_[static_cast<std::size_t>(i)], form_,
                  isMarked ? TileMark::Current : TileMark::None, t);
    }
    if (tiles_.empty() && shown_ == TilesShown::Abnormal)
        views::paintText(painter, QRect(0, 0, width(), theme::kRowHeight),
                         tr("No pool is abnormal: press e to see all %1").arg(total_),
                         theme::fontFor(theme::TextStyle::Base), t.ink2);
}

void PoolGrid::keyPressEvent(QKeyEvent* event)
{
    const int across = columns(form_, width());
    switch (event->key()) {
    case Qt::Key_Left: return setCurrent(current_ - 1);
    case Qt::Key_Right: return setCurrent(current_ + 1);
    case Qt::Key_Up: return setCurrent(current_ - across);
    case Qt::Key_Down: return setCurrent(current_ + across);
    case Qt::Key_Home: return setCurrent(0);
    case Qt::Key_End: return setCurrent(tileCount() - 1);
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (current())
            Q_EMIT opened(current()->pool);
        return;
    default: QWidget::keyPressEvent(event);
    }
}

void PoolGrid::mousePressEvent(QMouseEvent* event)
{
    setCurrent(indexAt(event->position().toPoint()));
}

void PoolGrid::mouseDoubleClickEvent(QMouseEvent* event)
{
    const int index = indexAt(event->position().toPoint());
    if (index >= 0)
        Q_EMIT opened(tiles_[static_cast<std::size_t>(index)].pool);
}

void PoolGrid::resizeEvent(QResizeEvent*)
{
    form_ = formFor(width(), height());
}

void PoolGrid::focusInEvent(QFocusEvent* event)
{
    QWidget::focusInEvent(event);
    update();
}

void PoolGrid::focusOutEvent(QFocusEvent* event)
{
    QWidget::focusOutEvent(event);
    update();
}

bool PoolGrid::event(QEvent* event)
{
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const int index = indexAt(help->pos());
    QToolTip::showText(help->globalPos(),
                       index < 0 ? toolTip()
                                 : tiles_[static_cast<std::size_t>(index)].spoken.toHtmlEscaped(),
                       this);
    return true;
}

} // namespace signalbox::overview
