// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/theme/icons.h"

#include <QString>
#include <QWidget>

#include <vector>

namespace signalbox::views {

struct NavigationEntry {
    QString screen; // name of the screen
    QString title;
    QString keys; // "g o"
    theme::Icon icon;
};

// The screens, at the left of the work area. Below theme::kWideWindow it shows icons only.
// Lives on: gui thread. Up and down move, Enter opens.
class Navigation final : public QWidget {
    Q_OBJECT
public:
    explicit Navigation(std::vector<NavigationEntry> entries, QWidget* parent = nullptr);

    void setCurrent(const QString& screen);
    enum class Width : std::uint8_t { Wide, Narrow };
    void setWidth(Width width);

Q_SIGNALS:
    void screenRequested(const QString& screen);

private:
    class Row;
    std::vector<Row*> rows_;
};

} // namespace signalbox::views
