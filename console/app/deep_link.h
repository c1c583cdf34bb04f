// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/views/frame/object_ref.h"

#include <QMap>
#include <QString>

#include <optional>

namespace signalbox::app {

// signalbox://<fleet>/<screen>/<object>?filter=...: what a window shows, as one line that can be
// sent to a colleague. Opening one never does anything to the fleet.
struct DeepLink {
    QString fleet;
    QString screen;
    views::ObjectRef object; // selected; may be none
    QMap<QString, QString> state; // of the screen
    bool operator==(const DeepLink&) const = default;
};

// textOf and parseDeepLink undo each other, whatever the names are.
QString textOf(const DeepLink& link);
std::optional<DeepLink> parseDeepLink(const QString& text); // nullopt: it is none

} // namespace signalbox::app
