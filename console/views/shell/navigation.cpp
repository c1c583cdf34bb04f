// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/shell/navigation.h"

#include "console/theme/marks.h"
#include "console/theme/metrics.h"
#include "console/theme/theme.h"
#include "console/theme/typography.h"

#include <QAbstractButton>
#include <QKeyEvent>
#include <QPainter>
#include <QVBoxLayout>

namespace signalbox::views {

// One screen: icon, title, key; a bar of ink where it is the one that is shown.
class Navigation::Row final : public QAbstractButton {
public:
    Row(NavigationEntry entry, QWidget* parent) : QAbstractButton(parent), entry_(std::move(entry))
    {
        setCheckable(true);
        setAutoExclusive(true);
        setText(entry_.title);
        setAccessibleName(entry_.title);
        setToolTip(tr("%1 (%2)").arg(entry_.title, entry_.keys));
        setFixedHeight(theme::kNavigationRowHeight);
        setFocusPolicy(Qt::StrongFocus);
    }

    const QString& screen() const { return entry_.screen; }

protected:
    void paintEvent(QPaintEvent*) override
    {
        const theme::Tokens& t = theme::tokens();
        QPainter painter(this);
        if (isChecked())
            painter.fillRect(rect(), t.surface);
        else if (underMouse())
            painter.fillRect(rect(), t.raised);
        if (isChecked())
            theme::paintSelectionBar(painter, rect(), t);
        const QColor& colour = isChecked() ? t.ink : t.ink2;
        const bool isNarrow = width() < theme::kNavigationWidth;
        const int left = isNarrow ? (width() - theme::kIconSize) / 2 : 15;
        theme::paintIcon(painter,
                         QRectF(left, (height() - theme::kIconSize) / 2.0, theme::kIconSize,
                                theme::kIconSize),
                         entry_.icon, colour);
        if (!isNarrow) {
            painter.setFont(theme::fontFor(theme::TextStyle::Base,
                                           isChecked() ? theme::TextWeight::SemiBold
                                                       : theme::TextWeight::Regular));
            painter.setPen(colour);
            painter.drawText(rect().adjusted(44, 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft,
                             entry_.title);
            painter.setFont(theme::fontFor(theme::TextStyle::Caption));
            painter.setPen(t.ink3);
            painter.drawText(rect().adjusted(0, 0, -theme::kPadding, 0),
                             Qt::AlignVCenter | Qt::AlignRight, entry_.keys);
        }
        if (hasFocus())
            theme::paintCellFocus(painter, rect(), t);
    }
    void keyPressEvent(QKeyEvent* event) override
    {
        if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
            click();
        else
            QAbstractButton::keyPressEvent(event);
    }
    void enterEvent(QEnterEvent*) override { update(); }
    void leaveEvent(QEvent*) override { update(); }

private:
    NavigationEntry entry_;
};

Navigation::Navigation(std::vector<NavigationEntry> entries, QWidget* parent) : QWidget(parent)
{
    setAccessibleName(tr("Screens"));
    setFixedWidth(theme::kNavigationWidth);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, theme::kGap, 0, 0);
    column->setSpacing(0);
    for (NavigationEntry& entry : entries) {
        auto* row = new Row(std::move(entry), this);
        rows_.push_back(row);
        column->addWidget(row);
        connect(row, &QAbstractButton::clicked, this,
                [this, row] { Q_EMIT screenRequested(row->screen()); });
    }
    column->addStretch(1);
}

void Navigation::setCurrent(const QString& screen)
{
    for (Row* row : rows_) {
        if (row->screen() == screen)
            row->setChecked(true);
    }
}

void Navigation::setWidth(Width width)
{
    setFixedWidth(width == Width::Narrow ? theme::kNavigationNarrowWidth : theme::kNavigationWidth);
    update();
}

} // namespace signalbox::views
