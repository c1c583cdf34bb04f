// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QWidget>

#include <vector>

namespace signalbox::views {

// "43 % to **61 %**" under its caption; the strong part is what will be.
struct Figure {
    QString caption;
    QString before; // "43 % to", may be empty
    QString now;
    QString after; // "of 19", may be empty
};

// Figures side by side, parted by hairlines.
// Lives on: gui thread.
class Figures final : public QWidget {
    Q_OBJECT
public:
    explicit Figures(QWidget* parent = nullptr);

    void setFigures(std::vector<Figure> figures);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {200, sizeHint().height()}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    std::vector<Figure> figures_;
};

} // namespace signalbox::views
