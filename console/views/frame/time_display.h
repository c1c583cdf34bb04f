// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>

#include <cstdint>

namespace signalbox::views {

enum class TimeStyle : std::uint8_t { Utc, Local, Relative };

// How moments are written, everywhere in the window at once: "14:07:31Z", "15:07:31+01:00", or
// "12 s ago". Exports are always UTC.
// Lives on: gui thread. Owned by the session; tests give it a zone of their own.
class TimeDisplay final : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;
    TimeStyle style() const { return style_; }
    void setStyle(TimeStyle style);
    // Seconds east of UTC that Local uses for that moment; by default those of the machine.
    void setLocalOffset(int seconds);

    QString clock(std::int64_t unixMs) const; // never relative; of today
    // The same, with its day and without seconds when it is more than a day ago: "01-02 14:07Z".
    QString since(std::int64_t unixMs, std::int64_t nowUnixMs) const;
    QString moment(std::int64_t unixMs, std::int64_t nowUnixMs) const;
    // With date and milliseconds, for tool tips.
    QString exact(std::int64_t unixMs) const;

Q_SIGNALS:
    void changed();

private:
    int offsetAt(std::int64_t unixMs) const;

    TimeStyle style_ = TimeStyle::Utc;
    int fixedOffset_ = kMachine;
    static constexpr int kMachine = -1'000'000;
};

} // namespace signalbox::views
