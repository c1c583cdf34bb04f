// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/command/command_port.h"
#include "console/command/draft.h"
#include "console/command/followed_command.h"
#include "console/fleet/fleet_store.h"
#include "shared/base/clock.h"

#include <QObject>
#include <QTimer>

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace signalbox::command {

enum class DeskState : std::uint8_t {
    Closed, // no draft
    Incomplete, // its parameters name nothing yet
    Previewing, // asked, nothing to show yet
    Previewed, // the preview is shown and asked for anew each 5 s
    Failed, // there is no preview; problem() says why
    Conflict, // apply wrote nothing: the preview is the fresh one, and waits to be looked at
    Applying,
    Refused, // apply was answered with no; problem() says why, and a new preview is asked for
    Unsure, // apply was not answered: it may have been done. Only the very same can be sent again
};

// The path of every change: draft, preview, apply, and what comes of it. One draft is open at a
// time, several commands may be followed. Before apply() it asks for previews and nothing else.
// Lives on: gui thread. Owned by the window. What fails leaves the draft as it is.
class CommandDesk final : public QObject {
    Q_OBJECT
public:
    CommandDesk(fleet::FleetStore& store, CommandPort& port, const base::Clock& clock,
                QObject* parent = nullptr);
    ~CommandDesk() override;

    void setAccess(Access access);
    Access access() const { return access_; }

    // A new draft in place of the open one; the cause that was typed for the same subject is there
    // again. False while a command is being applied: its answer comes first.
    bool open(const std::string& subject);
    // The parameters; a preview is asked for. nullopt = they name nothing yet.
    void setWish(std::optional<Wish> wish);
    void setCause(const std::string& cause);
    void setTypedName(const std::string& name);
    void askAgain(); // a preview, now
    void acceptChange(); // the operator has looked at what is another one now
    // Sends the plan that is shown, once; after Unsure the very same again. Nothing is sent while
    // there is a hindrance.
    void apply();
    // Leaves the draft, keeping what was typed as its cause. False while it is being applied.
    bool close();

    DeskState state() const { return state_; }
    const Draft& draft() const { return draft_; }
    const std::optional<model::Preview>& preview() const { return preview_; }
    std::int64_t previewAgeMs() const;
    std::int64_t previewHoldsMs() const; // until it expires; 0 = it has
    bool isChanged() const { return isChanged_; } // since the operator looked
    const std::string& problem() const { return problem_; }
    std::vector<Hindrance> hindrances() const; // of apply(); empty = it may be sent

    // Newest first.
    const std::deque<FollowedCommand>& followed() const { return followed_; }
    const FollowedCommand* followed(std::uint64_t auditNumber) const; // null = not followed
    void letGo(std::uint64_t auditNumber); // asks no more what comes of it
    std::uint64_t followedDropped() const { return followedDropped_; } // not at their end yet

    void tick(); // called by its own timer, each 500 ms

Q_SIGNALS:
    void draftChanged(); // state, preview, problem or hindrances
    void applied(quint64 auditNumber);
    void followedChanged();
    void ticked(); // ages are others now

private:
    struct Sent;

    bool isDraftOpen() const { return state_ != DeskState::Closed; }
    bool isLinked() const { return store_.link().state == fleet::LinkState::Connected; }
    void setState(DeskState state);
    void ask();
    void takePreview(base::Result<model::Preview> answer);
    void showPreview(model::Preview preview);
    void takeApplied(const base::Result<model::ApplyAnswer>& answer);
    void takeConflict(const model::ApplyAnswer& answer);
    void noteParameters(std::vector<Hindrance>& found) const;
    void keepCause();
    void follow(const model::ApplyAnswer& answer);
    void tickDraft();
    void tickFollowed(FollowedCommand& one);
    void askConvergence(FollowedCommand& one);
    void takeConvergence(std::uint64_t auditNumber,
                         const base::Result<model::Convergence>& answer);
    void lookAtStore(FollowedCommand& one) const;
    void dropOne();
    void wake();

    fleet::FleetStore& store_;
    CommandPort& port_;
    const base::Clock& clock_;
    QTimer timer_;
    Access access_ = Access::Operate;

    DeskState state_ = DeskState::Closed;
    Draft draft_;
    std::optional<model::Preview> preview_;
    base::Monotonic previewedAt_;
    std::int64_t previewedUnixMs_ = 0;
    std::uint64_t question_ = 0; // the newest; answers to older ones are dropped
    bool isAsking_ = false;
    bool mustAskAgain_ = false; // the wish became another one while it was asked
    bool isChanged_ = false;
    std::string problem_;
    std::unique_ptr<Sent> sent_; // of Applying and Unsure
    std::deque<std::pair<std::string, std::string>> keptCauses_; // by subject, newest first

    struct Course {
        bool isAsking = false;
        base::Monotonic askAt;
        base::Monotonic appliedAt;
    };
    std::deque<FollowedCommand> followed_;
    std::map<std::uint64_t, Course> courses_; // by audit number
    std::uint64_t followedDropped_ = 0;
};

} // namespace signalbox::command
