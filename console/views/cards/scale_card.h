// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/views/cards/command_card.h"

#include <cstdint>
#include <string>

class QSpinBox;

namespace signalbox::views {

// Another number of instances for a pool that somebody starts and stops.
// Lives on: gui thread.
class ScaleCard final : public CommandCard {
    Q_OBJECT
public:
    static std::unique_ptr<CommandCard> make(Session& session,
                                             const std::vector<ObjectRef>& objects);
    ScaleCard(Session& session, const std::string& pool, const model::PoolScale& scale);

    QString title() const override;
    QString buttonText() const override;
    std::optional<command::Wish> wish() const override;
    std::string subject() const override;

private:
    void addProgress(const model::PoolScale& scale);
    model::ScaleEdit edit() const;

    std::string pool_;
    std::uint32_t before_;
    QSpinBox* desired_;
};

} // namespace signalbox::views
