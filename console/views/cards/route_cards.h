// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/views/cards/command_card.h"

#include <set>
#include <string>
#include <vector>

class QComboBox;
class QLabel;
class QVBoxLayout;

namespace signalbox::views {

// Moves a route to a standby in one step, with what is proven of the standby beside it.
// Lives on: gui thread.
class FailoverCard final : public CommandCard {
    Q_OBJECT
public:
    static std::unique_ptr<CommandCard> make(Session& session,
                                             const std::vector<ObjectRef>& objects);
    FailoverCard(Session& session, std::vector<std::string> routes);

    QString title() const override;
    QString buttonText() const override;
    std::optional<command::Wish> wish() const override;
    std::string subject() const override;
    std::vector<WayOut> waysOut(const model::Preview& preview) override;

private:
    const std::string& route() const;
    model::RouteEdit edit() const;
    void offerPools();
    void leaveOut(const std::vector<std::string>& agents);
    void showLeftOut();

    std::vector<std::string> routes_;
    QComboBox* routeBox_;
    QLabel* from_;
    QComboBox* toBox_;
    QVBoxLayout* leftOutBox_;
    std::vector<std::string> pools_; // in the order of toBox_
    std::set<std::string> leftOut_;
};

// Brings a route that has failed over home.
// Lives on: gui thread.
class FailbackCard final : public CommandCard {
    Q_OBJECT
public:
    static std::unique_ptr<CommandCard> make(Session& session,
                                             const std::vector<ObjectRef>& objects);
    FailbackCard(Session& session, std::vector<std::string> routes);

    QString title() const override;
    QString buttonText() const override;
    std::optional<command::Wish> wish() const override;
    std::string subject() const override;

private:
    const std::string& route() const;
    model::RouteEdit edit() const;
    void showPlaces();

    std::vector<std::string> routes_;
    QComboBox* routeBox_;
    QLabel* now_;
    QLabel* home_;
};

} // namespace signalbox::views
