// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/views/cards/command_card.h"

#include <cstdint>

namespace signalbox::views {

// Takes back what one audit record tells, against the policy as it is now.
// Lives on: gui thread.
class UndoCard final : public CommandCard {
    Q_OBJECT
public:
    static std::unique_ptr<CommandCard> make(Session& session,
                                             const std::vector<ObjectRef>& objects);
    UndoCard(Session& session, std::uint64_t number);

    QString title() const override;
    QString buttonText() const override;
    std::optional<command::Wish> wish() const override;
    std::string subject() const override;

private:
    const model::AuditRecord* record() const; // null where it is older than what is shown
    void addRecord(const model::AuditRecord& record);

    std::uint64_t number_;
};

} // namespace signalbox::views
