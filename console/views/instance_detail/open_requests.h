// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/command/command_port.h"
#include "console/views/instance_detail/facts_view.h"

#include <QObject>

#include <optional>
#include <string>
#include <vector>

namespace signalbox::views {

// The requests that are open on one agent. They come from it only when they are asked for, so that
// nobody pays for what nobody looks at.
// Lives on: gui thread. Owned by the screen. A question that fails keeps the list and says why.
class OpenRequests final : public QObject {
    Q_OBJECT
public:
    explicit OpenRequests(command::CommandPort& port, QObject* parent);

    // Nothing is asked while an answer about it is still to come.
    void ask(const std::string& agent);
    const std::optional<model::OpenExchangeList>& list() const { return list_; }
    QString hint() const; // "3 open: 1 waiting, 2 streaming"

Q_SIGNALS:
    void changed();

private:
    void take(const std::string& agent, const base::Result<model::OpenExchangeList>& answer);

    command::CommandPort& port_;
    std::string agent_;
    std::string asked_; // an answer about it is to come; empty = none is
    std::optional<model::OpenExchangeList> list_;
    QString problem_;
};

// Oldest first: request, phase, age, since the newest token, tokens, model, key, endpoint, prompt,
// attempts. A stream that has been silent for long is strong.
std::vector<Fact> openRequestFacts(const model::OpenExchangeList& list);

} // namespace signalbox::views
