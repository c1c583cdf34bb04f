// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/model/health.h"

#include <QString>
#include <QWidget>

#include <cstdint>
#include <optional>
#include <vector>

namespace signalbox::views {

// One segment a piece of work, done ones filled; a plain bar where they are too many to tell apart.
// Lives on: gui thread.
class Segments final : public QWidget {
    Q_OBJECT
public:
    Segments(const QString& accessibleName, QWidget* parent = nullptr);

    void setProgress(std::int64_t done, std::int64_t total);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {60, sizeHint().height()}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    std::int64_t done_ = 0;
    std::int64_t total_ = 0;
};

struct Step {
    enum class State : std::uint8_t { Done, Now, Later };
    QString text; // "Previewed"
    QString detail; // "14:07:04Z"
    State state = State::Later;
    std::optional<model::Admin> admin = {}; // its plate is drawn while it is now
};

// Steps of one thing, in their order, with what comes greyed so that one knows it.
// Lives on: gui thread.
class Steps final : public QWidget {
    Q_OBJECT
public:
    explicit Steps(QWidget* parent = nullptr);

    void setSteps(std::vector<Step> steps);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {200, sizeHint().height()}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    std::vector<Step> steps_;
};

} // namespace signalbox::views
