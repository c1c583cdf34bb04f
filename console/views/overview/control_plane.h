// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/views/frame/session.h"

#include <QWidget>

#include <vector>

namespace signalbox::overview {

// One fact about what runs the fleet: its name, how it stands, and a figure.
struct PlaneFact {
    QString name;
    QString text;
    QString figure;
    bool isAbnormal = false;
    bool operator==(const PlaneFact&) const = default;
};
std::vector<PlaneFact> planeFacts(const views::Session& session);

// Those facts side by side, in as many columns as there is room for.
// Lives on: gui thread. Owned by the overview.
class ControlPlane final : public QWidget {
    Q_OBJECT
public:
    ControlPlane(views::Session& session, QWidget* parent = nullptr);

    void refresh();
    int heightFor(int width) const;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    int columns(int width) const;

    views::Session& session_;
    std::vector<PlaneFact> facts_;
};

} // namespace signalbox::overview
