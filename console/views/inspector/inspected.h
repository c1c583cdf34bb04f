// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/fleet/fleet_store.h"
#include "console/theme/roles.h"
#include "console/views/frame/session.h"
#include "console/views/frame/verbs.h"

#include <QString>
#include <QStringList>

#include <vector>

namespace signalbox::inspector {

struct Fact {
    QString name;
    QString value;
    bool operator==(const Fact&) const = default;
};

// An act that fits the object; one that does not fit now says why.
struct Offer {
    views::Act act = views::Act::Drain;
    QString refusal; // empty: it may be asked for
    bool operator==(const Offer&) const = default;
};

struct FactGroup {
    QString title;
    std::vector<Fact> facts;
    bool operator==(const FactGroup&) const = default;
};

// Everything the inspector says about one object, as of now.
struct Inspected {
    bool isKnown = false; // false: it is not, or no longer, in the fleet
    theme::Kind kind = theme::Kind::Instance;
    QString title;
    QString state; // "RUN, wedged, live 0.4 s"
    model::Priority priority = model::Priority::None;
    model::Ack ack = model::Ack::New;
    QStringList why; // the reason first
    QString meaning; // what that means for those who ask
    QStringList steps; // what to do about it
    std::vector<FactGroup> groups;
    std::vector<Offer> offers;
    bool operator==(const Inspected&) const = default;
};

Inspected inspect(const views::Session& session, const views::ObjectRef& object);


} // namespace signalbox::inspector
