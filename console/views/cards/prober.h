// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/views/frame/session.h"

#include <QWidget>

#include <functional>
#include <string>
#include <vector>

class QLabel;

namespace signalbox::views {

// Something that may be done about a refusal, offered beside the reason.
struct WayOut {
    QString text; // of a button
    QString toolTip;
    std::function<void()> act;
};

// Agents that a preview could not prove. Engines without an agent cannot be asked: left out.
std::vector<std::string> unprovenOf(const model::Preview& preview);

// Has agents ask their engines for one token now, and says what came of it. Any verb that sends
// requests to a pool anew may need it.
// Lives on: gui thread. Owned by a card; nothing to be seen until it was used.
class Prober final : public QWidget {
    Q_OBJECT
public:
    Prober(Session& session, QWidget* parent);
    std::vector<WayOut> waysOut(const model::Preview& preview); // empty: all are proven

Q_SIGNALS:
    void answered(); // the preview may be another one now

private:
    void probe(const std::vector<std::string>& agents);
    void say(const QString& sentence);

    Session& session_;
    QLabel* said_;
};

} // namespace signalbox::views
