// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/views/cards/command_card.h"

#include <cstdint>
#include <string>
#include <vector>

class QLabel;
class QSlider;
class QSpinBox;

namespace signalbox::views {

// How a route shares its requests out: a number and a slider a pool, and what share that is.
// Lives on: gui thread.
class WeightsCard final : public CommandCard {
    Q_OBJECT
public:
    static std::unique_ptr<CommandCard> make(Session& session,
                                             const std::vector<ObjectRef>& objects);
    WeightsCard(Session& session, const model::Route& route);

    QString title() const override;
    QString buttonText() const override;
    std::optional<command::Wish> wish() const override;
    std::string subject() const override;

private:
    struct Line {
        std::string pool;
        std::uint32_t before = 0;
        QSpinBox* number = nullptr;
        QSlider* slider = nullptr;
        QLabel* share = nullptr;
    };
    void addLine(const model::RouteTarget& target);
    void showShares();

    std::string route_;
    std::vector<Line> lines_;
};

} // namespace signalbox::views
