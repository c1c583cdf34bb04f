// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/shell/command_palette.h"

#include "console/theme/metrics.h"
#include "console/theme/theme.h"
#include "console/theme/typography.h"
#include "console/views/frame/panel.h"

#include <QApplication>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

namespace signalbox::views {

namespace {

constexpr int kRowsShown = 12;
constexpr int kKindRole = Qt::UserRole;
constexpr int kStateRole = Qt::UserRole + 1;

// Name at the left, kind in the middle, state or key at the right.
class EntryDelegate final : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override
    {
        return {theme::kPaletteWidth, theme::kPaletteRowHeight};
    }
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override
    {
        const theme::Tokens& t = theme::tokens();
        const QRect box = option.rect;
        if (option.state & QStyle::State_Selected)
            painter->fillRect(box, t.sel);
        const QRect inside = box.adjusted(theme::kSheetPadding, 0, -theme::kSheetPadding, 0);
        painter->setFont(theme::fontFor(theme::TextStyle::Base));
        painter->setPen(t.ink);
        const QString name = painter->fontMetrics().elidedText(
            index.data(Qt::DisplayRole).toString(), Qt::ElideMiddle, inside.width() * 3 / 5);
        painter->drawText(inside, Qt::AlignVCenter | Qt::AlignLeft, name);
        painter->setPen(t.ink2);
        painter->drawText(inside.adjusted(inside.width() * 5 / 8, 0, 0, 0),
                          Qt::AlignVCenter | Qt::AlignLeft, index.data(kKindRole).toString());
        painter->setPen(t.ink3);
        painter->drawText(inside, Qt::AlignVCenter | Qt::AlignRight,
                          index.data(kStateRole).toString());
    }
};

} // namespace

CommandPalette::CommandPalette(QWidget* parent)
    : QFrame(parent), field_(new QLineEdit(this)), list_(new QListWidget(this))
{
    setProperty("role", QLatin1String("palette"));
    setAttribute(Qt::WA_StyledBackground);
    setAccessibleName(tr("Command palette"));
    field_->setAccessibleName(tr("Go to, find or act"));
    field_->setToolTip(tr("Letters of what you look for; up, down, Enter"));
    field_->setPlaceholderText(tr("Screen, instance, pool, route or action"));
    field_->setFixedHeight(theme::kPaletteFieldHeight);
    field_->setFrame(false);
    field_->setFont(theme::fontFor(theme::TextStyle::Name, theme::TextWeight::Regular));
    field_->installEventFilter(this);
    list_->setAccessibleName(tr("Found"));
    list_->setToolTip(tr("Enter opens; actions open their preview"));
    list_->setItemDelegate(new EntryDelegate(list_));
    list_->setUniformItemSizes(true);
    list_->setFrameShape(QFrame::NoFrame);
    list_->setFocusPolicy(Qt::NoFocus);
    list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* foot = plainLabel(tr("Enter opens. Actions open a preview; nothing happens from here."),
                            "captionFaint", this);
    foot->setFixedHeight(theme::kPaletteFootHeight);
    foot->setContentsMargins(theme::kSheetPadding, 0, 0, 0);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(1, 1, 1, 1);
    column->setSpacing(0);
    column->addWidget(field_);
    column->addWidget(list_, 1);
    column->addWidget(foot);
    connect(field_, &QLineEdit::textChanged, this, &CommandPalette::search);
    connect(list_, &QListWidget::itemClicked, this, &CommandPalette::choose);
    hide();
}

void CommandPalette::open(std::vector<PaletteEntry> entries)
{
    index_.setEntries(std::move(entries));
    if (!isVisible())
        focusBefore_ = QApplication::focusWidget();
    field_->clear();
    search();
    place();
    show();
    raise();
    field_->setFocus(Qt::ShortcutFocusReason);
}

void CommandPalette::dismiss()
{
    if (!isVisible())
        return;
    hide();
    if (focusBefore_)
        focusBefore_->setFocus(Qt::OtherFocusReason);
}

void CommandPalette::place()
{
    const int width = std::min(theme::kPaletteWidth, parentWidget()->width() - 32);
    const int height = theme::kPaletteFieldHeight + kRowsShown * theme::kPaletteRowHeight
        + theme::kPaletteFootHeight + 2;
    // Below the status strip, which stays readable.
    setGeometry((parentWidget()->width() - width) / 2,
                theme::kTitleHeight + theme::kStripHeight + theme::kSheetPadding, width,
                std::min(height, parentWidget()->height() - 120));
}

void CommandPalette::search()
{
    found_ = index_.find(field_->text(), kRowsShown * 4);
    list_->clear();
    for (const int index : found_) {
        const PaletteEntry& entry = index_.entry(index);
        auto* item = new QListWidgetItem(entry.name, list_);
        item->setData(kKindRole, entry.kind);
        item->setData(kStateRole, entry.state);
    }
    if (!found_.empty())
        list_->setCurrentRow(0);
}

void CommandPalette::choose()
{
    const int row = list_->currentRow();
    if (row < 0 || static_cast<std::size_t>(row) >= found_.size())
        return;
    const auto go = index_.entry(found_[static_cast<std::size_t>(row)]).go;
    dismiss();
    if (go)
        go();
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == field_ && event->type() == QEvent::FocusOut) {
        dismiss();
        return false;
    }
    if (watched != field_ || event->type() != QEvent::KeyPress)
        return QFrame::eventFilter(watched, event);
    switch (static_cast<QKeyEvent*>(event)->key()) {
    case Qt::Key_Escape: dismiss(); return true;
    case Qt::Key_Return:
    case Qt::Key_Enter: choose(); return true;
    case Qt::Key_Down:
    case Qt::Key_Tab:
        list_->setCurrentRow(std::min(list_->currentRow() + 1, list_->count() - 1));
        return true;
    case Qt::Key_Up:
    case Qt::Key_Backtab: list_->setCurrentRow(std::max(list_->currentRow() - 1, 0)); return true;
    default: return false;
    }
}

} // namespace signalbox::views
