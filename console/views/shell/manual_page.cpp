// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/shell/manual_page.h"

#include "console/theme/metrics.h"
#include "console/views/frame/panel.h"

#include <QApplication>
#include <QFile>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPushButton>
#include <QTextBrowser>
#include <QVBoxLayout>

namespace signalbox::views {

namespace {

constexpr int kManualWidth = 720;

QString pathOfPage(const QString& page)
{
    return QStringLiteral(":/manual/%1.md").arg(page);
}

} // namespace

ManualPage::ManualPage(QWidget* parent) : QFrame(parent), text_(new QTextBrowser(this))
{
    setProperty("role", QLatin1String("sheet"));
    setAttribute(Qt::WA_StyledBackground);
    setAccessibleName(tr("Manual"));
    auto* close = new QPushButton(tr("Close (Esc)"), this);
    close->setAccessibleName(tr("Close the manual"));
    close->setToolTip(tr("Close the manual (Esc)"));
    auto* head = new QHBoxLayout;
    head->setContentsMargins(theme::kSheetPadding, theme::kGap, theme::kPadding, theme::kGap);
    head->addWidget(plainLabel(tr("Manual"), "title", this));
    head->addStretch(1);
    head->addWidget(close);
    text_->setAccessibleName(tr("Manual"));
    text_->setFrameShape(QFrame::NoFrame);
    text_->setOpenLinks(false);
    text_->document()->setDocumentMargin(theme::kSheetPadding);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme::kSheetEdgeWidth, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(head);
    column->addWidget(text_, 1);
    connect(close, &QPushButton::clicked, this, &ManualPage::dismiss);
    connect(text_, &QTextBrowser::anchorClicked, this, [this](const QUrl& link) {
        const QString name = link.fileName();
        if (name.endsWith(QStringLiteral(".md")))
            open(name.chopped(3));
    });
    hide();
}

void ManualPage::open(const QString& page)
{
    page_ = QFile::exists(pathOfPage(page)) ? page : QStringLiteral("index");
    QFile file(pathOfPage(page_));
    if (file.open(QIODevice::ReadOnly))
        text_->setMarkdown(QString::fromUtf8(file.readAll()));
    if (!isVisible())
        focusBefore_ = QApplication::focusWidget();
    const int top = theme::kTitleHeight + theme::kStripHeight;
    const int width = std::min(kManualWidth, parentWidget()->width());
    setGeometry(parentWidget()->width() - width, top, width, parentWidget()->height() - top);
    show();
    raise();
    text_->setFocus(Qt::ShortcutFocusReason);
}

void ManualPage::dismiss()
{
    hide();
    if (focusBefore_)
        focusBefore_->setFocus(Qt::OtherFocusReason);
}

void ManualPage::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape)
        dismiss();
    else
        QFrame::keyPressEvent(event);
}

} // namespace signalbox::views
