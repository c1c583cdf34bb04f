// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/shell/keys_page.h"

#include "console/theme/metrics.h"
#include "console/views/frame/panel.h"

#include <QAction>
#include <QApplication>
#include <QGridLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QVBoxLayout>

namespace signalbox::views {

KeysPage::KeysPage(QWidget* parent) : QFrame(parent)
{
    setProperty("role", QLatin1String("palette"));
    setAttribute(Qt::WA_StyledBackground);
    setAccessibleName(tr("Keys"));
    setFocusPolicy(Qt::StrongFocus);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme::kSheetPadding, theme::kSheetPadding, theme::kSheetPadding,
                               theme::kSheetPadding);
    hide();
}

int KeysPage::addColumn(QGridLayout* grid, int column, const QString& title,
                        const QList<QAction*>& actions)
{
    int row = 0;
    grid->addWidget(plainLabel(title, "strong"), row++, column, 1, 2);
    for (const QAction* action : actions) {
        if (action->shortcut().isEmpty() || action->text().isEmpty())
            continue;
        QStringList keys;
        for (const QKeySequence& key : action->shortcuts())
            keys += key.toString(QKeySequence::NativeText);
        grid->addWidget(plainLabel(keys.join(QStringLiteral("  ")), "mono"), row, column);
        grid->addWidget(plainLabel(action->text()), row, column + 1);
        ++row;
    }
    return row;
}

void KeysPage::open(const QString& screen, const QList<QAction*>& ofScreen,
                    const QList<QAction*>& ofWindow)
{
    if (!isVisible())
        focusBefore_ = QApplication::focusWidget();
    delete content_;
    content_ = new QWidget(this);
    auto* grid = new QGridLayout(content_);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(theme::kSheetPadding);
    grid->setVerticalSpacing(theme::kGap4);
    const int left = addColumn(grid, 0, screen, ofScreen);
    const int right = addColumn(grid, 2, tr("Everywhere"), ofWindow);
    grid->setRowStretch(std::max(left, right), 1);
    layout()->addWidget(content_);
    adjustSize();
    const QSize size = sizeHint().boundedTo(parentWidget()->size() - QSize(32, 96));
    setGeometry((parentWidget()->width() - size.width()) / 2,
                theme::kTitleHeight + theme::kStripHeight + theme::kSheetPadding, size.width(),
                size.height());
    show();
    raise();
    setFocus(Qt::ShortcutFocusReason);
}

void KeysPage::dismiss()
{
    hide();
    if (focusBefore_)
        focusBefore_->setFocus(Qt::OtherFocusReason);
}

void KeysPage::keyPressEvent(QKeyEvent*)
{
    dismiss();
}

} // namespace signalbox::views
