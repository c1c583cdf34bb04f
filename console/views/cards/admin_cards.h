// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/views/cards/command_card.h"
#include "console/views/cards/targets.h"

class QRadioButton;
class QSpinBox;

namespace signalbox::views {

// Undrain and maintenance: instances, and what the state means.
// Lives on: gui thread.
class AdminCard : public CommandCard {
    Q_OBJECT
public:
    static std::unique_ptr<CommandCard> make(Session& session, Act act,
                                             const std::vector<ObjectRef>& objects);
    AdminCard(Session& session, Act act, Targets targets);

    QString title() const override;
    QString buttonText() const override;
    std::optional<command::Wish> wish() const override;
    std::string subject() const override;

protected:
    virtual model::AdminEdit edit() const;
    const Targets& targets() const { return targets_; }

private:
    void addTargets();
    void addMeaning();

    Act act_;
    Targets targets_;
};

// Drain: the same with a deadline.
// Lives on: gui thread.
class DrainCard final : public AdminCard {
    Q_OBJECT
public:
    static std::unique_ptr<CommandCard> make(Session& session,
                                             const std::vector<ObjectRef>& objects);
    DrainCard(Session& session, Targets targets);

protected:
    model::AdminEdit edit() const override;

private:
    void chooseDeadline();

    QRadioButton* wait_;
    QRadioButton* until_;
    QSpinBox* minutes_;
    std::int64_t deadlineUnixMs_ = 0; // fixed when it is chosen: a preview must not move it
};

} // namespace signalbox::views
