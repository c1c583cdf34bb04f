// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/command/draft.h"
#include "console/views/cards/prober.h"
#include "console/views/frame/object_ref.h"
#include "console/views/frame/session.h"
#include "console/views/frame/verbs.h"

#include <QWidget>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

class QLabel;
class QVBoxLayout;

namespace signalbox::views {

// The parameters of one verb, at the left of a sheet. It asks nobody for anything: what it says is
// previewed by the sheet. A new verb is a card, and a case in makeCard.
// Lives on: gui thread. Owned by the sheet while it is open.
class CommandCard : public QWidget {
    Q_OBJECT
public:
    explicit CommandCard(Session& session, QWidget* parent);

    virtual QString title() const = 0; // "Drain chat-0"
    virtual QString buttonText() const = 0; // verb, count and object
    virtual std::optional<command::Wish> wish() const = 0; // nothing = not complete yet
    // What it is about, the same each time: a cause that was typed is found again by it.
    virtual std::string subject() const = 0;
    // Shows beside the parameters what comes of them.
    virtual void showPreview(const model::Preview& preview) { (void)preview; }
    // What can be done about a refusal; by default, to probe what is not proven.
    virtual std::vector<WayOut> waysOut(const model::Preview& preview);

Q_SIGNALS:
    void changed(); // the wish is another one
    void askAgain(); // the wish is the same, the answer may not be

protected:
    Session& session() const { return session_; }
    QVBoxLayout* body() const { return body_; }
    void addCaption(const QString& text);
    void addHint(const QString& text); // wrapped, small
    QLabel* addName(const QString& text); // of an object, as it is

private:
    Session& session_;
    QVBoxLayout* body_;
    Prober* prober_;
};

// Null where the act makes no sense for these objects.
std::unique_ptr<CommandCard> makeCard(Session& session, Act act,
                                      const std::vector<ObjectRef>& objects);

} // namespace signalbox::views
