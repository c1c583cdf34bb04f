// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/theme/tokens.h"
#include "console/views/frame/time_display.h"

#include <QByteArray>
#include <QMap>
#include <QString>

#include <cstdint>
#include <vector>

namespace signalbox::app {

// A fleet that was connected to.
struct KnownFleet {
    QString name; // as its agents say
    QString address; // the first one that was given
    QString label; // "PROD"; empty = none
    int agents = 0;
    std::int64_t seenUnixMs = 0;
};

// What survives a restart: fleets, layout, theme, and each fleet's screens. A file that cannot be
// read, or of another version, counts as none.
// Lives on: gui thread. Written as it changes; the last writer wins.
class Settings {
public:
    explicit Settings(QString path); // of the file; empty = nowhere, for tests

    static QString defaultPath();

    std::vector<KnownFleet> fleets() const; // newest first, at most limits::kFleetsRemembered
    void remember(const KnownFleet& fleet);
    void forget(const QString& address);

    theme::Scheme scheme() const;
    void setScheme(theme::Scheme scheme);
    views::TimeStyle timeStyle() const;
    void setTimeStyle(views::TimeStyle style);

    // Of the window, whatever the fleet.
    QByteArray layout(const QString& part) const;
    void setLayout(const QString& part, const QByteArray& bytes);
    // Of one screen of one fleet.
    QMap<QString, QString> screenState(const QString& fleet, const QString& screen) const;
    void setScreenState(const QString& fleet, const QString& screen,
                        const QMap<QString, QString>& state);
    QString lastScreen(const QString& fleet) const;
    void setLastScreen(const QString& fleet, const QString& screen);

    bool wasReset() const { return wasReset_; } // there was a file, and it could not be used

private:
    QString path_;
    bool wasReset_ = false;
};

} // namespace signalbox::app
