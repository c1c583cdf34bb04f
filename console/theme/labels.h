// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLabel>
#include <QString>
#include <QVariant>

namespace signalbox::theme {

// A label that shows its text as it stands: Qt's own would guess whether it is markup, and text of
// peers must not become any. Owned by its parent. role: see styleSheetOf; empty = base text.
inline QLabel* plainLabel(const QString& text, const QString& role, QWidget* parent)
{
    auto* label = new QLabel(parent);
    label->setTextFormat(Qt::PlainText);
    label->setText(text);
    if (!role.isEmpty())
        label->setProperty("role", role);
    return label;
}

} // namespace signalbox::theme
